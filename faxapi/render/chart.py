"""The chart of faxes by day, as SVG whose colours are the page's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import vl_convert

# More bars than this are too thin to tell apart on a telephone: then a bar is a longer span.
_MOST_BARS = 100
# The days of each span at most, and how a chart writes its first one.
_SPANS = {"day": (1, "%-d %b"), "week": (7, "%-d %b"), "month": (31, "%b %Y"), "year": (366, "%Y")}
# As many colours as the page has, the last one for whatever else there is.
_COLOURS = 6
_OTHERS = "other providers"
_WIDEST_BAR = 44
_LABEL_WIDTH = 58


@dataclass(frozen=True, slots=True)
class Bars:
    """Faxes by span of time and series.

    Attributes:
        span: What one bar is: "day", "week", "month" or "year".
        starts: The first day of each bar, without a break.
        series: What is stacked, the largest first.
        counts: Faxes by bar and series; what is not there is 0.
    """

    span: str
    starts: list[date]
    series: list[str]
    counts: Mapping[tuple[date, str], int]

    @classmethod
    def of(cls, days: Mapping[tuple[date | None, str], int], first: date, last: date) -> Bars:
        """The bars of faxes by day and series.

        Args:
            days: What is counted; what has no day is left out.
            first: Begin here, or with the first fax if that was earlier.
            last: End here, or with the last fax if that was later.
        """
        known = {(day, name): count for (day, name), count in days.items() if day}
        first = min([first, *(day for day, _ in known)])
        last = max([last, *(day for day, _ in known)])
        sums: Counter[str] = Counter()
        for (_, name), count in known.items():
            sums[name] += count
        series = [name for name, _ in sums.most_common()]
        if len(series) > _COLOURS:
            series = [*series[: _COLOURS - 1], _OTHERS]
        span = _span(first, last)
        counts: Counter[tuple[date, str]] = Counter()
        for (day, name), count in known.items():
            counts[_start(day, span), name if name in series else _OTHERS] += count
        return cls(span, list(_starts(first, last, span)), series, counts)


def svg(bars: Bars, width: int, height: int) -> str:
    """The bars as SVG, for whoever has the `--series-1` … `--series-6` colours in CSS."""
    return vl_convert.vegalite_to_svg(
        _spec(bars, width, height),
        # What is drawn is in the specification: nothing is fetched.
        allowed_base_urls=[],
    )


def _spec(bars: Bars, width: int, height: int) -> dict[str, Any]:
    starts = [start.isoformat() for start in bars.starts]
    names = [str(place) for place in range(len(bars.series))]
    values = [
        {"start": start.isoformat(), "series": str(place), "faxes": count}
        for start in bars.starts
        for place, name in enumerate(bars.series)
        if (count := bars.counts.get((start, name), 0))
    ]
    every = -(-len(starts) // max(1, width // _LABEL_WIDTH))
    label = _SPANS[bars.span][1]
    return {
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "background": None,
        "padding": {"left": 1, "right": 1, "top": 4, "bottom": 5},
        "data": {"values": values},
        "mark": {
            "type": "bar",
            "aria": False,
            "width": min(_WIDEST_BAR, max(1, 0.75 * (width - 40) / len(starts))),
            # Parts of a bar lie apart, so that they can be told without their colours.
            "stroke": "var(--card)",
            "strokeWidth": 1 if len(starts) <= _MOST_BARS // 2 else 0,
        },
        "encoding": {
            "x": {
                "field": "start",
                "type": "ordinal",
                "scale": {"domain": starts},
                "axis": {
                    "values": starts[::every],
                    "labelExpr": f"utcFormat(toDate(datum.value), '{label}')",
                    "labelAngle": 0,
                    "ticks": False,
                    "labelPadding": 8,
                },
            },
            "y": {
                "field": "faxes",
                "type": "quantitative",
                "axis": {"tickMinStep": 1, "tickCount": 4, "domain": False, "ticks": False},
            },
            "order": {"field": "series"},
            "color": {
                "field": "series",
                "type": "nominal",
                "legend": None,
                "scale": {
                    "domain": names,
                    "range": [f"var(--series-{place})" for place in range(1, len(names) + 1)],
                },
            },
        },
        "config": {
            "view": {"stroke": None},
            "font": "inherit",
            "axis": {
                "title": None,
                "labelColor": "var(--muted)",
                "labelFontSize": 12,
                "gridColor": "var(--line)",
                "domainColor": "var(--strong-line)",
                "aria": False,
            },
            "axisX": {"grid": False},
        },
    }


def _span(first: date, last: date) -> str:
    """The shortest span that makes few enough bars."""
    days = (last - first).days + 1
    return next((span for span, (most, _) in _SPANS.items() if days <= most * _MOST_BARS), "year")


def _start(day: date, span: str) -> date:
    match span:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
        case _:
            return day


def _starts(first: date, last: date, span: str) -> Iterator[date]:
    start = _start(first, span)
    while start <= last:
        yield start
        # Into the next one, wherever in it, and back to its start.
        start = _start(start + timedelta(days=_SPANS[span][0]), span)
