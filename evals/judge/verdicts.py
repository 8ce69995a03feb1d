"""Verdicts on disk, as JSON Lines. Each row names the prompt and the model that it was made by."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.appending import Appending
from evals.errors import EvalError
from evals.judge.ask import Judgement, Said
from evals.judge.items import Item
from evals.verdicts.data import Fault

_BEGINNING = b'{"id":'
_ANEW = "Delete that file, or give another one with --out."


@dataclass(frozen=True)
class By:
    """Who judged. ``revision`` is the hash that tells two models of one name apart."""

    prompt: str  # "judge@1"
    prompt_sha256: str
    model: str
    revision: str


class VerdictRow(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    cluster: str
    said: Said | None
    faults: tuple[Fault, ...]
    answers: tuple[str, ...]
    texts_sha256: str
    prompt: str
    prompt_sha256: str
    model: str
    revision: str

    @property
    def of_pair(self) -> bool:
        return self.said in ("a", "b", "tie")

    @property
    def by(self) -> By:
        return By(self.prompt, self.prompt_sha256, self.model, self.revision)


class VerdictFile(Appending):
    """Opened, ``done`` holds the verdicts that an earlier run wrote.

    Opening raises EvalError when the file holds what this prompt or model did not say, or of ``items`` that read
    otherwise now.
    """

    def __init__(self, path: Path, by: By, items: Sequence[Item]) -> None:
        super().__init__(path)
        self.done: dict[str, VerdictRow] = {}
        self._by = by
        self._items = {item.id: item for item in items}

    def append(self, item: Item, judgement: Judgement) -> None:
        row = VerdictRow(
            id=item.id,
            cluster=item.cluster,
            said=judgement.said,
            faults=judgement.faults,
            answers=judgement.answers,
            texts_sha256=item.texts_sha256,
            **vars(self._by),
        )
        self._write(f"{row.model_dump_json()}\n".encode())
        self.done[item.id] = row

    def _recover(self) -> None:
        sound = 0
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n") and line.startswith(_BEGINNING[: len(line)]):
                    break  # what a killed run left of a row
                self._take(line, number)
                sound += len(line)
        os.truncate(self.path, sound)

    def _take(self, line: bytes, number: int) -> None:
        try:
            row = VerdictRow.model_validate_json(line)
        except ValidationError as error:
            raise EvalError(f"Line {number} of {self.path} is no verdict. Give another file with --out.") from error
        if told := _other(row.by, self._by):
            raise EvalError(f"{self.path} holds verdicts {told}, which are never mixed. {_ANEW}")
        item = self._items.get(row.id)
        if item is not None and item.texts_sha256 != row.texts_sha256:
            raise EvalError(f"The notes or the text of {row.id} changed since {self.path} was begun. {_ANEW}")
        self.done[row.id] = row


def read_verdicts(path: Path, items: Sequence[Item]) -> dict[str, VerdictRow]:
    """A judge's verdicts on ``items``, by their ids, those on other messages left out.

    Raises EvalError for another kind of file, and where nothing in it is about them as they read now.
    """
    known = {item.id: item.texts_sha256 for item in items}
    try:
        rows = [VerdictRow.model_validate_json(line) for line in path.read_bytes().splitlines()]
    except OSError as error:
        raise EvalError(f"{path} cannot be read ({error.strerror}). Check the path.") from error
    except ValidationError as error:
        raise EvalError(f"{path} holds no verdicts of a judge. Make them: afterword eval judge") from error
    about = {row.id: row for row in rows if known.get(row.id) == row.texts_sha256 and not row.of_pair}
    if not about:
        raise EvalError(f"{path} is about other messages. Judge those of this part: afterword eval judge")
    return about


def _other(there: By, here: By) -> str:
    """Who else made a verdict; '' where it is the same judge."""
    if (there.prompt, there.prompt_sha256) != (here.prompt, here.prompt_sha256):
        return f"made with another prompt ({there.prompt}, {there.prompt_sha256[:12]})"
    if there.model != here.model:
        return f"of {there.model}, not of {here.model}"
    return f"of another {there.model} than this one" if there.revision != here.revision else ""
