"""The port for traces, by OpenTelemetry: sent by OTLP over HTTP to the collector that the settings name.

The provider is this service's own and not the process's: libraries that would tell more of themselves, some of them
what they were called with, find none.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from service import __version__
from service.tracing import UNTOLD, Kind, Span, Tracing, Value

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Span as OtelSpan

    from service.settings import Settings

log = logging.getLogger("afterword.traces")


def open_tracing(settings: Settings) -> Tracing:
    """To the endpoint of the settings; without one nothing is told, and nothing of OpenTelemetry is loaded.

    The variable is often set for all that runs on a machine, so that it stops no start where the packages are missing.
    """
    if settings.otlp_endpoint is None:
        return UNTOLD
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError:
        log.warning(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but no traces are sent: install opentelemetry-sdk and "
            "opentelemetry-exporter-otlp-proto-http for them."
        )
        return UNTOLD

    exporter = OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/traces")
    return Telemetry(BatchSpanProcessor(exporter))


class Telemetry:
    """Spans for ``processor``. Sampling and the service's name are OpenTelemetry's own variables to set."""

    def __init__(self, processor: SpanProcessor) -> None:
        from opentelemetry import trace
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        ours = Resource({"service.name": "afterword", "service.version": __version__})
        self._provider = TracerProvider(resource=ours.merge(OTELResourceDetector().detect()), shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("afterword", __version__)
        self._trace = trace
        self._parent = TraceContextTextMapPropagator()
        self._kinds = {
            "internal": trace.SpanKind.INTERNAL,
            "client": trace.SpanKind.CLIENT,
            "server": trace.SpanKind.SERVER,
        }

    def begin(self, name: str, attributes: Mapping[str, Value] | None = None, *, kind: Kind = "internal") -> Span:
        span = self._tracer.start_span(
            name,
            kind=self._kinds[kind],
            attributes=dict(attributes or {}),
            record_exception=False,
            set_status_on_exception=False,
        )
        return _Told(span)

    def under(self, span: Span) -> AbstractContextManager[object]:
        assert isinstance(span, _Told)
        # Errors are told by their type alone, which our own spans see to.
        return self._trace.use_span(span.span, record_exception=False, set_status_on_exception=False)

    @contextmanager
    def caused_by(self, headers: Mapping[str, str]) -> Iterator[None]:
        from opentelemetry import context

        token = context.attach(self._parent.extract({"traceparent": headers.get("traceparent", "")}))
        try:
            yield
        finally:
            context.detach(token)

    def close(self) -> None:
        self._provider.shutdown()


class _Told:
    def __init__(self, span: OtelSpan) -> None:
        self.span = span

    def rename(self, name: str) -> None:
        self.span.update_name(name)

    def set(self, name: str, value: Value) -> None:
        self.span.set_attribute(name, value)

    def fail(self, error_type: str) -> None:
        from opentelemetry.trace import StatusCode

        self.span.set_attribute("error.type", error_type)
        self.span.set_status(StatusCode.ERROR)

    def end(self) -> None:
        self.span.end()
