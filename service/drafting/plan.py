"""Facts → one outline per message: which items go where, and for whom. Pure: the same facts give the same plan."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from service.drafting.fixed import Wordings, company_name, greeting, role_name, signature, subject
from service.drafting.full_matter import full_matter
from service.drafting.openings import openings
from service.drafting.outline import Outline, Slot, SlotPurpose
from service.drafting.sentence_shapes import Shape, Topic, shortened
from service.drafting.topics import may_be_said, read_topic
from service.phrases import load
from service.types import DraftRequest, Facts, Length, MessageKind, NoteItem, Owner, Recipient, units


@dataclass(frozen=True)
class Choice:
    """An item that may stand in this recipient's message, and what it is about (None: only a model can word it).

    ``full`` is all of the item in words for this recipient, where ``topic`` is only a part of it, or None.
    """

    item: NoteItem
    topic: Topic | None
    worth: float
    full: str = ""


def recipients_of(facts: Facts, request: DraftRequest) -> tuple[Recipient, ...]:
    """Those the caller names, else everybody who interviewed, else one reader without a name."""
    if request.given.recipients:
        titles = {p.name.lower(): p.title for p in facts.people}
        return tuple(Recipient(r.name, r.title or titles.get((r.name or "").lower())) for r in request.given.recipients)
    return tuple(Recipient(p.name, p.title) for p in facts.interviewers) or (Recipient(None),)


def plan_messages(facts: Facts, request: DraftRequest) -> tuple[Outline, ...]:
    """One outline per kind and recipient, kinds in the order asked. No item goes to two readers of one kind (G28, G38)."""
    recipients = recipients_of(facts, request)
    dealt = _deal(facts, recipients)
    outlines = []
    for kind in dict.fromkeys(request.kinds):
        for turn, recipient in enumerate(recipients):
            words = Wordings(facts, recipient, request.tone, request.now.date(), turn)
            outlines.append(_outline(kind, words, dealt[turn], request))
    return tuple(outlines)


def _deal(facts: Facts, recipients: Sequence[Recipient]) -> list[list[Choice]]:
    """Every usable item to the one recipient it suits best: who said it, else who has least so far."""
    hands: list[list[Choice]] = [[] for _ in recipients]
    for item in sorted(
        (i for i in facts.items if _usable(i) and may_be_said(i, facts)), key=lambda i: -_worth(i, None)
    ):
        wishes = [(_suits(item, r), -_load(hands[n], item.owner), -len(hands[n]), -n) for n, r in enumerate(recipients)]
        order = sorted(range(len(recipients)), key=lambda n: wishes[n], reverse=True)
        for n in order:
            if wishes[n][0] < 0:
                continue
            topic = read_topic(item, facts, recipients[n])
            full = full_matter(item, topic, facts, recipients[n])
            if topic is None and not full:
                continue
            hands[n].append(Choice(item, topic, _worth(item, topic), full))
            break
    # What the rules can say first: whether a model can say the rest, only its sentence will tell.
    return [sorted(h, key=lambda c: (c.topic is None, -c.worth, c.item.start)) for h in hands]


def _usable(item: NoteItem) -> bool:
    return item.owner in (Owner.THEIRS, Owner.MINE, Owner.CLARIFY) and len(item.text.split()) >= 3


def _suits(item: NoteItem, recipient: Recipient) -> int:
    """2 said by this recipient or told to them, 1 by or to nobody in particular, -1 by or to somebody else of the panel."""
    partner = item.speaker or item.heard_by
    if partner is None:
        return 1
    return 2 if partner == recipient.name else -1


def _load(hand: Iterable[Choice], owner: Owner) -> int:
    return sum(c.item.owner is owner for c in hand)


def _worth(item: NoteItem, topic: Topic | None) -> float:
    """How well an item carries a message: specific and engaging first, the unkind and the vague last (G2, G3)."""
    text = item.text
    words = text.split()
    cues = load("topics")
    worth = 1.0
    worth += 0.8 * min(2, len(re.findall(r"\d+", text)))
    worth += 0.4 * min(3, len(re.findall(r"(?<=\s)[A-ZÀ-Þ][\w-]+", text)))
    worth += 0.8 * bool(re.search(cues["engaging"], text, re.IGNORECASE))
    worth -= 1.5 * (item.owner is Owner.THEIRS and bool(re.search(cues["unkind"], text, re.IGNORECASE)))
    worth += min(len(words), 14) / 14
    worth -= max(0, len(words) - 24) / 12
    if topic is not None:
        worth += 1.0
        worth -= 0.8 * topic.asked
    return worth


def _outline(kind: MessageKind, words: Wordings, hand: Sequence[Choice], request: DraftRequest) -> Outline:
    build = {MessageKind.THANK_YOU: _thank_you, MessageKind.CHECK_IN: _check_in, MessageKind.LINKEDIN: _linkedin}[kind]
    slots = [s for s in build(words, hand, request) if s.fixed or s.item is not None]
    return Outline(
        kind=kind,
        recipient=words.recipient,
        subject=subject(kind, words),
        slots=tuple(slots),
        tone=request.tone,
        length=request.length,
        char_limit=request.linkedin_limit if kind is MessageKind.LINKEDIN else None,
        facts_for_prompt=_facts_for_prompt(words.facts),
    )


def _facts_for_prompt(facts: Facts) -> tuple[tuple[str, str], ...]:
    named = (
        ("candidate", facts.candidate.name if facts.candidate else None),
        ("company", company_name(facts)),
        ("role", role_name(facts)),
        ("interview_date", facts.interview_at.day.isoformat() if facts.interview_at else None),
        ("decision_date", facts.decision_date.day.isoformat() if facts.decision_date else None),
    )
    return tuple((name, value) for name, value in named if value)


def _take(hand: Sequence[Choice], owner: Owner, count: int) -> list[Choice]:
    return [c for c in hand if c.item.owner is owner and c.worth > -0.5][:count]


def _thank_you(words: Wordings, hand: Sequence[Choice], request: DraftRequest) -> list[Slot]:
    phrases = load("outline")["thank_you"]
    short = request.length is Length.SHORT
    theirs = _take(hand, Owner.THEIRS, 1 if short else 2)
    mine = _take(hand, Owner.MINE, 0 if short and theirs else 1 if theirs else 2)
    clarify = [c for c in hand if c.item.owner is Owner.CLARIFY][:1]
    slots = [greeting(words), _thanks(words.pick(phrases["thanks"][words.tone.value]))]
    slots += [topic_slot(SlotPurpose.HIGHLIGHT, c, words, 2, n) for n, c in enumerate(theirs)]
    slots += [topic_slot(SlotPurpose.CONTRIBUTION, c, words, 3, n) for n, c in enumerate(mine)]
    slots += [topic_slot(SlotPurpose.CLARIFICATION, c, words, 3, n) for n, c in enumerate(clarify)]
    if theirs or mine:
        slots.append(
            Slot(SlotPurpose.ENTHUSIASM, fixed=words.pick(phrases["enthusiasm"][words.tone.value]), paragraph=4)
        )
    else:
        slots.append(
            Slot(
                SlotPurpose.ENTHUSIASM,
                fixed=words.pick(load("outline")["thank_you"]["enthusiasm"]["neutral"], shift=1),
                paragraph=4,
            )
        )
    dated = "decision" in words.values() and not short
    slots.append(
        Slot(SlotPurpose.CLOSING, fixed=words.pick(phrases["closing_dated" if dated else "closing"]), paragraph=4)
    )
    if dated and len(theirs) + len(mine) < 3:
        slots.append(Slot(SlotPurpose.CLOSING, fixed=words.pick(phrases["closing"]), paragraph=4))
    return [*slots, signature(words, 5)]


def _thanks(fixed: str) -> Slot:
    """Thanks are never left out: where a fact in the sentence is doubtful, a plain one stands in."""
    return Slot(SlotPurpose.THANKS, fixed=fixed, fallback=load("outline")["plain_thanks"], paragraph=1)


def _check_in(words: Wordings, hand: Sequence[Choice], request: DraftRequest) -> list[Slot]:
    phrases = load("outline")["check_in"]
    # Weeks later the reader needs the one thing that brings the conversation back (G13), told already or not.
    best = sorted((*_take(hand, Owner.THEIRS, 4), *_take(hand, Owner.MINE, 1)), key=_as_reminder)
    best = best[: 1 if best and best[0].topic is not None else 2]  # a model's sentence may not pass: two are asked for
    dated = words.facts.decision_date is not None  # the check-in goes out a week after that day (G7)
    slots = [greeting(words), _thanks(words.pick(phrases["reminder"][words.tone.value]))]
    for choice in best:
        purpose = SlotPurpose.HIGHLIGHT if choice.item.owner is Owner.THEIRS else SlotPurpose.CONTRIBUTION
        slots.append(topic_slot(purpose, choice, words, 1, 1))
    slots.append(Slot(SlotPurpose.ASK, fixed=words.pick(phrases["ask_dated" if dated else "ask"]), paragraph=2))
    slots.append(Slot(SlotPurpose.ENTHUSIASM, fixed=words.pick(phrases["enthusiasm"]), paragraph=2))
    slots.append(Slot(SlotPurpose.CLOSING, fixed=words.pick(phrases["closing"]), paragraph=2))
    return [*slots, signature(words, 3)]


def _as_reminder(choice: Choice) -> tuple[bool, bool, bool, float]:
    """The surest first: what can be said by rule, what was told before what was asked, theirs before one's own."""
    topic = choice.topic
    asked, sore = (topic.asked, topic.sore) if topic is not None else (False, False)
    return (topic is None or sore, asked, choice.item.owner is Owner.MINE, -choice.worth)


