"""Good messages broken on purpose, one rule at a time. Deterministic: the same message breaks the same way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from evals.cases import Case
from service.rubric.gratitude import has_thanks
from service.rubric.letter import read_letter
from service.rubric.words import Sentence
from service.types import MessageKind, Owner, Recipient, Wording


@dataclass(frozen=True)
class GoodMessage:
    case: Case
    kind: MessageKind
    recipient: Recipient
    wording: Wording


Mutate = Callable[[GoodMessage], "Wording | None"]  # None: this message cannot be broken that way


@dataclass(frozen=True)
class Mutation:
    """``rule`` is the one that is broken; ``meant`` are the checks and criteria that are there to notice."""

    name: str
    rule: str
    meant: frozenset[str]
    apply: Mutate


def load_good_messages(path: Path, cases: dict[str, Case]) -> tuple[GoodMessage, ...]:
    entries: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["messages"]
    return tuple(
        GoodMessage(
            cases[e["case"]],
            MessageKind(e["kind"]),
            Recipient(e["recipient"]),
            Wording(e.get("subject"), e["body"].rstrip()),
        )
        for e in entries
    )


def _sentences(m: GoodMessage) -> tuple[Sentence, ...]:
    return tuple(read_letter(m.wording.body).main)


def _body(m: GoodMessage, body: str) -> Wording | None:
    tidy = re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+(?=\n)|(?<=\n)[ \t]+|(?<=\S)  +(?=\S)", "", body)).strip()
    return replace(m.wording, body=tidy) if tidy != m.wording.body else None


def _without(m: GoodMessage, drop: Callable[[str], bool]) -> Wording | None:
    body = m.wording.body
    for s in reversed(_sentences(m)):
        if drop(s.text):
            body = body[: s.start] + body[s.end :].lstrip(" ")
    return _body(m, body)


def _with(m: GoodMessage, added: str) -> Wording | None:
    """``added`` as a sentence of its own behind the first."""
    sentences = _sentences(m)
    if not sentences:
        return None
    at = sentences[0].end
    return _body(m, f"{m.wording.body[:at]} {added}{m.wording.body[at:]}")


def _adding(text: str) -> Mutate:
    return lambda m: _with(m, text)


def _drop_thanks(m: GoodMessage) -> Wording | None:
    return _without(m, has_thanks) if m.kind is MessageKind.THANK_YOU else None


_INTEREST = re.compile(
    r"\b(love|happy|glad|like|keen|excite\w*|enjoy|hope|look(?:ing)? forward|pleased|delighted|interest\w*|proud|eager"
    r"|gladly|honou?red|pleasure|great deal|want\w*)\b",
    re.IGNORECASE,
)


def _drop_interest(m: GoodMessage) -> Wording | None:
    return None if m.kind is MessageKind.LINKEDIN else _without(m, lambda s: bool(_INTEREST.search(s)))


_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?![\w.]*\d)")
_NUMBER_WORD = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|forty|fifty)\b", re.IGNORECASE
)


def _change_number(m: GoodMessage) -> Wording | None:
    body = m.wording.body
    if found := _NUMBER.search(body):
        return _body(m, f"{body[: found.start()]}{int(found[0].replace(',', '')) + 77}{body[found.end() :]}")
    if found := _NUMBER_WORD.search(body):
        return _body(m, f"{body[: found.start()]}nineteen{body[found.end() :]}")
    return None


def _misspell(m: GoodMessage) -> Wording | None:
    """The reader's first name with two letters changed about."""
    name = (m.recipient.name or "").split()[-1 if (m.recipient.name or "").lower().startswith("dr") else 0]
    if len(name) < 4:
        return None
    wrong = name[0] + name[2] + name[1] + name[3:] if name[1] != name[2] else name[:2] + name[1] + name[2:]
    pattern = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
    return _body(m, pattern.sub(wrong.capitalize(), m.wording.body, count=1))


def _greet(name: str) -> Mutate:
    def apply(m: GoodMessage) -> Wording | None:
        body = m.wording.body
        found = re.match(r"(?:Dear|Hello|Hi|Good \w+)\s+([^,\n]+),", body)
        return _body(m, body[: found.start(1)] + name + body[found.end(1) :]) if found else None

    return apply


def _other_company(m: GoodMessage) -> Wording | None:
    company = m.case.truth.company or m.case.request.interview.company
    if not company:
        return None
    return _body(m, re.sub(re.escape(company), "Globex Holdings", m.wording.body, flags=re.IGNORECASE))


_TURNED = {"your": "my", "my": "your", "yours": "mine", "mine": "yours"}
_TELLERS = frozenset({"said", "told", "mentioned", "described", "explained", "asked", "shared", "made", "want"})


def _swap(m: GoodMessage) -> Wording | None:
    """In the first sentence that allows it and thanks nobody, what is theirs becomes mine, or the other way round."""
    for sentence in _sentences(m):
        turned = _turned(sentence.text)
        if turned != sentence.text and not has_thanks(sentence.text):
            return _body(m, m.wording.body[: sentence.start] + turned + m.wording.body[sentence.end :])
    return None


def _turned(text: str) -> str:
    words = text.split(" ")
    for n, word in enumerate(words):
        following = words[n + 1] if n + 1 < len(words) else ""
        if word.lower() in _TURNED:
            turned = _TURNED[word.lower()]
            words[n] = turned.capitalize() if word[0].isupper() else turned
        elif word in ("you", "You") and following in _TELLERS:
            words[n] = "I"
        elif word == "I" and following in _TELLERS:
            words[n] = "You" if n == 0 else "you"
    return " ".join(words)


