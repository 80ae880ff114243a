"""What `faxapi watch` writes where nobody looks at a screen: a line for each change.

Lines are for logs, so no number, name or subject is in them; in JSON the records are whole.
"""

from __future__ import annotations

import json

from faxapi.cli.board import Change, Problem, What
from faxapi.records import FaxRecord, JobRecord, Reason
from faxapi.render.tables import plain


def as_line(change: Change) -> str:
    """A change as a line of text, its time in the zone of this machine."""
    at = change.at.astimezone().isoformat(timespec="seconds")
    return plain(f"{at} {change.account} {_said(change)}").plain


def as_json(change: Change) -> str:
    """A change as a line of JSON, its time in UTC."""
    said: dict[str, object] = {
        "at": change.at.isoformat(timespec="milliseconds"),
        "account": change.account,
        "change": change.what,
    }
    if change.record:
        said["record"] = change.record.model_dump(mode="json")
    if change.problem:
        error = change.problem.error
        said["problem"] = {"type": error and type(error).__name__, "text": change.problem.text}
    return json.dumps(said)


def stand(record: FaxRecord | JobRecord) -> str:
    """Where a fax or a job stands, in words."""
    if isinstance(record, FaxRecord):
        parts = [str(record.status), _why(record)]
        if record.pages:
            parts.append(f"{record.pages} {'page' if record.pages == 1 else 'pages'}")
    else:
        parts = [str(record.state)]
        if record.destinations is not None:
            parts.append(f"{record.destinations} done")
        if record.failed:
            parts.append(f"{record.failed} failed")
    # A canceled fax has that for a reason too.
    return ", ".join(dict.fromkeys(filter(None, parts)))


def _why(fax: FaxRecord) -> str | None:
    """Why it failed; the provider's own code where there is no better word."""
    if fax.reason is Reason.OTHER:
        return f"{fax.reason} ({fax.status_code})"
    return fax.reason


def _said(change: Change) -> str:
    match change:
        case Change(what=What.GONE, record=FaxRecord() | JobRecord() as record):
            return f"{_named(record)}: no longer listed"
        case Change(record=FaxRecord() | JobRecord() as record):
            return f"{_named(record)}: {stand(record)}"
        case Change(problem=Problem(text)):
            return f"trouble: {' '.join(text.split())}"
    return "recovered"


def _named(record: FaxRecord | JobRecord) -> str:
    if isinstance(record, FaxRecord):
        return f"{record.direction} fax {record.id}"
    return f"job {record.id}"
