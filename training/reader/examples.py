"""Labelled sets as arrays: one example is one window of a set, with the targets of every head."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from service.reading import labels
from service.reading.links import nearness, title_nearness
from service.reading.markup import without_markup
from service.reading.tokens import CLS, SEP, WINDOW, Tokens, tokenize, windows
from service.types import PersonRole

Record = dict[str, Any]

PART_OF = {"interviewed": PersonRole.INTERVIEWER}
TAG_AT = {tag: n for n, tag in enumerate(labels.TAGS)}
OWNER_AT = {str(owner): n for n, owner in enumerate(labels.OWNERS)}
PRIVACY_AT = {kind: n for n, kind in enumerate(labels.PRIVACY)}
PART_AT = {("interviewed" if p is PersonRole.INTERVIEWER else str(p)): n for n, p in enumerate(labels.PARTS)}
STATE_AT = {str(s): n for n, s in enumerate(labels.STATES)}
TOLD = ("theirs", "mine", "to_clarify")
NO = -1


@dataclass
class Example:
    """Spans are [a, b) in pieces of the window, its first own piece counted; NO stands where a label is missing."""

    ids: list[int]
    features: list[int]
    tags: list[int]
    owners: list[int]
    begins: list[int]
    matter: list[int]  # 1 within the words that name an item's matter, 0 elsewhere in an item that was labelled for it
    items: list[tuple[int, int, int, int, int, int]] = field(
        default_factory=list
    )  # a, b, owner, worth, privacy, speaker
    mentions: list[tuple[int, int, int]] = field(default_factory=list)  # a, b, person
    parts: list[int] = field(default_factory=list)  # of each person of the window
    titles: list[tuple[int, int, int]] = field(default_factory=list)  # a, b, person
    phrases: list[tuple[int, int, list[int]]] = field(default_factory=list)  # a, b, whether in each of labels.PHRASES
    state: int = NO
    held: int = NO

    def __len__(self) -> int:
        return len(self.ids)


def kind_of(mark: dict[str, Any]) -> str:
    if mark["kind"] == "day":
        return f"day-{mark['day']}"
    return f"event-{mark['event']}" if mark["kind"] == "event" else str(mark["kind"])


def examples(record: Record, tokenizer: Any, size: int = WINDOW) -> list[Example]:
    text = without_markup(record["notes"])
    tokens = tokenize(text, tokenizer)
    return [_window(record, tokens, a, b) for a, b in windows(len(tokens), size) if b > a]


def _window(record: Record, tokens: Tokens, a: int, b: int) -> Example:
    n = b - a + 2
    partial = record.get("partial", False)
    tags = [NO if partial else 0] * n
    owners = [NO if partial else labels.OUTSIDE] * n
    begins = [NO if partial else 0] * n
    matter = [NO] * n
    tags[0] = tags[-1] = owners[0] = owners[-1] = begins[0] = begins[-1] = NO
    ids, features = [CLS, *tokens.ids[a:b].tolist(), SEP], [0, *tokens.features[a:b].tolist(), 0]
    out = Example(ids, features, tags, owners, begins, matter)
    if not partial:
        out.state, out.held = STATE_AT[record["state"]], int(record["took_place"])

    def inside(span: dict[str, Any]) -> tuple[int, int] | None:
        first, last = tokens.within(span["start"], span["end"])
        if first >= last or (min(last, b) - max(first, a)) * 2 <= last - first:
            return None
        return max(first, a) - a + 1, min(last, b) - a + 1

    people = {p["id"]: p for p in record["people"]}
    number: dict[str, int] = {}
    for mark in record["marks"]:
        place = inside(mark)
        if place is None or mark["kind"] == "matter":
            continue
        kind = kind_of(mark)
        tags[place[0]] = TAG_AT[f"B-{kind}"]
        for k in range(place[0] + 1, place[1]):
            tags[k] = TAG_AT[f"I-{kind}"]
        if kind == "person":
            if mark["person"] not in number:
                number[mark["person"]] = len(number)
                out.parts.append(PART_AT[people[mark["person"]]["part"]])
            out.mentions.append((*place, number[mark["person"]]))
    for mark in record["marks"]:
        if mark["kind"] == "title" and mark["person"] in number and (place := inside(mark)):
            out.titles.append((*place, number[mark["person"]]))
    last_end = 1
    for item in sorted(record["items"], key=lambda i: int(i["start"])):
        place = inside(item)
        if place is None:
            continue
        told = item["owner"] in TOLD
        speaker = NO
        if told and not partial:
            speaker = number.get(item["person"], NO) if item["person"] else len(labels.PARTS) * 100
        out.items.append(
            (
                *place,
                OWNER_AT[item["owner"]],
                item["worth"] if told and not partial else NO,
                PRIVACY_AT[item["private"]] if item["private"] and not partial else NO,
                speaker,
            )
        )
        owners[place[0] : place[1]] = [OWNER_AT[item["owner"]]] * (place[1] - place[0])
        if not partial:
            begins[place[0]] = 1
            if last_end < place[0] and last_end > 1:
                begins[last_end] = 1
        last_end = place[1]
        if "named" in item:
            matter[place[0] : place[1]] = [0] * (place[1] - place[0])
    for mark in record["marks"]:
        if mark["kind"] == "matter" and (place := inside(mark)):
            matter[place[0] : place[1]] = [1] * (place[1] - place[0])
    for phrase in record.get("phrases", []):
        if place := inside(phrase):
            whose = next(i["owner"] for i in record["items"] if i["start"] <= phrase["start"] < i["end"])
            fits = [int(form in phrase["as"]) if owner == whose else NO for owner, form in labels.PHRASES]
            out.phrases.append((*place, fits))
    return out


PHRASES = 8  # of a window: of a longer one the first
NOBODY = len(labels.PARTS) * 100  # the speaker of an item that nobody is named for


def batch(chosen: list[Example], length: int, items: int, mentions: int, people: int) -> dict[str, np.ndarray]:
    """Arrays of one shape; spans become rows that take the mean of their pieces."""
    n = len(chosen)
    out = {
        "ids": np.zeros((n, length), np.int32),
        "features": np.zeros((n, length), np.int32),
        "mask": np.zeros((n, length), np.float32),
        "tags": np.full((n, length), NO, np.int32),
        "owners": np.full((n, length), NO, np.int32),
        "begins": np.full((n, length), NO, np.int32),
        "matter": np.full((n, length), NO, np.int32),
        "item_rows": np.zeros((n, items, length), np.float32),
        "item_owner": np.full((n, items), NO, np.int32),
        "item_worth": np.full((n, items), NO, np.int32),
        "item_privacy": np.full((n, items), NO, np.int32),
        "item_speaker": np.full((n, items), NO, np.int32),
        "mention_rows": np.zeros((n, mentions, length), np.float32),
        "mention_person": np.zeros((n, mentions, people), np.float32),
        "near": np.zeros((n, items, mentions, 3), np.float32),
        "parts": np.full((n, people), NO, np.int32),
        "title_rows": np.zeros((n, mentions, length), np.float32),
        "title_person": np.full((n, mentions), NO, np.int32),
        "title_near": np.zeros((n, mentions, mentions), np.float32),
        "phrase_rows": np.zeros((n, PHRASES, 3, length), np.float32),
        "phrase": np.full((n, PHRASES, len(labels.PHRASES)), NO, np.int32),
        "state": np.full(n, NO, np.int32),
        "held": np.full(n, NO, np.int32),
    }
    for r, e in enumerate(chosen):
        k = len(e)
        out["ids"][r, :k], out["features"][r, :k], out["mask"][r, :k] = e.ids, e.features, 1
        out["tags"][r, :k], out["owners"][r, :k], out["begins"][r, :k] = e.tags, e.owners, e.begins
        out["matter"][r, :k] = e.matter
        out["state"][r], out["held"][r] = e.state, e.held
        for i, (a, b, owner, worth, privacy, speaker) in enumerate(e.items[:items]):
            out["item_rows"][r, i, a:b] = 1 / (b - a)
            out["item_owner"][r, i], out["item_worth"][r, i], out["item_privacy"][r, i] = owner, worth, privacy
            out["item_speaker"][r, i] = people if speaker == NOBODY else (speaker if speaker < people else NO)
        for m, (a, b, person) in enumerate(e.mentions[:mentions]):
            out["mention_rows"][r, m, a:b] = 1 / (b - a)
            if person < people:
                out["mention_person"][r, m, person] = 1
        spans = [(a, b) for a, b, _ in e.mentions[:mentions]]
        for i, (a, b, *_) in enumerate(e.items[:items]):
            out["near"][r, i, : len(spans)] = nearness(a, b, spans)
        out["parts"][r, : min(people, len(e.parts))] = e.parts[:people]
        for p, (a, b, fits) in enumerate(e.phrases[:PHRASES]):
            out["phrase_rows"][r, p, 0, a] = out["phrase_rows"][r, p, 2, b - 1] = 1
            out["phrase_rows"][r, p, 1, a:b] = 1 / (b - a)
            out["phrase"][r, p] = fits
        for t, (a, b, person) in enumerate(e.titles[:mentions]):
            out["title_rows"][r, t, a:b] = 1 / (b - a)
            out["title_person"][r, t] = person if person < people else NO
            out["title_near"][r, t, : len(spans)] = title_nearness(a, b, spans)
    return out
