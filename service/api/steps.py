"""The steps of a draft, counted by how long they take, on their way to whoever is told of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager

from service.api.metrics import Metrics
from service.tracing import Kind, Span, Tracing, Value


class CountedSteps:
    """Stands before ``tracing`` and tells it all it is told."""

    def __init__(self, tracing: Tracing, metrics: Metrics) -> None:
        self._tracing = tracing
        self._metrics = metrics

    def begin(self, name: str, attributes: Mapping[str, Value] | None = None, *, kind: Kind = "internal") -> Span:
        return _Counted(self._tracing.begin(name, attributes, kind=kind), name, self._metrics)

    def under(self, span: Span) -> AbstractContextManager[object]:
        assert isinstance(span, _Counted)
        return self._tracing.under(span.told)

    def caused_by(self, headers: Mapping[str, str]) -> AbstractContextManager[object]:
        return self._tracing.caused_by(headers)

    def close(self) -> None:
        self._tracing.close()


class _Counted:
    def __init__(self, told: Span, name: str, metrics: Metrics) -> None:
        self.told = told
        self.rename, self.set, self.fail = told.rename, told.set, told.fail
        self._name = name
        self._metrics = metrics
        self._began = time.perf_counter()

    def end(self) -> None:
        self._metrics.step_seconds.labels(self._name).observe(time.perf_counter() - self._began)
        self.told.end()
