"""Whole-message writing in one call: the model's text taken apart into pieces that can be checked one by one."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from service.drafting.outline import Outline
from service.drafting.pieces import Piece
from service.drafting.spelling import plain_text
from service.errors import ModelReplyInvalid
from service.models.port import ChatMessage, Model, ModelRequest
from service.notes.english import tag
from service.prompting.library import PromptVersion
from service.prompting.render import render_prompt
from service.rubric.ground import matches
from service.rubric.letter import read_letter
from service.types import Facts, MessageKind, Usage, Violation


@dataclass(frozen=True)
class WholeText:
    """What the model wrote: its subject, the sentences between greeting and close, and the text as it came."""

    subject: str | None
    pieces: tuple[Piece, ...]
    raw: str
    usage: Usage = field(default_factory=Usage)


async def write_whole(
    outline: Outline,
    facts: Facts,
    prompt: PromptVersion,
    model: Model,
    objections: Sequence[Violation] = (),
    last: str = "",
) -> WholeText:
    """One call for the whole message; with ``objections``, the same call with what was wrong with ``last``.

    Raises ModelError.
    """
    request = whole_request(outline, facts, prompt, objections, last)
    started = time.perf_counter()
    reply = await model.complete(request)
    text = read_reply(reply.text, outline.kind, facts, echo=f"{prompt.system} {prompt.user}")
    return replace(text, usage=replace(reply.usage, calls=1, model_seconds=time.perf_counter() - started))


def whole_request(
    outline: Outline, facts: Facts, prompt: PromptVersion, objections: Sequence[Violation] = (), last: str = ""
) -> ModelRequest:
    rendered = render_prompt(prompt, prompt_values(outline, facts))
    messages = [ChatMessage(m.role, m.content) for m in rendered.messages]
    if objections:
        reasons = "\n".join(f"- {v.detail}" for v in dict.fromkeys(objections))
        messages += [
            ChatMessage("assistant", last),
            ChatMessage(
                "user",
                f"This cannot be sent as it stands:\n{reasons}\nWrite the whole message again without these faults, in the same format.",
            ),
        ]
    return ModelRequest(
        messages=tuple(messages),
        temperature=prompt.parameters.temperature,
        max_tokens=prompt.parameters.max_tokens,
        stop=prompt.parameters.stop,
        json_schema=prompt.output_schema if prompt.output_schema.get("type") == "object" else None,
        tag=prompt.id,
    )


def prompt_values(outline: Outline, facts: Facts) -> dict[str, object]:
    """Everything a whole-message prompt may name; its input schema says which it takes."""
    stated = dict(outline.facts_for_prompt)
    return {
        "kind": outline.kind.value,
        "notes": facts.notes,
        "recipient": outline.recipient.name or "",
        "recipient_title": outline.recipient.title or "",
        "candidate": stated.get("candidate", ""),
        "company": stated.get("company", ""),
        "role": stated.get("role", ""),
        "interview_date": stated.get("interview_date", ""),
        "decision_date": stated.get("decision_date", ""),
        "tone": outline.tone.value,
        "length": outline.length.value,
        "char_limit": outline.char_limit or 0,
        "items": [
            {"id": s.item.id, "owner": s.item.owner.value, "purpose": s.purpose.value, "text": plain_text(s.item.text)}
            for s in outline.slots
            if s.item is not None
        ],
    }


def read_reply(text: str, kind: MessageKind, facts: Facts, echo: str = "") -> WholeText:
    """The reply as pieces, one a sentence; scraps, and what repeats the prompt (``echo``), are left out.

    Raises ModelReplyInvalid when there is no message in it.
    """
    found = _from_json(text) if text.lstrip().startswith("{") else None
    subject, body, owners = found or (*_split_subject(text), {})
    if kind is MessageKind.LINKEDIN:
        subject = None
    letter = read_letter(body)
    pieces = tuple(
        Piece(
            s.text.strip(),
            1 + body[: s.start].count("\n\n"),
            owners.get(s.text.strip()) or _ground(s.text, facts),
            by_model=True,
        )
        for s in letter.main
        if _is_sentence(s.text) and not _repeats(s.text, echo, facts.notes)
    )
    if not pieces:
        raise ModelReplyInvalid("The model's reply holds no message.")
    return WholeText(subject, pieces, text)


def _is_sentence(text: str) -> bool:
    """Begins with a capital, ends with a stop, and has a verb: what a heading or a torn line lacks."""
    words = text.strip().split()
    whole = len(words) >= 3 and words[0][:1].isupper() and words[-1][-1:] in ".?!"
    return whole and ":" not in words[0] and any(t.startswith(("VB", "MD")) for _, t in tag(" ".join(words)))


def _repeats(text: str, echo: str, notes: str) -> bool:
    """Five words in a row of the prompt that are not the candidate's own."""
    row = [w.strip(".,;:!?\"'()").lower() for w in text.split()]
    theirs = " ".join(echo.replace(notes, " ").lower().split())
    return any(" ".join(row[k : k + 5]) in theirs for k in range(len(row) - 4))


def _from_json(text: str) -> tuple[str | None, str, dict[str, str]] | None:
    try:
        reply = json.loads(text)
        sentences = reply["sentences"]
        owners = {str(s["text"]).strip(): str(s["item_id"]) for s in sentences if s.get("item_id")}
        body = ""
        for s in sentences:
            body += ("\n\n" if s.get("new_paragraph") else " " if body else "") + str(s["text"]).strip()
        return (str(reply["subject"]) if reply.get("subject") else None), body, owners
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _split_subject(text: str) -> tuple[str | None, str]:
    found = re.match(r"\s*\**Subject\**\s*:\**\s*(?P<subject>[^\n]*)\n+(?P<body>.*)", text, re.IGNORECASE | re.DOTALL)
    return (found["subject"].strip(" *\"'"), found["body"]) if found else (None, text)


def _ground(sentence: str, facts: Facts) -> str | None:
    """The item a sentence rests on: the one it shares the most telling words with."""
    best = next(iter(matches(sentence, facts)), None)
    return best.item.id if best is not None and best.telling >= 1 and best.weight >= 1.0 else None
