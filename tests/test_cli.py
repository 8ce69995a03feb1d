"""The command line, run as its users run it: in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from service.app import create_app
from service.settings import Settings
from tests.api.service import serving
from tests.reading_shipped import shipped

NOTES = "Interview w/ Ines Duarte (head baker) at Rye & Co, production manager, Tues Nov 17\n- she leads the move to stone ovens, 3 of 11 shops done\n- hear back by Nov 25"
NOW = "2026-11-17T18:00:00+01:00"
ROOT = Path(__file__).parents[1]


def afterword(*words: str, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"AFTERWORD_MODEL": "outline", "PYTHONPATH": str(ROOT)} | settings
    return subprocess.run(
        [sys.executable, "-m", "service.cli", *words],
        input=given,
        capture_output=True,
        text=True,
        env=env,
        timeout=60,
        check=False,
    )


def test_a_draft_comes_out_ready_to_copy() -> None:
    done = afterword(
        "draft", "-", "--kind", "thank_you", "--kind", "linkedin", "--candidate", "Sam Ortiz", "--now", NOW, given=NOTES
    )
    assert done.returncode == 0
    assert "Subject: Thank you" in done.stdout
    assert "Hi Ines, " in done.stdout
    assert "stone ovens" in done.stderr  # what the frame has no place for is named beside it
    assert "---" not in done.stdout


def test_json_is_what_the_api_answers() -> None:
    done = afterword("draft", "-", "--json", "--now", NOW, given=NOTES)
    assert json.loads(done.stdout)["facts"]["company"] == "Rye & Co"


@pytest.mark.parametrize(
    ("words", "given", "says"),
    [
        (("draft", "-"), "", "The notes are empty"),
        (("draft", "-"), "a " * 10_001, "At most 20,000 characters"),
        (("draft", "-", "--now", "soon"), NOTES, "--now takes a time"),
        (("draft", "-", "--now", "9999-12-31"), NOTES, "Correct its year"),
        (("draft", "-", "--candidate", "x" * 500), NOTES, "--candidate: String should have at most 120 characters"),
        (("draft", "-", "--role", "x" * 500), NOTES, "--role: String should have at most 120 characters"),
        (("draft", "-", "--recipient", "A\nBcc: b"), NOTES, "--recipient: One line of text is wanted"),
        (("draft", "-", "--model", "nowhere.gguf"), NOTES, "There is no file nowhere.gguf"),
        (("draft", "-", "--model", "nothing"), NOTES, "There is no model 'nothing'"),
        (("score", "-", "--message", "-"), NOTES, "Standard input can be the notes or the message, not both"),
        (("score", "-", "--message", os.devnull), NOTES, "--message: The message is empty"),
        (("serve", "--host", "nowhere.invalid"), "", "there is no such address"),
        (("model", "pull", "nothing"), "", "There is no model 'nothing'"),
    ],
    ids=lambda v: " ".join(v)[:40] if isinstance(v, tuple) else "",
)
def test_what_cannot_be_used_is_one_sentence_and_exit_2(words: tuple[str, ...], given: str, says: str) -> None:
    done = afterword(*words, given=given)
    assert done.returncode == 2
    assert done.stderr.startswith("afterword: ")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [("draft", "{}"), ("score", "-", "--message", "{}")], ids=["draft", "score"])
@pytest.mark.parametrize("what", ["missing", "folder", "binary"])
def test_a_file_that_cannot_be_read_is_named_and_exit_2(words: tuple[str, ...], what: str, tmp_path: Path) -> None:
    path = tmp_path / what
    if what == "folder":
        path.mkdir()
    elif what == "binary":
        path.write_bytes(b"PK\x03\x04\xff\xfe\x00")
    done = afterword(*(w.format(path) for w in words), given=NOTES)
    assert done.returncode == 2
    assert str(path) in done.stderr
    assert "Traceback" not in done.stderr


def test_text_as_windows_saves_it_is_read(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text(NOTES, encoding="utf-16")
    done = afterword("draft", str(notes), "--now", NOW)
    assert "stone ovens" in done.stderr
    assert "Dear Ines,\n" in done.stdout


def test_any_message_can_be_scored(tmp_path: Path) -> None:
    notes, message = tmp_path / "notes.txt", tmp_path / "message.txt"
    notes.write_text(NOTES)
    message.write_text("Subject: Hello\n\nHi Ines,\n\nThank you for your time.\n\nBest,\n[Name]")
    done = afterword("score", str(notes), "--message", str(message), "--now", NOW)
    assert done.returncode == 0
    assert "specificity" in done.stdout
    assert "placeholder" in done.stdout


def test_help_loads_no_framework() -> None:
    code = "import sys; from service.cli import main; main(['--help'], standalone_mode=False); print(sorted(m for m in ('fastapi', 'openai', 'textblob', 'uvicorn', 'pydantic') if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert done.stdout.strip().endswith("[]")


def test_who_is_written_to_can_be_said() -> None:
    done = afterword(
        "draft",
        "-",
        "--recipient",
        "Ines Duarte, head baker",
        "--recipient",
        "Jo Marsh",
        "--json",
        "--now",
        NOW,
        given=NOTES,
    )
    assert [m["recipient"] for m in json.loads(done.stdout)["messages"]] == [
        {"name": "Ines Duarte", "title": "head baker"},
        {"name": "Jo Marsh", "title": None},
    ]


def test_what_is_missing_is_asked_for_beside_the_message() -> None:
    done = afterword("draft", "-", "--now", NOW, given=NOTES)
    assert "note: " in done.stderr
    assert "note: " not in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "abc"), ("PORT", "70000"), ("AFTERWORD_LOG_LEVEL", "loud"), ("AFTERWORD_CONNECT_TIMEOUT_S", "0")],
)
def test_a_wrong_setting_is_named_in_a_sentence(name: str, value: str) -> None:
    done = afterword("serve", **{name: value})
    assert done.returncode == 2
    assert done.stderr.startswith(f"afterword: {name}: ")


def test_a_port_in_use_is_said_and_no_address_promised() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = afterword("serve", PORT=str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "cannot be listened on: address already in use" in done.stderr
    assert "Afterword is at" not in done.stderr


def test_the_service_tells_its_address_and_stops_when_asked() -> None:
    env = os.environ | {"AFTERWORD_MODEL": "outline", "PORT": "0", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-m", "service.cli", "serve"], stderr=subprocess.PIPE, text=True, env=env
    ) as served:
        assert served.stderr is not None
        url = served.stderr.readline().rpartition(" ")[2].strip()
        try:
            ready = httpx2.get(f"{url}/readyz", timeout=20).json()
        finally:
            served.terminate()
        assert ready == {"status": "ready", "model": "outline", "detail": ""}
        assert served.stderr.read() == ""
    assert served.returncode in (0, -signal.SIGTERM)


def test_a_changed_released_prompt_stops_the_start(tmp_path: Path) -> None:
    prompts = shutil.copytree(ROOT / "prompts", tmp_path / "prompts")
    with (prompts / "thank_you" / "v1" / "system.j2").open("a") as file:
        file.write("One more rule.\n")
    done = afterword("serve", PORT="0", AFTERWORD_PROMPTS_DIR=str(prompts))
    assert done.returncode == 2
    assert "thank_you" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("group", ["model", "prompts", "eval"])
def test_groups_answer_for_help(group: str) -> None:
    assert afterword(group, "--help").returncode == 0


def test_a_key_is_shown_once_listed_without_itself_and_revoked(tmp_path: Path) -> None:
    here = {"AFTERWORD_DATA_DIR": str(tmp_path)}
    token = afterword("keys", "create", "the careers site", **here).stdout.strip()
    listed = afterword("keys", "list", **here).stdout
    assert "the careers site" in listed
    assert token not in listed
    key_id = token.split("_")[1]
    assert afterword("keys", "revoke", key_id, **here).returncode == 0
    assert "revoked" in afterword("keys", "list", **here).stdout
    assert afterword("keys", "revoke", key_id, **here).returncode == 2
    assert token.encode() not in (tmp_path / "afterword.db").read_bytes()


def test_open_to_others_without_a_key_it_does_not_start_and_says_the_ways_out(tmp_path: Path) -> None:
    done = afterword("serve", AFTERWORD_HOST="0.0.0.0", PORT="0", AFTERWORD_DATA_DIR=str(tmp_path))
    assert done.returncode == 2
    for way in ("afterword keys create", "AFTERWORD_API_KEYS", "AFTERWORD_KEYS=off"):
        assert way in done.stderr


def test_a_draft_can_be_asked_of_an_afterword_elsewhere() -> None:
    app = create_app(Settings(model="outline"), reader=shipped())
    options = ("--kind", "thank_you", "--candidate", "Sam Ortiz", "--now", NOW)
    with serving(app) as url:
        there = afterword("draft", "-", *options, "--server", url, given=NOTES)
        refused = afterword("draft", "-", *options, "--server", url + "/nowhere", given=NOTES)
    here = afterword("draft", "-", *options, given=NOTES)
    assert there.returncode == 0, there.stderr
    assert there.stdout == here.stdout
    assert refused.returncode == 2
    assert "nothing at this address" in refused.stderr