def _linkedin(words: Wordings, hand: Sequence[Choice], request: DraftRequest) -> list[Slot]:
    phrases = load("outline")["linkedin"]
    choices = sorted(_take(hand, Owner.THEIRS, 4) or _take(hand, Owner.MINE, 2), key=_as_reminder)
    room = request.linkedin_limit
    ask = words.pick(phrases["ask"])
    name = words.recipient.first_name
    hello = f"Hi {words.values()['first']}, " if name else "Hello, "
    candidate = words.facts.candidate
    sign = f" {candidate.first_name}" if candidate else ""
    told = [c for c in choices if c.topic is not None]
    for choice in (*told, *(s for c in told for s in _shorter(c))):
        purpose = SlotPurpose.HIGHLIGHT if choice.item.owner is Owner.THEIRS else SlotPurpose.CONTRIBUTION
        slot = topic_slot(purpose, choice, words, 0, 0)
        # The little room that is left is for the conversation rather than for the role.
        for key in ("opening", "opening_short") if choice in told else ("opening_short",):
            opening = hello + words.pick(phrases[key])
            if slot.fallback and units(f"{opening} {slot.fallback} {ask}{sign}") <= room:
                return [
                    Slot(SlotPurpose.THANKS, fixed=opening, fallback=hello + load("outline")["plain_thanks_short"]),
                    slot,
                    Slot(SlotPurpose.ASK, fixed=ask + sign),
                ]
    topical = [topic_slot(SlotPurpose.HIGHLIGHT, c, words, 0, 0) for c in choices if c.item.owner is Owner.THEIRS]
    model_only = [replace(s, fallback="") for s in topical]  # the rule's sentence is too long: a model's may fit
    opening, close = _that_fit(hello, [words.pick(phrases[k]) for k in ("opening", "opening_short")], ask, sign, room)
    return [
        Slot(SlotPurpose.THANKS, fixed=opening, fallback=hello + load("outline")["plain_thanks_short"]),
        *model_only[:2],
        Slot(SlotPurpose.ASK, fixed=close),
    ]


