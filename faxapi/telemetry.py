"""Spans and metrics of OpenTelemetry's: the only module that imports it.

Span and metric names, units and attributes follow its semantic conventions for HTTP clients. What
the conventions have and this has not: `url.full`, since a path can name a fax and a query a person,
and exceptions' messages, since traces are often kept by a third party.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from opentelemetry import context, metrics, trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from faxapi.observe import FEED, FIELDS, OPERATION, REQUEST, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

_SCHEMA = "https://opentelemetry.io/schemas/1.37.0"
# The conventions' own.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
# With its retries and waits for a provider's limit an operation takes up to minutes.
_LONG_BUCKETS = (*_BUCKETS, 30, 60, 120, 300)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric.

    Attributes:
        unit: In which unit.
        text: What it measures.
        fields: What it is told apart by: nothing of which there are thousands, such as accounts.
    """

    unit: str
    text: str
    fields: tuple[str, ...]


COUNTERS = {
    "faxapi.requests": Metric(
        "{request}", "Requests sent, each new try another one", ("provider", "operation")
    ),
    "faxapi.retries": Metric(
        "{request}", "Requests sent again after an error", ("provider", "operation", "error")
    ),
    "faxapi.wait.time": Metric(
        "s", "Time waited for providers' limits", ("provider", "operation", "reason")
    ),
    "faxapi.records": Metric("{record}", "Records delivered", ("provider", "kind", "direction")),
    "faxapi.errors": Metric(
        "{error}", "Errors of collections' feeds", ("provider", "kind", "direction", "error")
    ),
}
UP_DOWN_COUNTERS = {
    "faxapi.feeds.open": Metric(
        "{feed}", "Feeds being collected now", ("provider", "kind", "direction")
    ),
}
HISTOGRAMS = {
    "http.client.request.duration": Metric(
        "s",
        "Duration of HTTP client requests.",
        ("provider", "method", "server", "port", "status", "error"),
    ),
    "faxapi.operation.duration": Metric(
        "s",
        "Duration of operations with their retries and waits",
        ("provider", "operation", "error"),
    ),
}
METRICS = {**COUNTERS, **UP_DOWN_COUNTERS, **HISTOGRAMS}
_PROPAGATOR = TraceContextTextMapPropagator()


class Telemetry:
    """Where spans and metrics go: to the program's own providers, also if they are set later.

    Args:
        tracers: Others than the program's.
        meters: Others than the program's.
    """

    def __init__(
        self, tracers: TracerProvider | None = None, meters: MeterProvider | None = None
    ) -> None:
        own = version("faxapi")
        meter = metrics.get_meter("faxapi", own, meters, _SCHEMA)
        self._tracer = trace.get_tracer("faxapi", own, tracers, _SCHEMA)
        self._counters = {
            name: meter.create_counter(name, each.unit, each.text)
            for name, each in COUNTERS.items()
        }
        self._open = meter.create_up_down_counter(*_described("faxapi.feeds.open"))
        self._requests = meter.create_histogram(
            *_described("http.client.request.duration"),
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )
        self._operations = meter.create_histogram(
            *_described("faxapi.operation.duration"),
            explicit_bucket_boundaries_advisory=_LONG_BUCKETS,
        )

    @staticmethod
    def heard() -> bool:
        """Whether there may be somebody to hear: many libraries load the interface alone."""
        if "opentelemetry.sdk" in sys.modules:
            return True
        return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)

    def begin(self, work: Work, fields: Mapping[str, Any]) -> Traced:
        """Begin a span, as a part of the current one."""
        span = self._tracer.start_span(
            _name(work, fields),
            kind=trace.SpanKind.CLIENT if work is REQUEST else trace.SpanKind.INTERNAL,
            attributes=_attributes(fields),
        )
        if work is FEED:
            self._open.add(1, _told_apart("faxapi.feeds.open", fields))
        elif work is REQUEST:
            self.count("faxapi.requests", 1, fields)
        return Traced(self, work, span)

    def count(self, metric: str, amount: float, fields: Mapping[str, Any]) -> None:
        """Add to a counter."""
        self._counters[metric].add(amount, _told_apart(metric, fields))

    def measure(self, work: Work, fields: Mapping[str, Any], seconds: float) -> None:
        """Measure a piece of work that has ended."""
        if work is FEED:
            self._open.add(-1, _told_apart("faxapi.feeds.open", fields))
        elif work is REQUEST:
            name = "http.client.request.duration"
            self._requests.record(seconds, _told_apart(name, fields))
        elif work is OPERATION:
            name = "faxapi.operation.duration"
            self._operations.record(seconds, _told_apart(name, fields))


@dataclass(frozen=True, slots=True)
class Traced:
    """A piece of work as OpenTelemetry knows it."""

    telemetry: Telemetry
    work: Work
    span: trace.Span

    def attach(self) -> Callable[[], None]:
        """Make it the current span of this task, until what is returned is called."""
        return partial(context.detach, context.attach(trace.set_span_in_context(self.span)))

    def headers(self) -> dict[str, str]:
        """W3C's trace context; baggage, which can hold anything of the program's, is never sent."""
        headers: dict[str, str] = {}
        _PROPAGATOR.inject(headers, trace.set_span_in_context(self.span))
        return headers

    def end(self, fields: Mapping[str, Any], seconds: float) -> None:
        """End the span; the type of an error says why, and its text stays here."""
        if self.span.is_recording():
            self.span.set_attributes(_attributes(fields))
            if fields.get("error"):
                self.span.set_status(trace.StatusCode.ERROR)
        self.span.end()
        self.telemetry.measure(self.work, fields, seconds)


def _name(work: Work, fields: Mapping[str, Any]) -> str:
    """A span's name: of few that there are."""
    if work is REQUEST:
        return str(fields["method"])
    if work is OPERATION:
        return f"{fields['provider']} {fields['operation']}"
    parts = (f"faxapi {work.name}", fields.get("direction"), fields.get("kind"))
    return " ".join(filter(None, parts))


def _attributes(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {FIELDS[name]: value for name, value in fields.items() if value is not None}


def _told_apart(metric: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    names = METRICS[metric].fields
    return {FIELDS[name]: fields[name] for name in names if fields.get(name) is not None}


def _described(metric: str) -> tuple[str, str, str]:
    return metric, METRICS[metric].unit, METRICS[metric].text
