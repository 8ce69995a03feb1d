"""Counts for /metrics. Labels are kinds and names of checks: no word of anybody's notes."""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from service.types import Draft


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "afterword_http_requests",
            "Requests by method, route and status",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.drafts = Counter("afterword_drafts", "Finished drafts", registry=self.registry)
        self.messages = Counter(
            "afterword_messages", "Messages by kind and writer", ["kind", "written_by"], registry=self.registry
        )
        self.repaired = Counter(
            "afterword_repairs", "Hard violations met in a model's text", ["check"], registry=self.registry
        )
        self.tokens = Counter("afterword_tokens", "Tokens by direction", ["direction"], registry=self.registry)
        self.calls = Counter(
            "afterword_model_calls",
            "Calls to the model by outcome: answered, cancelled, or the type of the error",
            ["outcome"],
            registry=self.registry,
        )
        self.retries = Counter(
            "afterword_model_retries",
            "Tries of a call beyond its first, by the type of the error that made it necessary",
            ["reason"],
            registry=self.registry,
        )
        self.calls_in_flight = Gauge(
            "afterword_model_calls_in_flight",
            "Calls under way or waiting for their turn",
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self.call_seconds = Histogram(
            "afterword_model_call_seconds",
            "Seconds of one call to the model, queueing and retries included",
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80),
            registry=self.registry,
        )
        self.trouble = Gauge(
            "afterword_model_trouble",
            "1 for the problem that the model's endpoint has now",
            ["type"],
            registry=self.registry,
            multiprocess_mode="livemostrecent",
        )
        self._troubles: set[str] = set()
        self.model_seconds = Counter(
            "afterword_model_seconds", "Seconds of waiting for the model, summed over its calls", registry=self.registry
        )
        self.seconds = Histogram(
            "afterword_draft_seconds",
            "Seconds to a whole draft",
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80),
            registry=self.registry,
        )
        self.step_seconds = Histogram(
            "afterword_step_seconds",
            "Seconds of one step of a draft",
            ["step"],
            registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80),
        )
        self.queued = Gauge(
            "afterword_drafts_waiting",
            "Drafts waiting for their turn",
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self.in_flight = Gauge(
            "afterword_drafts_in_flight", "Drafts being written", registry=self.registry, multiprocess_mode="livesum"
        )

    def drafted(self, draft: Draft) -> None:
        self.drafts.inc()
        for message in draft.messages:
            self.messages.labels(message.kind.value, message.written_by.value).inc()
            for violation in message.repaired:
                self.repaired.labels(violation.check).inc()
        self.tokens.labels("in").inc(draft.usage.prompt_tokens)
        self.tokens.labels("cached").inc(draft.usage.cached_tokens)
        self.tokens.labels("out").inc(draft.usage.completion_tokens)
        self.model_seconds.inc(draft.usage.model_seconds)
        self.seconds.observe(draft.usage.seconds)

    def retried(self, reason: str) -> None:
        self.retries.labels(reason).inc()

    def in_trouble(self, type_: str | None) -> None:
        """What was met before and is over counts 0: a count that is taken away stays where several processes count."""
        for met in self._troubles:
            self.trouble.labels(met).set(0)
        if type_ is not None:
            self._troubles.add(type_)
            self.trouble.labels(type_).set(1)

    def text(self) -> bytes:
        """Of all processes together, where the one above them has named a folder in which they count."""
        if (folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR")) is None:
            return generate_latest(self.registry)
        _forget_the_dead(Path(folder))
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together, folder)  # type: ignore[no-untyped-call]
        return generate_latest(together)


def _forget_the_dead(folder: Path) -> None:
    """What was in flight in a worker that was killed is not any more."""
    for pid in {int(path.stem.rpartition("_")[2]) for path in folder.glob("gauge_live*_*.db")}:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            multiprocess.mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
