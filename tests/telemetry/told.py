"""Spans and metrics in memory, and how they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from faxapi.observe import FIELDS
from faxapi.telemetry import Telemetry

PLACE = {FIELDS[name] for name in ("provider", "account", "kind", "direction", "operation")}
# They differ from run to run.
VARYING = {"server.port", "faxapi.bytes", "http.response.body.size"}


@dataclass(frozen=True)
class Seen:
    """A span that has ended."""

    name: str
    id: int
    parent: int | None
    trace: int
    failed: bool
    attributes: dict[str, Any]
    text: str

    def line(self, known: Mapping[str, object]) -> str:
        facts = [
            f"{name}={value}"
            for name, value in sorted(self.attributes.items())
            if name not in VARYING and not (name in PLACE and known.get(name) == value)
        ]
        return " ".join([f"{self.name}:", *["ERROR"] * self.failed, *facts])


def seen(span: ReadableSpan) -> Seen:
    own = span.get_span_context()
    assert own is not None
    # An exception's message would be an event or the status's description.
    assert not span.events
    assert not span.status.description
    assert (span.kind is SpanKind.CLIENT) is (span.name in {"GET", "POST"})
    return Seen(
        span.name,
        own.span_id,
        span.parent.span_id if span.parent else None,
        own.trace_id,
        span.status.status_code is StatusCode.ERROR,
        dict(span.attributes or {}),
        span.to_json(),
    )


@dataclass
class Told:
    """A tracing and metering program's ears."""

    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = field(default_factory=InMemoryMetricReader)

    def __post_init__(self) -> None:
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)
        self.telemetry = Telemetry(self.tracers, self.meters)
        self.tracer = self.tracers.get_tracer("the program")

    @property
    def spans(self) -> list[Seen]:
        """Those that have ended, in the order in which they did."""
        return [seen(span) for span in self.exporter.get_finished_spans()]

    def named(self, name: str) -> list[Seen]:
        return [span for span in self.spans if span.name == name]

    def tree(self) -> str:
        """The whole, a line a span, siblings in the order of what their lines say.

        A span's line names the account only where its parent's does not.
        """
        children: dict[int | None, list[Seen]] = {}
        for span in self.spans:
            children.setdefault(span.parent, []).append(span)

        def lines(parent: int | None, known: Mapping[str, object]) -> list[str]:
            parts = []
            for span in children.get(parent, []):
                inner = lines(span.id, span.attributes)
                parts.append("\n".join([span.line(known), *(f"  {each}" for each in inner)]))
            return [each for part in sorted(parts) for each in part.split("\n")]

        return "\n".join(lines(None, {}))

    def points(self, metric: str) -> list[Any]:
        """A metric's values, each with the attributes that tell it apart."""
        data = self.reader.get_metrics_data()
        return [
            point
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for each in scope.metrics
            if each.name == metric
            for point in each.data.data_points
        ]

    def total(self, metric: str) -> float:
        """A counter's sum, or how often a histogram was told something."""
        return sum(
            getattr(each, "value", 0) or getattr(each, "count", 0) for each in self.points(metric)
        )

    def by(self, metric: str, attribute: str) -> dict[object, float]:
        found: dict[object, float] = {}
        for point in self.points(metric):
            key = point.attributes.get(attribute)
            found[key] = found.get(key, 0) + point.value
        return found


def unended(spans: Iterable[Seen]) -> list[str]:
    """Spans whose parents were begun, and have not ended."""
    spans = list(spans)
    ended = {span.id for span in spans}
    return [span.name for span in spans if span.parent not in {None, *ended}]
