"""A report as one HTML file, which needs no network and no script.

Needs the extra `faxapi[report]`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from faxapi.records import Direction, Kind, Status
from faxapi.render import parts, words
from faxapi.render.digest import Digest, Total
from faxapi.render.problems import problems, remarks
from faxapi.report import Summary
from faxapi.window import Window

try:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from faxapi.render.chart import Bars, svg
except ModuleNotFoundError as missing:
    package = (missing.name or "").partition(".")[0]
    if package not in {"jinja2", "vl_convert"}:
        raise
    message = (
        f'an HTML report needs {package}, which is not installed: pip install "faxapi[report]"'
    )
    raise ImportError(message, name=package) from None

_HERE = Path(__file__).parent
# For screens of computers, for paper and tablets, and for telephones.
_SIZES = {"wide": (1040, 230), "medium": (680, 200), "narrow": (340, 190)}
_SHOWN_PROBLEMS = 8
_KEPT_PROBLEMS = 200
_SHOWN_ACCOUNTS = 4


@dataclass(frozen=True, slots=True)
class _Figure:
    """One of the figures at the top."""

    label: str
    lines: Sequence[str]
    detail: str = ""
    tone: str = ""


def to_html(
    digest: Digest,
    summary: Summary,
    window: Window,
    *,
    show_recipients: bool = False,
    made: datetime | None = None,
) -> str:
    """The report of a collection: what is missing and why, then totals, a chart and tables.

    Args:
        digest: Of all its records, in the reader's zone.
        summary: How it went.
        window: What was asked for.
        show_recipients: Show numbers whole, and names and subjects; else the last two digits of a
            number is all that is there.
        made: The present, aware; the real one unless given.
    """
    made = made or datetime.now(UTC)
    zone = digest.zone
    mask = _shown if show_recipients else _masked
    styles = (_HERE / "report.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(moment=partial(words.moment, zone=zone), count=words.count)
    found = problems(summary.outcomes)
    text = environment.get_template("report.html.jinja").render(
        styles=styles,
        # The page may use these styles, and nothing else that it could name.
        styles_hash=b64encode(sha256(styles.encode()).digest()).decode(),
        title=f"Fax report, {words.days(*_first_and_last(digest, window))}",
        window=window,
        zone=words.zone_name(zone, made),
        made=made,
        version=version("faxapi"),
        show_recipients=show_recipients,
        accounts=len({outcome.account for outcome in summary.outcomes}),
        summary=summary,
        problems=found[:_SHOWN_PROBLEMS],
        more_problems=found[_SHOWN_PROBLEMS:_KEPT_PROBLEMS],
        untold=max(0, len(found) - _KEPT_PROBLEMS),
        remarks=remarks(summary.outcomes)[:_KEPT_PROBLEMS],
        shown_accounts=_SHOWN_ACCOUNTS,
        figures=_figures(digest),
        chart=_chart(digest, window, made),
        tables=_tables(digest, summary, mask, show_recipients=show_recipients),
    )
    # Half a character, which a provider of anyone's may let through, fits into no file.
    return text.encode(errors="replace").decode()


def _shown(text: str | None) -> str:
    return text or words.NOTHING


def _masked(text: str | None) -> str:
    return words.masked(text) if text else words.NOTHING


def _first_and_last(digest: Digest, window: Window) -> tuple[date, date]:
    """The days of a window; its end is in it no more."""
    last = window.until - timedelta(microseconds=1)
    return window.since.astimezone(digest.zone).date(), last.astimezone(digest.zone).date()


def _figures(digest: Digest) -> list[_Figure]:
    sent = parts.total(digest, Direction.OUTBOUND, [Status.COMPLETED])
    failed = parts.total(digest, Direction.OUTBOUND, [Status.FAILED])
    received = parts.total(digest, Direction.INBOUND, Status)
    ended = sent.faxes + failed.faxes
    everything = Total.of(digest.groups.values())
    jobs = len(digest.running)
    return [
        _Figure("Sent", [words.count(sent.faxes)], f"{words.count(sent.pages)} pages"),
        _Figure(
            "Success",
            [words.percent(sent.faxes, ended)],
            f"of {words.count(ended)} that ended",
        ),
        _Figure("Failed", [words.count(failed.faxes)], "outbound", "bad" if failed.faxes else ""),
        _Figure("Received", [words.count(received.faxes)], f"{words.count(received.pages)} pages"),
        _Figure(
            "In process",
            [words.count(digest.open_count)],
            f"{words.count(jobs)} {'job' if jobs == 1 else 'jobs'} running",
        ),
        _Figure(
            "Cost",
            words.money(everything.costs) or [words.NOTHING],
            "of the faxes with a price" if everything.costs else "no provider names a price",
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Chart:
    title: str
    summary: str
    drawings: dict[str, str]
    series: list[str]
    figures: parts.Table


def _chart(digest: Digest, window: Window, made: datetime) -> _Chart | None:
    first, last = _first_and_last(digest, window)
    last = max(first, min(last, made.astimezone(digest.zone).date()))
    bars = Bars.of(digest.days, first, last)
    if not bars.series:
        return None
    columns = [parts.Column("First day" if bars.span != "day" else "Day")]
    columns += [parts.Column(name, number=True, wide=True) for name in bars.series]
    table = parts.Table(f"Faxes per {bars.span}", columns)
    for start in bars.starts:
        counts = (words.count(bars.counts.get((start, name), 0)) for name in bars.series)
        table.add(start.isoformat(), *counts)
    if undated := sum(count for (day, _), count in digest.days.items() if day is None):
        table.note = f"{words.count(undated)} faxes without a time are not in the chart."
    return _Chart(
        title=f"Faxes per {bars.span}, by provider",
        summary=f"Stacked bars, {len(bars.starts)} {bars.span}s; the figures follow as a table.",
        drawings={name: svg(bars, *size) for name, size in _SIZES.items()},
        series=bars.series,
        figures=table,
    )


def _tables(
    digest: Digest, summary: Summary, mask: parts.Mask, *, show_recipients: bool
) -> dict[str, parts.Table]:
    faxes = [outcome for outcome in summary.outcomes if outcome.kind is Kind.FAXES]
    tables = {
        "accounts": parts.accounts(
            digest,
            {outcome.account: outcome.provider for outcome in faxes},
            {outcome.account for outcome in faxes if not outcome.complete},
        ),
        "failures": parts.failures(digest),
        "payers": parts.payers(
            digest.payers,
            "Pages and cost by user",
            note="Added up from the faxes. A dash is no price, which is not 0.",
            nothing="No fax came.",
            months=True,
        ),
        "repeated": parts.repeated_failures(digest, mask),
        "slowest": parts.slowest(digest, mask),
        "running": parts.running_jobs(digest),
        "open": parts.open_faxes(digest, mask, show_recipients=show_recipients),
    }
    if digest.vendor_totals:
        tables["vendors"] = parts.payers(
            digest.vendor_totals,
            "The providers' own totals",
            note="As the provider adds them up, for all numbers of a user together.",
            nothing="",
            months=False,
        )
    return tables
