"""Labelled sets, told otherwise: other names, firms and figures, small or capital letters, slips of the keyboard, other lines.

Each function takes a record (data.schema.json) and a random generator and returns a record whose spans still hold; what is
changed is changed throughout the set, so that 'Phil' of the header is 'Phil' in every line.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]
Edit = tuple[int, int, str]

_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]{2,})?")
_HONORIFICS = frozenset(
    [
        "dr",
        "prof",
        "professor",
        "mr",
        "mrs",
        "ms",
        "miss",
        "sir",
        "dame",
        "rev",
        "herr",
        "frau",
        "van",
        "von",
        "der",
        "de",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "di",
        "da",
        "dos",
    ]
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_SHORT_DAYS = ("mon", "tues", "wed", "thurs", "fri")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_SHORT_MONTHS = ("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "oct", "nov", "dec")


@dataclass(frozen=True)
class Pools:
    """What may stand in for a name of a set: given names, surnames, firms with their short forms, jobs."""

    given: tuple[str, ...]
    surnames: tuple[str, ...]
    firms: tuple[str, ...]
    jobs: tuple[str, ...]


def pools(records: Iterable[Record], more_given: Iterable[str] = (), more_surnames: Iterable[str] = ()) -> Pools:
    given, surnames = set(more_given), set(more_surnames)
    firms: set[str] = set()
    jobs: set[str] = set()
    for record in records:
        for person in record["people"]:
            words = [w for w in person["name"].split() if _LETTERS.fullmatch(w) and w.lower() not in _HONORIFICS]
            if len(words) > 1:
                given.add(words[0])
                surnames.add(words[-1])
        texts = sorted(_texts(record, "firm"), key=len)
        if texts:
            firms.add(texts[-1])
        jobs.update(t for t in _texts(record, "job") if len(t) < 40)
    return Pools(tuple(sorted(given)), tuple(sorted(surnames)), tuple(sorted(firms)), tuple(sorted(jobs)))


def _texts(record: Record, kind: str) -> set[str]:
    return {" ".join(record["notes"][m["start"] : m["end"]].split()) for m in record["marks"] if m["kind"] == kind}


def varied(record: Record, pool: Pools, rng: random.Random) -> Record:
    """One telling of the set; about one in five stays as it was written."""
    if rng.random() < 0.15:
        return record
    steps: list[tuple[float, Callable[[Record], Record]]] = [
        (0.6, lambda r: _other_people(r, pool, rng)),
        (0.45, lambda r: _other_firm(r, pool, rng)),
        (0.15, lambda r: _other_job(r, pool, rng)),
        (0.5, lambda r: _other_days(r, rng)),
        (0.25, lambda r: _other_figures(r, rng)),
        (0.25, lambda r: _other_marks_of_lists(r, rng)),
        (0.12, lambda r: _joined_lines(r, rng)),
        (0.08, lambda r: _broken_lines(r, rng)),
        (0.15, lambda r: _without_stops(r, rng)),
        (0.2, lambda r: _slips(r, rng)),
        (0.2, lambda r: _other_case(r, rng)),
    ]
    for chance, step in steps:
        if rng.random() < chance:
            record = step(record)
    return record


def edited(record: Record, edits: list[Edit]) -> Record:
    """The record with each [start, end) replaced; spans move along, one that begins or ends within an edit takes it in whole."""
    edits = sorted(e for e in edits if record["notes"][e[0] : e[1]] != e[2])
    kept: list[Edit] = []
    for edit in edits:
        if not kept or edit[0] >= kept[-1][1]:
            kept.append(edit)
    if not kept:
        return record
    notes = record["notes"]
    text, at, shifts = [], 0, []
    shift = 0
    for start, end, new in kept:
        text += [notes[at:start], new]
        shifts.append((start, end, start + shift, start + shift + len(new)))
        shift += len(new) - (end - start)
        at = end
    text.append(notes[at:])

    def moved(position: int, *, is_end: bool) -> int:
        delta = 0
        for start, end, new_start, new_end in shifts:
            if position < start or (position == start and (is_end or start != end)):
                break
            if start < position < end:
                return new_end if is_end else new_start
            delta = new_end - end
        return position + delta

    def spans(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        out = [{**i, "start": moved(i["start"], is_end=False), "end": moved(i["end"], is_end=True)} for i in items]
        return [i for i in out if i["end"] > i["start"]]

    moved_spans = {key: spans(record[key]) for key in ("items", "marks", "phrases") if key in record}
    return {**record, "notes": "".join(text), **moved_spans}


def _as_written(new: str, old: str) -> str:
    if old.islower():
        return new.lower()
    return new.upper() if old.isupper() and len(old) > 2 else new


def _other_people(record: Record, pool: Pools, rng: random.Random) -> Record:
    exchange: dict[str, str] = {}
    for person in record["people"]:
        words = [w for w in _LETTERS.findall(person["name"]) if w.lower() not in _HONORIFICS and len(w) > 2]
        for n, word in enumerate(words):
            source = pool.surnames if n and n == len(words) - 1 else pool.given
            exchange.setdefault(word.lower(), rng.choice(source))
    edits: list[Edit] = []
    for mark in record["marks"]:
        if mark["kind"] != "person":
            continue
        for word in _LETTERS.finditer(record["notes"], mark["start"], mark["end"]):
            new = exchange.get(word[0].lower())
            if new is not None:
                edits.append((word.start(), word.end(), _as_written(new, word[0])))
    return edited(record, edits)


def _other_firm(record: Record, pool: Pools, rng: random.Random) -> Record:
    texts = _texts(record, "firm")
    if not texts:
        return record
    longest = max(texts, key=len).split()
    new = rng.choice(pool.firms).split() if rng.random() < 0.6 else _made_up_firm(pool, rng).split()
    edits: list[Edit] = []
    for mark in record["marks"]:
        if mark["kind"] == "firm":
            old = record["notes"][mark["start"] : mark["end"]]
            words = new if len(old.split()) >= len(longest) else new[: max(1, min(len(old.split()), len(new) - 1))]
            edits.append((mark["start"], mark["end"], _as_written(" ".join(words), old)))
    return edited(record, edits)


def _made_up_firm(pool: Pools, rng: random.Random) -> str:
    a, b = rng.choice(pool.surnames), rng.choice(pool.surnames)
    kinds = "Ltd,GmbH,Group,Trust,Foods,Logistics,Council,School,Hospital,Labs,Systems,Partners,Studio,Energy,Bank,Care,Dental,Motors,Farm,Homes,Press,Legal,Media,Rail"
    kind = rng.choice(kinds.split(","))
    return rng.choice(
        (f"{a} {kind}", f"{a} & {b}", f"{a} {b}", a, f"{a} {rng.choice(kinds.split(','))} {kind}", f"{a} and Sons")
    )


def _other_job(record: Record, pool: Pools, rng: random.Random) -> Record:
    texts = _texts(record, "job")
    if len(texts) != 1:
        return record
    new = rng.choice(pool.jobs)
    return edited(
        record,
        [
            (m["start"], m["end"], _as_written(new, record["notes"][m["start"] : m["end"]]))
            for m in record["marks"]
            if m["kind"] == "job"
        ],
    )


def _other_days(record: Record, rng: random.Random) -> Record:
    turn = rng.randrange(1, 5)
    edits: list[Edit] = []
    for mark in record["marks"]:
        if mark["kind"] != "day":
            continue
        for word in re.finditer(r"[^\W\d_]+|\d+", record["notes"][mark["start"] : mark["end"]]):
            low, new = word[0].lower(), ""
            for names in (_WEEKDAYS, _SHORT_DAYS, _MONTHS, _SHORT_MONTHS):
                if low in names:
                    new = names[(names.index(low) + turn) % len(names)]
            if word[0].isdigit() and len(word[0]) <= 2 and 1 <= int(word[0]) <= 28:
                new = str((int(word[0]) + 3 * turn) % 28 + 1).zfill(len(word[0]))
            if new:
                new = new.capitalize() if word[0][0].isupper() else new
                edits.append((mark["start"] + word.start(), mark["start"] + word.end(), _as_written(new, word[0])))
    return edited(record, edits)


def _other_figures(record: Record, rng: random.Random) -> Record:
    marked = [(m["start"], m["end"]) for m in record["marks"]]
    edits: list[Edit] = []
    for digits in re.finditer(r"\d+", record["notes"]):
        if not any(a <= digits.start() < b for a, b in marked) and rng.random() < 0.7:
            first = rng.choice("123456789") if len(digits[0]) > 1 else rng.choice("23456789")
            edits.append((*digits.span(), first + "".join(rng.choice("0123456789") for _ in digits[0][1:])))
    return edited(record, edits)


_BULLET = re.compile(r"^([ \t]*)([-*•–+>]|\d{1,2}[.)])[ \t]+", re.MULTILINE)


def _other_marks_of_lists(record: Record, rng: random.Random) -> Record:
    """Other bullets, or none, or bullets where there were none."""
    new = rng.choice(("- ", "* ", "• ", "– ", "", "", "> ", "# "))
    found = list(_BULLET.finditer(record["notes"]))
    if found:
        return edited(record, [(m.start(), m.end(), m[1] + (new or "")) for m in found])
    lines = list(re.finditer(r"(?<=\n)(?=\S)", record["notes"]))
    inside = {p for i in record["items"] for p in range(i["start"] + 1, i["end"])}
    if new and "-->" not in record["notes"] and len(lines) >= 3 and not any(m.start() in inside for m in lines):
        return edited(record, [(m.start() - 1, m.start(), "\n" + new) for m in lines])
    return record


def _joined_lines(record: Record, rng: random.Random) -> Record:
    glue = rng.choice((" ", ". ", " ", " / ", "; ", ", "))
    bullets = {m.start(): m.end() for m in _BULLET.finditer(record["notes"])}
    ends = [m for m in re.finditer(r"\n+", record["notes"]) if rng.random() < 0.85]
    edits = [(m.start(), bullets.get(m.end(), m.end()), glue) for m in ends]
    return edited(record, edits)


def _broken_lines(record: Record, rng: random.Random) -> Record:
    """Hard line ends at a width, as an e-mail program sets them."""
    width, edits, last = rng.randrange(45, 80), [], 0
    for blank in re.finditer(r"[ \n]", record["notes"]):
        if blank[0] == "\n":
            last = blank.end()
        elif blank.start() - last > width:
            edits.append((blank.start(), blank.end(), "\n"))
            last = blank.end()
    return edited(record, edits)


def _without_stops(record: Record, rng: random.Random) -> Record:
    part = rng.choice((0.5, 1.0, 1.0))
    stops = re.finditer(r"(?<=[^\W\d_]{2})[.,;](?=\s|$)", record["notes"])
    return edited(record, [(*m.span(), "") for m in stops if rng.random() < part])


_NEAR = {"a": "sq", "e": "wr", "i": "uo", "o": "ip", "t": "ry", "n": "bm", "s": "ad", "r": "et", "h": "gj", "l": "k"}


def _slips(record: Record, rng: random.Random) -> Record:
    rate = rng.choice((0.01, 0.02, 0.04))
    edits: list[Edit] = []
    for word in re.finditer(r"[^\W\d_]{4,}", record["notes"]):
        if rng.random() > rate * 3:
            continue
        k = rng.randrange(1, len(word[0]) - 1)
        letters, kind = word[0], rng.randrange(4)
        if kind == 0:
            new = letters[:k] + letters[k + 1] + letters[k] + letters[k + 2 :]
        elif kind == 1:
            new = letters[:k] + letters[k + 1 :]
        elif kind == 2:
            new = letters[:k] + letters[k] + letters[k:]
        else:
            new = letters[:k] + rng.choice(_NEAR.get(letters[k].lower(), letters[k])) + letters[k + 1 :]
        edits.append((*word.span(), new))
    return edited(record, edits)


def _other_case(record: Record, rng: random.Random) -> Record:
    notes, kind = record["notes"], rng.random()
    if kind < 0.65:
        new = notes.lower()
    elif kind < 0.8:
        new = notes.upper()
    elif kind < 0.9:
        new = re.sub(r"(?:^|(?<=[.!?\n]))\s*[a-z]", lambda m: m[0].upper(), notes)
    else:
        new = re.sub(r"(?:^|(?<=[.!?\n]))([\s*•-]*)([A-Z])(?=[a-z ])", lambda m: m[1] + m[2].lower(), notes)
    return {**record, "notes": new} if len(new) == len(notes) else record