def _shorter(choice: Choice) -> Iterator[Choice]:
    """With ever less of the topic for the rule's sentence; a model, which needs fewer words around it, may try for all."""
    assert choice.topic is not None
    for topic in shortened(choice.topic):
        yield replace(choice, topic=topic, full=choice.full or choice.topic.text)


def _that_fit(hello: str, openings: Sequence[str], ask: str, sign: str, room: int) -> tuple[str, str]:
    """The richest opening and close that fit ``room`` together; what names make too long goes without, sign first."""
    plain = "Hello, " + load("outline")["plain_thanks_short"]
    tries = [(hello + o, c) for c in (ask + sign, ask, "") for o in openings]
    return next(((o, c) for o, c in tries if units(f"{o} {c}") <= room), (plain, ""))


def topic_slot(purpose: SlotPurpose, choice: Choice, words: Wordings, paragraph: int, place: int) -> Slot:
    """A slot around one item: opening words for a model, and the phrase that stands in where no model's sentence passes."""
    spoken = choice.item.speaker == words.recipient.name
    return Slot(
        purpose,
        item=choice.item,
        openings=openings(purpose, choice.topic or _trouble(choice), words.turn + place, spoken=spoken),
        fallback=phrase(purpose, choice.topic, words, place) if choice.topic else "",
        matter=choice.topic.text if choice.topic else choice.full,
        full=choice.full if choice.topic else "",
        paragraph=paragraph,
    )


def _trouble(choice: Choice) -> Topic | None:
    """A trouble of the reader's is told back neutrally by a model as well, whatever sentence it makes of it."""
    theirs = choice.item.owner is Owner.THEIRS
    sore = theirs and re.search(load("topics")["unkind"], choice.full, re.IGNORECASE)
    return Topic(Shape.NOUN, choice.full, sore=True) if sore else None


def phrase(purpose: SlotPurpose, topic: Topic, words: Wordings, place: int = 0) -> str:
    """The sentence built by rule around ``topic``."""
    patterns: dict[str, list[str]] = load("outline")[purpose.value]
    values = {"x": topic.text} | ({"about": topic.about} if topic.about else {})
    if purpose is SlotPurpose.CLARIFICATION:
        key = ("noun" if topic.shape is Shape.NOUN else "clause") + ("_about" if topic.about else "")
    elif purpose is SlotPurpose.CONTRIBUTION:
        stative = re.match(
            r"I(?:'ve|'m| have| am| was| had| know| speak| like| love| want| believe| think|'d)\b", topic.text
        )
        key = {Shape.NOUN: "noun", Shape.CLAUSE: "state", Shape.ACTION: "state" if stative else "action"}[topic.shape]
    elif topic.shape is Shape.NOUN:
        key = "asked" if topic.asked else "noun_sore" if topic.sore else "noun_shared" if topic.shared else "noun"
    else:
        key = "clause_sore" if topic.sore else "clause"
    if " and that " in topic.text:  # 'you hold 12,400 and that a fifth …' hangs on a first 'that'
        patterns = {key: [p for p in patterns[key] if "that {x}" in p] or patterns[key]}
    ending = [p for p in patterns[key] if p.endswith("{x}.")]
    heavy = "," in topic.text or len(topic.text.split()) > 6
    sentence = words.pick(ending if heavy and ending else patterns[key], values, shift=place)
    return re.sub(r"\basked about (?=(?:how|what|which|why|where|when|whether)\b)", "asked ", sentence)
