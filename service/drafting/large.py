"""Whole-message writing: a large model writes from the usable lines, a second call reads it over, code checks."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.drafting.aside import aside
from service.drafting.asking import ask, day_told, request_of, stated_facts
from service.drafting.checks import hard_violations
from service.drafting.frame_writer import frame_pieces
from service.drafting.pieces import Piece, assemble
from service.drafting.plan import Outline
from service.drafting.verify import Finding, verify
from service.drafting.written import Emit, Written, kept
from service.errors import ModelError, ModelReplyInvalid
from service.models.port import ChatMessage, Model, ModelRequest
from service.prompting.library import PromptVersion
from service.rubric.context import CheckContext
from service.rubric.ground import called_with_title
from service.rubric.letter import read_letter
from service.types import Facts, MessageKind, Owner, Usage, Violation, Wording

_VALEDICTIONS = 6  # a line of fewer words after the last sentence is a close of the model's own, and ours stands there


@dataclass(frozen=True)
class Reply:
    """What the model wrote, as pieces without greeting and signature."""

    subject: str | None
    greeting: str | None
    pieces: tuple[Piece, ...]
    raw: str
    usage: Usage


async def write_whole(
    outline: Outline,
    context: CheckContext,
    prompt: PromptVersion,
    verifier: PromptVersion | None,
    model: Model,
    emit: Emit,
) -> Written:
    """The message, written, read over and mended. What still cannot stay is dropped; with nothing left, the frame."""
    out = Written(outline.frame.subject)
    best: tuple[Piece, ...] = ()
    hello = outline.frame.greeting
    objections: list[str] = []
    fewest: int | None = None
    last = ""
    for _ in range(max(1, prompt.parameters.candidates)):
        try:
            reply = await _ask(outline, context.facts, prompt, model, objections, last)
        except ModelError as error:
            out.error = error
            break
        out.usage += reply.usage
        out.raw = (*out.raw, reply.raw)
        last = reply.raw
        greeting, body, faults, told = await aside(_settled, outline, context, reply)
        subject = _subject(outline, context, reply, faults)
        findings: tuple[Finding, ...] = ()
        if verifier is not None and body:
            own = (subject,) if subject and subject != outline.frame.subject else ()
            try:
                findings, used = await verify([*(p.text for p in body), *own], outline, context, verifier, model)
                out.usage += used
                out.unverified = False
            except ModelError:
                out.unverified = True
        if fewest is None or len(faults) + len(findings) < fewest:
            fewest = len(faults) + len(findings)
            bad = {f.piece for f in findings}
            best = tuple(p for n, p in enumerate(body) if n not in bad)
            hello = greeting
            out.subject = outline.frame.subject if len(body) in bad else subject
        out.against = (*out.against, *faults, *(f.violation for f in findings))
        objections = [*told, *(f.violation.detail for f in findings)]
        if not objections:
            break
    out.pieces = await aside(_finished, outline, context, hello, best, out.subject)
    for piece in out.pieces:
        emit(piece)
    return out


def _settled(
    outline: Outline, context: CheckContext, reply: Reply
) -> tuple[str, tuple[Piece, ...], tuple[Violation, ...], tuple[str, ...]]:
    """The greeting, the pieces that pass code's checks in their place, what spoke against the others, and that as the
    model is told it."""
    greeting = _greeting(outline, context, reply)
    whole = _framed(outline, greeting, reply.pieces)
    subject = reply.subject or outline.frame.subject
    faults = hard_violations(Wording(subject, assemble(whole, outline.kind)), context)
    told: tuple[str, ...] = ()
    if faults:
        told = tuple(_with_sentence(v, assemble(whole, outline.kind)) for v in faults)
        whole = kept(whole, outline.frame.subject, context)
    return greeting, tuple(p for p in whole if p.by_model), faults, told


def _with_sentence(fault: Violation, body: str) -> str:
    """With the sentence that it was found in, so that whoever writes it again knows which to change."""
    at = fault.span.start if fault.span and fault.where == "body" else -1
    said = next((s.text for s in read_letter(body).main if s.start <= at < s.end), None)
    return f"'{said}': {fault.detail}" if said else fault.detail


def _greeting(outline: Outline, context: CheckContext, reply: Reply) -> str:
    """The model's greeting if it names the reader as the notes do, else the plan's."""
    said = (reply.greeting or "").rstrip(",.!: ") + ","
    if said == outline.frame.greeting:
        return said
    frame = frame_pieces(outline)
    swapped = (replace(frame[0], text=frame[0].text.replace(outline.frame.greeting, said, 1)), *frame[1:])
    before, after = (
        hard_violations(Wording(outline.frame.subject, assemble(p, outline.kind)), context) for p in (frame, swapped)
    )
    return said if len(said) > 1 and len(after) <= len(before) else outline.frame.greeting


def _finished(
    outline: Outline, context: CheckContext, greeting: str, body: tuple[Piece, ...], subject: str | None
) -> tuple[Piece, ...]:
    """Greeting, what may stay, signature; the frame where what is left is no message."""
    whole = _framed(outline, greeting, body)
    if not body or hard_violations(Wording(subject, assemble(whole, outline.kind)), context):
        return frame_pieces(outline)
    return whole


def _framed(outline: Outline, greeting: str, body: tuple[Piece, ...]) -> tuple[Piece, ...]:
    if outline.kind is not MessageKind.LINKEDIN:
        return (Piece(greeting, 0), *body, Piece(outline.frame.signature, 99))
    if not body:
        return ()
    first, sign = body[0].text, outline.frame.signature
    lowered = first if first.startswith(("I ", "I'")) else first[0].lower() + first[1:]
    pieces = (Piece(greeting, 0), replace(body[0], text=lowered), *body[1:])
    signed = (*pieces, Piece(sign, 0)) if sign else pieces
    fits = Wording(None, assemble(signed, outline.kind)).char_count <= (outline.char_limit or 200)
    return signed if fits else pieces


def _subject(outline: Outline, context: CheckContext, reply: Reply, faults: tuple[Violation, ...]) -> str | None:
    """The model's subject if it may stand, else the plan's. ``faults`` are those of the message that it stands over."""
    if outline.kind is MessageKind.LINKEDIN or not reply.subject:
        return outline.frame.subject
    if not faults:
        return reply.subject
    frame = assemble(frame_pieces(outline), outline.kind)
    return outline.frame.subject if hard_violations(Wording(reply.subject, frame), context) else reply.subject


async def _ask(
    outline: Outline,
    facts: Facts,
    prompt: PromptVersion,
    model: Model,
    objections: Sequence[str],
    last: str,
) -> Reply:
    """One call. Raises ModelError."""
    request = whole_request(outline, facts, prompt, objections, last)
    text, usage = await ask(model, request)
    return replace(read_reply(text, outline), usage=usage)


def whole_request(
    outline: Outline,
    facts: Facts,
    prompt: PromptVersion,
    objections: Sequence[str] = (),
    last: str = "",
) -> ModelRequest:
    request = request_of(prompt, prompt_values(outline, facts))
    if not objections:
        return request
    reasons = "\n".join(f"- {reason}" for reason in dict.fromkeys(objections))
    said = f"This cannot be sent as it stands:\n{reasons}\nWrite the whole message again without these faults, in the same format. Change nothing else."
    again = (ChatMessage("assistant", last), ChatMessage("user", said))
    return replace(request, messages=(*request.messages, *again))


def prompt_values(outline: Outline, facts: Facts) -> dict[str, object]:
    """Everything a whole-message prompt may name; its input schema says which it takes."""
    decision = facts.decision_date.day if facts.decision_date else None
    return {
        "kind": outline.kind.value,
        "occasion": outline.occasion.value,
        "notes": facts.notes,
        "recipient": outline.recipient.name or "",
        "recipient_title": "; ".join(
            filter(None, (outline.recipient.title, _called(outline.recipient.name, facts.notes)))
        ),
        "candidate": facts.candidate.name if facts.candidate else "",
        **stated_facts(facts),
        "today": day_told(outline.sent_on),
        "decision_passed": bool(decision and decision <= outline.sent_on),
        "tone": outline.tone.value,
        "length": outline.length.value,
        "char_limit": outline.char_limit or 0,
        "lines": [
            {
                "number": line.number,
                "owner": line.item.owner.value,
                "who": _who(line.item.speaker or line.item.heard_by, outline),
                "point": line.is_point,
                "best": line.is_point and line.item.worth >= _best(outline),
                "text": line.item.text,
            }
            for line in outline.lines
            if line.item.owner is not Owner.SMALL_TALK
        ],
        "small_talk": [
            {"number": line.number, "text": line.item.text}
            for line in outline.lines
            if line.item.owner is Owner.SMALL_TALK
        ],
    }


def _called(name: str | None, notes: str) -> str:
    said = called_with_title(name, notes)
    return f"called '{said}' in the notes" if said else ""


def _best(outline: Outline) -> int:
    return max((p.worth for p in outline.points), default=3)


def _who(partner: str | None, outline: Outline) -> str:
    if partner is None:
        return ""
    return "reader" if partner == outline.recipient.name else partner


def read_reply(text: str, outline: Outline) -> Reply:
    """A reply in JSON or as a plain letter, taken apart; a close of the model's own is left out.

    Raises ModelReplyInvalid when there is no message in it.
    """
    found = _from_json(text, outline) if text.lstrip().startswith("{") else _from_text(text)
    if not found.pieces:
        raise ModelReplyInvalid("The model's reply holds no message.")
    return found


def _from_json(text: str, outline: Outline) -> Reply:
    try:
        reply = json.loads(text)
        pieces: list[Piece] = []
        paragraph = 1
        for sentence in reply["sentences"]:
            said = " ".join(str(sentence["text"]).split())
            said = _without_greeting(said, outline) if not pieces else said
            if not said or (len(said.split()) < _VALEDICTIONS and said[-1] == ","):
                continue
            paragraph += bool(pieces and sentence.get("new_paragraph"))
            ids = tuple(outline.numbers[n].id for n in sentence.get("lines", ()) if n in outline.numbers)
            pieces.append(Piece(said[0].upper() + said[1:], paragraph, ids, by_model=True))
        subject, greeting = (str(reply.get(name) or "").strip() or None for name in ("subject", "greeting"))
        return Reply(subject, greeting, tuple(pieces), text, Usage())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelReplyInvalid("The model's reply is not the JSON that was asked for.") from error


def _without_greeting(text: str, outline: Outline) -> str:
    """A first sentence without 'Dear Ines,' before it; 'On Tuesday,' is none."""
    letter = read_letter(text)
    called = set((outline.recipient.name or "").lower().split())
    is_greeting = not called or called & set(letter.addressed.lower().split())
    return text[len(letter.greeting) :].strip() if is_greeting else text


_SUBJECT = re.compile(r"\s*\**Subject\**\s*:\**\s*(?P<subject>[^\n]*)\n+(?P<body>.*)", re.IGNORECASE | re.DOTALL)


def read_subject(text: str, kind: MessageKind) -> Wording:
    """A plain letter with its subject line, if it begins with one; a LinkedIn note has none."""
    found = _SUBJECT.match(text)
    subject, body = (found["subject"].strip(" *\"'"), found["body"]) if found else (None, text)
    return Wording(None if kind is MessageKind.LINKEDIN else subject, body.strip())


def _from_text(text: str) -> Reply:
    wording = read_subject(text, MessageKind.THANK_YOU)
    letter = read_letter(wording.body)
    pieces = tuple(
        Piece(s.text.strip(), 1 + wording.body[: s.start].strip().count("\n\n"), (), by_model=True) for s in letter.main
    )
    return Reply(wording.subject, letter.greeting or None, pieces, text, Usage())
