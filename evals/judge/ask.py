"""A text, or two, and one question → a verdict of the model. Texts are data: fenced as the service fences notes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from evals.errors import EvalError
from service.errors import ModelReplyInvalid
from service.models.port import ChatMessage, Model, ModelRequest
from service.prompting.render import fence

PROMPT = Path(__file__).with_name("prompt.yaml")
Said = Literal["yes", "no", "a", "b", "tie"]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_File):
    """The turns of one kind of question. ``questions``: criterion → what is asked."""

    system: str
    user: str
    questions: dict[str, str]


class JudgePrompt(_File):
    id: str
    temperature: float
    max_tokens: int
    message: Part
    pair: Part

    @cached_property
    def sha256(self) -> str:
        """Of everything but the file's comments."""
        return hashlib.sha256(json.dumps(self.model_dump(), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """``said`` is None where the model gave no verdict; ``answers`` are its words, a pair's in the order asked."""

    said: Said | None
    answers: tuple[str, ...]


def load_prompt(path: Path = PROMPT) -> JudgePrompt:
    """Raises EvalError when ``path`` holds no judge's prompt."""
    try:
        return JudgePrompt.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise EvalError(f"{path} is no judge's prompt. Put back the file that Afterword came with.") from error


class ModelJudge:
    """Asks ``model``. Both questions raise ModelError when it cannot be reached; a useless reply is no verdict."""

    def __init__(self, model: Model, prompt: JudgePrompt) -> None:
        self._model = model
        self._prompt = prompt

    async def judge_message(self, text: str, criterion: str) -> Verdict:
        """'yes', 'no' or None. Raises KeyError for a criterion that the prompt has no question for."""
        answer = await self._answer(self._prompt.message, criterion, text=text)
        word = first_word(answer)
        return Verdict("yes" if word == "yes" else "no" if word == "no" else None, (answer,))

    async def judge_pair(self, a: str, b: str, criterion: str) -> Verdict:
        """'a' or 'b' where both orders give the same text, else 'tie'; one text twice is a tie and not asked about."""
        if a == b:
            return Verdict("tie", ())
        forth = await self._answer(self._prompt.pair, criterion, first=a, second=b)
        back = await self._answer(self._prompt.pair, criterion, first=b, second=a)
        words = first_word(forth), first_word(back)
        said: Said = "a" if words == ("first", "second") else "b" if words == ("second", "first") else "tie"
        return Verdict(said, (forth, back))

    async def _answer(self, part: Part, criterion: str, **texts: str) -> str:
        fenced = {name: fence(text) for name, text in texts.items()}
        user = part.user.format(question=part.questions[criterion], **fenced)
        request = ModelRequest(
            (ChatMessage("system", part.system.strip()), ChatMessage("user", user.strip())),
            temperature=self._prompt.temperature,
            max_tokens=self._prompt.max_tokens,
            tag="judge",
        )
        try:
            return (await self._model.complete(request)).text.strip()
        except ModelReplyInvalid:
            return ""


def first_word(answer: str) -> str:
    """In small letters, without the marks around it: '**Yes**, it does' → 'yes'. '' for no word at all."""
    return next(iter(answer.split()), "").strip(".,:;!?\"'*`()").lower()
