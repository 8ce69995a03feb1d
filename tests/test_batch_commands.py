"""``afterword batch``, as its users run it, against an Afterword that is served."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from service.app import create_app
from service.settings import Settings
from tests.api.service import NOTES, NOW, serving, until
from tests.reading_shipped import shipped
from tests.test_cli import afterword


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings(
        model="outline",
        batches="on",
        data_dir=tmp_path_factory.mktemp("batches"),
        grace_s=0,
        webhook_inner_hosts=("127.0.0.1",),
        webhook_secret=SecretStr("whsec_" + "A" * 32),
    )
    with serving(create_app(settings, reader=shipped())) as address:
        yield address


def file_of(folder: Path, *lines: dict[str, object]) -> str:
    path = folder / "cohort.jsonl"
    path.write_text("".join(json.dumps({"notes": NOTES, "now": NOW} | line) + "\n" for line in lines))
    return str(path)


def test_a_cohort_from_file_to_file(url: str, tmp_path: Path) -> None:
    file = file_of(tmp_path, {"ref": "1"}, {"ref": "2", "language": "tlh"})
    taken = afterword("batch", "submit", file, "--wait", "--server", url)
    assert taken.returncode == 0, taken.stderr
    assert "1 failed" in taken.stderr
    batch_id = taken.stdout.strip()
    out = tmp_path / "drafts.jsonl"
    assert afterword("batch", "results", batch_id, "--out", str(out), "--server", url).returncode == 0
    first, second = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert (first["ref"], first["state"], second["state"]) == ("1", "done", "failed")
    rest = afterword("batch", "results", batch_id, "--after", first["cursor"], "--server", url)
    assert json.loads(rest.stdout) == second
    told = afterword("batch", "status", "--server", url)
    assert batch_id in told.stdout
    assert "1 of 2 done, 1 failed" in told.stdout
    assert "1 items wait again" in afterword("batch", "retry", batch_id, "--server", url).stderr
    assert "cohort" in afterword("batch", "status", batch_id, "--json", "--server", url).stdout
    assert afterword("batch", "delete", batch_id, "--server", url).returncode == 0
    gone = afterword("batch", "status", batch_id, "--server", url)
    assert (gone.returncode, "There is no batch of this id" in gone.stderr) == (2, True)


def test_a_file_that_cannot_be_used_is_said_by_line(url: str, tmp_path: Path) -> None:
    refused = afterword("batch", "submit", file_of(tmp_path, {}, {"tone": "loud"}), "--server", url)
    assert refused.returncode == 2
    assert "Line 2: /tone" in refused.stderr


def test_similar_messages_are_told_of_named_and_redrafted(url: str, tmp_path: Path) -> None:
    taken = afterword("batch", "submit", file_of(tmp_path, {"ref": "1"}, {"ref": "2"}), "--wait", "--server", url)
    assert "1 pairs of messages are nearly the same" in taken.stderr
    batch_id = taken.stdout.strip()
    named = afterword("batch", "alike", batch_id, "--server", url)
    assert named.stdout == "1 and 2: 100.0 % the same, to Ines Duarte, Rye & Co\n"
    assert "1 pairs among 2 messages." in named.stderr
    again = afterword("batch", "redraft", batch_id, "--server", url)  # the outline tells no line that could be left out
    assert (again.returncode, again.stdout) == (0, "")
    assert again.stderr == "Stays: 1 and 2: 100.0 % the same, to Ines Duarte, Rye & Co\n0 items wait again.\n"
    found = json.loads(afterword("batch", "alike", batch_id, "--json", "--ceiling", "60", "--server", url).stdout)
    assert (found["found"], found["truncated"]) == (1, False)


def test_a_table_is_followed_to_its_end(url: str, tmp_path: Path) -> None:
    table = tmp_path / "cohort.csv"
    table.write_text("ref,notes\n" + "".join(f'{n},"{NOTES}"\n' for n in range(6)), encoding="utf-8")
    taken = afterword("batch", "submit", str(table), "--server", url)
    assert "6 items taken" in taken.stderr
    told = afterword("batch", "results", taken.stdout.strip(), "--order", "finished", "--follow", "--server", url)
    assert sorted(json.loads(each)["ref"] for each in told.stdout.splitlines()) == [str(n) for n in range(6)]


def test_a_cancelled_batch_says_what_it_has(tmp_path: Path) -> None:
    settings = Settings(model="outline", batches="on", data_dir=tmp_path, worker_in_api=False)
    with serving(create_app(settings, reader=shipped())) as address:
        taken = afterword("batch", "submit", file_of(tmp_path, {}, {}), "--server", address)
        ended = afterword("batch", "cancel", taken.stdout.strip(), "--server", address)
        assert (ended.returncode, ended.stderr) == (0, "0 done, 0 failed, 2 cancelled.\n")
        told = afterword("batch", "results", taken.stdout.strip(), "--follow", "--server", address)  # it ends at once
        assert [json.loads(each)["state"] for each in told.stdout.splitlines()] == ["cancelled"] * 2


def test_whoever_is_named_is_told_when_it_is_done(url: str, tmp_path: Path) -> None:
    told: list[str] = []

    async def receive(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            told.append(json.loads((await receive())["body"])["data"]["id"])
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    with serving(receive) as hook:  # type: ignore[arg-type]
        taken = afterword("batch", "submit", file_of(tmp_path, {}), "--webhook", f"{hook}/told", "--server", url)
        until(lambda: bool(told), 30)
    assert told == [taken.stdout.strip()]
    refused = afterword(
        "batch", "submit", file_of(tmp_path, {}), "--webhook", "https://elsewhere.example/", "--server", url
    )
    assert (refused.returncode, "This host may not be told" in refused.stderr) == (2, True)


def test_a_worker_where_there_are_no_batches_says_what_to_set() -> None:
    refused = afterword("worker", AFTERWORD_BATCHES="off")
    assert (refused.returncode, "AFTERWORD_BATCHES=on" in refused.stderr) == (2, True)