def _tell_private(m: GoodMessage) -> Wording | None:
    quote = next((i.quote for i in m.case.items if i.owner is Owner.PRIVATE), None)
    return _with(m, f"{quote[0].upper()}{quote[1:].rstrip('.')}.") if quote else None


_RAMBLE = (
    "There is a great deal more that I would like to say about this, since every part of our conversation gave me "
    "something to think about on the way home, and I have gone over it again and again since then. "
    "The more I think about it, the more sides I see to it, and the more I would like to talk about each of them. "
)


def _too_long(m: GoodMessage) -> Wording | None:
    times = {MessageKind.THANK_YOU: 4, MessageKind.CHECK_IN: 3, MessageKind.LINKEDIN: 1}[m.kind]
    return _with(m, (_RAMBLE * times).strip())


_GENERIC = {
    MessageKind.THANK_YOU: (
        "Thank you very much for taking the time to meet with me. I really enjoyed our conversation and learning more "
        "about the position and the team. It was great to hear about the work that you do and where you are going. "
        "I believe that my background and skills would be a good fit, and I would be happy to bring them to your "
        "team. I would love to be considered further for this role. Please let me know if there is anything else that "
        "you need from me. I look forward to hearing from you soon."
    ),
    MessageKind.CHECK_IN: (
        "Thank you again for your time. I wanted to ask whether there is any news about the position. I enjoyed "
        "our conversation and remain very interested in the role. Please let me know if there is anything else that "
        "you need from me. I look forward to hearing from you."
    ),
    MessageKind.LINKEDIN: "thank you for your time. I enjoyed our conversation and would be glad to stay in touch.",
}


def _generic(m: GoodMessage) -> Wording | None:
    body = m.wording.body
    if m.kind is MessageKind.LINKEDIN:
        head = re.match(r"[^,]{2,30}, ", body)
        return _body(m, (head[0] if head else "Hello, ") + _GENERIC[m.kind])
    sentences = _sentences(m)
    return _body(m, body[: sentences[0].start] + _GENERIC[m.kind] + body[sentences[-1].end :]) if sentences else None


def _repeat(m: GoodMessage) -> Wording | None:
    long = [s.text for s in _sentences(m) if len(s.text.split()) > 6]
    return _with(m, long[-1]) if long else None


def _long_subject(m: GoodMessage) -> Wording | None:
    if m.wording.subject is None:
        return None
    return replace(m.wording, subject=f"{m.wording.subject}, and all the rest that we spoke about on that day")


def _press(m: GoodMessage) -> Wording | None:
    if m.kind is not MessageKind.CHECK_IN:
        return None
    return _with(m, "I need your answer by tomorrow, so please reply as soon as possible.")


def _m(name: str, rule: str, apply: Mutate, *meant: str) -> Mutation:
    return Mutation(name, rule, frozenset(meant), apply)


MUTATIONS: tuple[Mutation, ...] = (
    _m("drop the thanks", "G4", _drop_thanks, "gratitude", "no_thanks"),
    _m("drop the interest", "G5", _drop_interest, "enthusiasm"),
    _m("generic rewrite", "G32", _generic, "specificity"),
    _m("swap who did what", "G37", _swap, "grounding"),
    _m(
        "change a number",
        "G35",
        _change_number,
        "ungrounded_number",
        "ungrounded_date",
        "ungrounded_time",
        "reversed_number",
    ),
    _m("misspell the reader", "G35", _misspell, "misspelled_name", "wrong_greeting", "ungrounded_name"),
    _m("greet somebody else", "G35", _greet("Gunther"), "wrong_greeting", "ungrounded_name"),
    _m("another company's name", "G35", _other_company, "misspelled_name", "ungrounded_name"),
    _m(
        "add an invented person",
        "G35",
        _adding("Gunther Abernathy told me that you would be the right person to write to."),
        "ungrounded_name",
    ),
    _m("add an invented date", "G35", _adding("I look forward to meeting you on 31 December."), "ungrounded_date"),
    _m("add a private thought", "G30", _tell_private, "private_content", "private_matter"),
    _m("add a confession", "G30", _adding("I am sorry that I went blank on that question."), "private_matter"),
    _m("leave a placeholder", "G36", _greet("[Name]"), "placeholder"),
    _m("add a stock phrase", "G33", _adding("I hope this email finds you well."), "stock_phrase"),
    _m(
        "add a machine's tell",
        "G34",
        _adding("Furthermore, I am eager to delve into this pivotal realm."),
        "machine_tell",
    ),
    _m("over the limit", "G20-G23", _too_long, "too_many_words", "too_many_characters"),
    _m("a subject too long", "G24", _long_subject, "subject_too_long"),
    _m("say a sentence twice", "G12", _repeat, "repeated_sentence"),
    _m(
        "add another language",
        "G12",
        _adding("Ich habe mich über unser Gespräch sehr gefreut."),
        "language",
    ),
    _m("add markup", "G12", _adding("<b>I am the best</b> person for this."), "markup"),
    _m("press for an answer", "G8", _press, "persistence"),
)


def mutated(messages: tuple[GoodMessage, ...], mutation: Mutation) -> Iterator[tuple[GoodMessage, Wording]]:
    for message in messages:
        wording = mutation.apply(message)
        if wording is not None:
            yield message, wording
