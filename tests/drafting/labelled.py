"""Facts for tests, written as marked notes: what a faultless reader would give (training/reader/GUIDE.md)."""

from __future__ import annotations

from datetime import datetime

from service.types import DraftRequest, Facts, Given, MessageKind
from training.reader.as_facts import facts_of
from training.reader.markup import parse_set

INES = """\
P1: Ines Duarte | interviewed | head baker
---
[[L Met {P1 Ines Duarte} ({t1 head baker}) at {F Rye & Co} {I on Tuesday}, {J production manager}]]
- [[T:P1:3 she proofs the rye for 19 hours and will not go under it for any shop]]
- [[T:P1:2 moving to stone ovens, 3 of 11 shops done]]
- [[M:P1:3 told her how I cut waste from 9 to 4 per cent at Hollin in two years]]
- [[C:P1:2 I have run night shifts too, two years of them]]
- [[X:pay they pay 38k, I want 45k]]
- [[X:opinion she looked tired]]
- [[N hear back {D by Nov 27}]]
"""
PANEL = """\
P1: Ines Duarte | interviewed | head baker
P2: Tomas Brandt | interviewed | plant manager
P3: Kerry | arranged | -
---
[[L {F Rye & Co}, {J production manager}, {I on Tuesday}. {P3 Kerry} set it up. {P1 Ines Duarte} ({t1 head baker}) and {P2 Tomas Brandt} ({t2 plant manager})]]
- [[T:P1:3 {P1 Ines} proofs the rye for 19 hours]]
- [[T:P2:3 {P2 Tomas} wants the ovens lit by gas until 2030]]
- [[M:-:2 cut waste from 9 to 4 per cent at Hollin]]
- [[T:-:2 they bake for 11 shops]]
"""


def record(marked: str, now: str = "2026-11-17T18:00:00+01:00", **header: str) -> dict[str, object]:
    stated = {"took_place": "yes", "state": "waiting", "interview": "2026-11-17", "decision": "-", "tags": "test"}
    lines = "".join(f"{k}: {v}\n" for k, v in (stated | header).items())
    return parse_set(f"a-test\nnow: {now}\n{lines}{marked}")


def request(
    notes: str, *kinds: MessageKind, now: str = "2026-11-17T18:00:00+01:00", candidate: str = "Sam Ortiz"
) -> DraftRequest:
    return DraftRequest(
        notes, datetime.fromisoformat(now), kinds or (MessageKind.THANK_YOU,), Given(candidate=candidate or None)
    )


def facts(marked: str, candidate: str = "Sam Ortiz", **header: str) -> Facts:
    return facts_of(record(marked, **header), Given(candidate=candidate or None))
