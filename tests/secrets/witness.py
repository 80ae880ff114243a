"""Everything that the library lets out while something runs, searched for what must stay inside."""

from __future__ import annotations

import base64
import copy
import logging
import pickle
import re
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult

from faxapi import observe
from faxapi.telemetry import Telemetry

# The digits behind a measured second's point may happen to be those of a number.
_FRACTIONS = re.compile(r"\b\d+\.\d+\b")
_TESTS = ("tests.", "_pytest.", "anyio.pytest_plugin")


@dataclass(frozen=True)
class Planted:
    """A text that must not come out, nor a part of it.

    Its ends are letters and figures, which stay as they are however a text is quoted: whatever was
    made of it, an end is found. What lies between them is what each way of quoting writes anew.
    """

    head: str
    tail: str
    between: str = "&<'>\"\\:/+%2 ü€"

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.head}{self.between}{self.tail}"

    def forms(self) -> set[str]:
        """What is searched for: the ends, and what encodings make of them."""
        raw = self.head.encode()
        wide = (self.head.encode(code).decode("latin-1") for code in ("utf-16-le", "utf-16-be"))
        return {self.head, self.tail, raw.hex(), raw.hex().upper(), *wide, *_in_base64(raw)}


def _in_base64(raw: bytes) -> Iterator[str]:
    """A text's part of the base64 of anything that holds it, at each of the three alignments."""
    for before, start in ((0, 0), (1, 2), (2, 3)):
        whole = (before + len(raw)) * 8 // 6
        yield base64.b64encode(b"\0" * before + raw).decode()[start:whole]


class Witness(logging.Handler):
    """Hears every log record, span and metric while it is entered, and is shown the rest.

    Args:
        planted: What must not come out, each by a name.

    Attributes:
        leaks: What came out: its name, and the channel that it came by, with what stands around it.
        heard: How many texts came by each channel.
        loggers: Whose records they were.
        events: What the library's own loggers said.
    """

    def __init__(self, planted: Mapping[str, Planted]) -> None:
        super().__init__(logging.DEBUG)
        self.leaks: list[tuple[str, str, str]] = []
        self.heard: Counter[str] = Counter()
        self.loggers: set[str] = set()
        self.events: set[str] = set()
        self._forms = {form: name for name, text in planted.items() for form in text.forms()}
        self._searched: set[tuple[str, str]] = set()
        self._level = logging.NOTSET
        self._reader = InMemoryMetricReader()
        tracers = TracerProvider(shutdown_on_exit=False)
        tracers.add_span_processor(SimpleSpanProcessor(_Spans(self)))
        meters = MeterProvider([self._reader], shutdown_on_exit=False)
        self._telemetry = Telemetry(tracers, meters)
        self._loaded = observe._loaded

    def __enter__(self) -> Self:
        observe._loaded = lambda: self._telemetry  # type: ignore[assignment]
        root = logging.getLogger()
        self._level = root.level
        root.setLevel(logging.DEBUG)
        root.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        root = logging.getLogger()
        root.removeHandler(self)
        root.setLevel(self._level)
        observe._loaded = self._loaded
        if data := self._reader.get_metrics_data():
            self.hears("metric", _FRACTIONS.sub("0", data.to_json()))

    @property
    def channels(self) -> set[tuple[str, str]]:
        """What came out, and by which channel."""
        return {(name, channel) for name, channel, _ in self.leaks}

    def hears(self, channel: str, text: str) -> None:
        """Search a text."""
        self.heard[channel] += 1
        if (channel, text) in self._searched:
            return
        self._searched.add((channel, text))
        for form, name in self._forms.items():
            at = text.find(form)
            if at >= 0:
                around = text[max(0, at - 200) : at + 100]
                self.leaks.append((name, channel, around))

    def emit(self, record: logging.LogRecord) -> None:
        """A log record: its message and arguments, what an extra adds, and its error."""
        self.loggers.add(record.name)
        if record.name.startswith("faxapi."):
            self.events.add(record.getMessage())
        self.hears("log", f"{record.getMessage()} {vars(record)!r}")
        if record.exc_info and record.exc_info[1]:
            self.error(record.exc_info[1], channel="log's ")

    def shown(self, *values: object, channel: str = "repr") -> None:
        """Values as a program, a debugger or a log would show them."""
        for value in values:
            self.hears(channel, f"{value!r} {value!s} {value:}")

    def pickled(self, value: object, channel: str = "pickle") -> None:
        """A value as it is kept or sent elsewhere."""
        for protocol in (0, pickle.HIGHEST_PROTOCOL):
            self.hears(channel, pickle.dumps(value, protocol).decode("latin-1"))

    def error(self, error: BaseException, channel: str = "") -> None:
        """An error in every form that a tool could give it, with all that hangs on it."""
        self.hears(f"{channel}traceback", "".join(traceback.format_exception(error)))
        for each in chain(error):
            self.shown(each, channel=f"{channel}error")
            self.hears(f"{channel}error", repr(vars(copy.copy(each))))
            self.hears(f"{channel}locals", "".join(_frames(each.__traceback__)))
            if each.__class__.__module__.startswith("faxapi"):
                self.pickled(each, f"{channel}pickle")
                self.hears(f"{channel}error", repr(vars(copy.deepcopy(each))))


class _Spans(SpanExporter):
    """Lets a witness hear each span, with its attributes, events, links and status."""

    def __init__(self, witness: Witness) -> None:
        self._witness = witness

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        for span in spans:
            self._witness.hears("span", f"{span.to_json()} {span.attributes!r}")
        return SpanExportResult.SUCCESS


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and every one that it came from or consists of."""
    waiting, met = [error], set[int]()
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in met:
            continue
        met.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions


def _frames(trace: TracebackType | None) -> Iterator[str]:
    """The frames of a traceback with their variables, but for those of tests."""
    for frame, line in traceback.walk_tb(trace):
        module = str(frame.f_globals.get("__name__"))
        if not module.startswith(_TESTS):
            yield f"{module}:{line} {frame.f_code.co_name}\n"
            yield from (f"    {name}={_text(value)}\n" for name, value in frame.f_locals.items())


def _text(value: Any) -> str:  # noqa: ANN401 - any variable
    try:
        return repr(value)
    except AttributeError:
        # Its construction has failed.
        return _text(vars(value))
