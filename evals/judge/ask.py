"""Messages and the guide → what a model says of them. Notes and messages are data, fenced as in the service."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from evals.judge.items import Item
from evals.verdicts.data import FOLDER, Fault, Found, Word
from service.drafting.asking import ask, request_of
from service.errors import ModelReplyInvalid
from service.models.port import Model
from service.prompting.library import PromptVersion
from service.types import Wording

JUDGE, PREFER = "judge@1", "prefer@1"
Said = Literal["send", "edit", "no", "a", "b", "tie"]


class _Judgement(BaseModel):
    faults: tuple[Found, ...]
    verdict: Word


@dataclass(frozen=True)
class Judgement:
    """``said`` is None where the model gave no verdict; ``answers`` are its words, a pair's in the order asked."""

    said: Said | None
    answers: tuple[str, ...]
    faults: tuple[Fault, ...] = ()


def guide() -> str:
    """The page that the blind readers had."""
    return (FOLDER / "GUIDE.md").read_text(encoding="utf-8")


def asked_sha256(prompt: PromptVersion) -> str:
    """Names the prompt and the guide together: a change of either makes other verdicts."""
    return hashlib.sha256(f"{prompt.sha256}\n{guide()}".encode()).hexdigest()


@dataclass(frozen=True)
class ModelJudge:
    """Asks ``model``. Raises ModelError when it cannot be reached; a useless reply is no verdict."""

    model: Model
    prompt: PromptVersion
    guide: str

    async def judge(self, item: Item) -> Judgement:
        """One message: send, edit or no. Two: 'a' or 'b' where both orders give the same one, else 'tie'."""
        if len(item.wordings) == 1:
            return _judgement(await self._answer(item, message=_text(item.wordings[0])))
        a, b = map(_text, item.wordings)
        if a == b:
            return Judgement("tie", ())  # not asked about
        forth = await self._answer(item, first=a, second=b)
        back = await self._answer(item, first=b, second=a)
        words = choice(forth), choice(back)
        said: Said = "a" if words == ("first", "second") else "b" if words == ("second", "first") else "tie"
        return Judgement(said, (forth, back))

    async def _answer(self, item: Item, **texts: str) -> str:
        asked = {"guide": self.guide, "notes": item.notes, "kind": item.kind.value, "recipient": item.recipient or ""}
        try:
            return (await ask(self.model, request_of(self.prompt, asked | texts)))[0].strip()
        except ModelReplyInvalid:
            return ""


def _text(wording: Wording) -> str:
    subject = f"Subject: {wording.subject}\n\n" if wording.subject else ""
    return subject + wording.body


def _judgement(answer: str) -> Judgement:
    """Faults that are named twice are one."""
    try:
        found = _Judgement.model_validate_json(answer)
    except ValidationError:
        return Judgement(None, (answer,))
    return Judgement(found.verdict.value, (answer,), tuple(dict.fromkeys(f.fault for f in found.faults)))


def choice(answer: str) -> str:
    """'first' or 'second'; '' for an answer that is neither."""
    try:
        read: Any = json.loads(answer)
        said = str(read["choice"])
    except (ValueError, KeyError, TypeError):
        return ""
    return said if said in ("first", "second") else ""
