"""Small cases and a drafter of the pipeline's shape, quick enough to run hundreds of drafts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import yaml

from service.types import (
    Draft,
    DraftRequest,
    Facts,
    Message,
    MessageKind,
    Recipient,
    Scorecard,
    SendStatus,
    SendWindow,
    Usage,
    Wording,
    WrittenBy,
)

GOOD = """Dear Ada,

Thank you for your time on Tuesday and for telling me about the 14 mills. I have thought about them since, and about the night shift that runs each of them with two people.

I was glad to tell you about the counting scales that I put into the dye house at Selby, and how the stock came right within a month.

I would love to join Orrin Paper as stock controller and help with what comes next, in the mills and in the counting.

Kind regards,
Lena Moss"""


def write_cases(folder: Path, clusters: int = 3, per_cluster: int = 1, **changes: object) -> Path:
    """Sound cases about one and the same interview, in as many clusters as asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    for c in range(clusters):
        cases = [
            {
                "id": f"orrin{c}-n{n}",
                "tags": ["warehouse", "bullets" if n % 2 else "prose"],
                "notes": (
                    f"Orrin Paper no {c}-{n}, stock controller, Tue Nov 17\n"
                    "w/ Ada Pell (head of mills)\n\n"
                    "- ada: 14 mills, the night shift runs each with two people\n"
                    "- me: counting scales in the dye house at Selby, stock came right within a month\n"
                    "- pay is poor\n"
                ),
                "now": "2026-11-17T18:00:00+00:00",
                "request": {"candidate": "Lena Moss", "kinds": ["thank_you"], "interview": {"company": "Orrin Paper"}},
                "truth": {
                    "candidate": "Lena Moss",
                    "company": "Orrin Paper",
                    "role": "stock controller",
                    "interview_date": "2026-11-17",
                    "decision_date": None,
                    "interviewers": [{"name": "Ada Pell", "title": "head of mills"}],
                },
                "could_mention": ["14 mills", "counting scales"],
                "must_not_appear": ["\\bpay\\b"],
                "missing": ["decision_date"],
                **changes,
            }
            for n in range(per_cluster)
        ]
        content = {"cluster": f"orrin{c}", "split": "dev", "cases": cases}
        (folder / f"orrin{c}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


@dataclass
class FakeDrafter:
    """Writes what ``text`` says for a request; keeps the requests."""

    text: Callable[[DraftRequest], str] = lambda request: GOOD
    recipients: tuple[str, ...] = ("Ada Pell",)
    requests: list[DraftRequest] = field(default_factory=list)

    async def draft(self, request: DraftRequest) -> Draft:
        self.requests.append(request)
        body = self.text(request)
        return Draft(
            id="drf_1",
            created_at=datetime(2026, 11, 17, tzinfo=UTC),
            model="fake",
            language="en",
            facts=Facts(request.notes, "en", ()),
            messages=tuple(_message(request.kinds[0], name, body) for name in self.recipients),
            usage=Usage(prompt_tokens=10, completion_tokens=5, calls=1, seconds=0.5, model_seconds=0.4),
        )


def _message(kind: MessageKind, name: str, body: str) -> Message:
    return Message(
        kind=kind,
        recipient=Recipient(name),
        wording=Wording("Thank you, and the 14 mills", body),
        written_by=WrittenBy.MODEL,
        prompt=None,
        evidence=(),
        scorecard=Scorecard(1.0, ()),
        send_window=SendWindow(None, None, SendStatus.NOW, ""),
        raw=body,
    )
