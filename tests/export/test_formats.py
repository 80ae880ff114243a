"""What is written is read back as it was, and is what the format's readers expect."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faxapi import (
    ConfigurationError,
    ConnectFailed,
    Direction,
    FaxRecord,
    Feed,
    JobRecord,
    JobState,
    Kind,
    Notice,
    Outcome,
    Report,
    Status,
    UsageRecord,
)
from faxapi.export import COLUMNS, open_export
from faxapi.export.text import harmless
from faxapi.records import Record
from tests.export.samples import FORMATS, exported, records, restored

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
FAX = FaxRecord(
    provider="interfax",
    account="acme",
    id="7",
    direction=Direction.OUTBOUND,
    status=Status.FAILED,
    status_code="-5",
    recipient_number="+12125550100",
    remote_id='=HYPERLINK("http://example.com")',
    subject='He said "no",\nand left',
    pages=-1,
    submitted_at=NOON.astimezone(timezone(timedelta(hours=2))),
    duration=timedelta(seconds=12, microseconds=500_000),
    cost=Decimal("-0.50"),
)
USAGE = UsageRecord(provider="interfax", account="acme", direction=Direction.INBOUND)
JOB = JobRecord(provider="openfax", account="openfax", id="1", state=JobState.RUNNING)
REPORT = Report(
    faxes=[FAX],
    usage=[USAGE],
    jobs=[JOB],
    outcomes=[
        Outcome("interfax", "acme", Kind.FAXES, 1),
        Outcome(
            "interfax",
            "acme",
            Kind.USAGE,
            1,
            errors=(ConnectFailed("no route", provider="interfax", account="acme", hint="Wait"),),
            notices=(
                Notice(
                    "retention",
                    "60 days only",
                    Feed("acme", Kind.USAGE, Direction.INBOUND),
                    gap=True,
                    since=NOON,
                ),
                Notice("timezone_assumed", "UTC"),
            ),
        ),
    ],
)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", Kind)
@settings(max_examples=20)
@given(data=st.data())
def test_any_record_comes_back_as_it_was(form: str, kind: Kind, data: st.DataObject) -> None:
    found = data.draw(st.lists(records(kind), max_size=4))
    assert restored(exported(found, form, kind), form, kind) == found


@given(st.text())
def test_an_apostrophe_is_undone_without_a_doubt(text: str) -> None:
    written = harmless(text)
    assert written
    assert written[0] not in "=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20"
    assert written.removeprefix("'") == text


def test_csv_is_what_rfc_4180_says_and_harmless_in_a_spreadsheet() -> None:
    data = exported([FAX], "csv", Kind.FAXES)
    header, line, rest = data.split(b"\r\n")
    assert header.decode().split(",") == [column.name for column in COLUMNS[Kind.FAXES]]
    assert rest == b""
    assert b'"He said ""no"",\nand left"' in line
    (row,) = csv.DictReader(io.StringIO(data.decode(), newline=""))
    assert {name: row[name] for name in ("status_code", "recipient_number", "remote_id")} == {
        "status_code": "'-5",
        "recipient_number": "'+12125550100",
        "remote_id": '\'=HYPERLINK("http://example.com")',
    }
    # Numbers and times are no texts of strangers: machines read them.
    assert {name: row[name] for name in ("pages", "cost", "duration", "submitted_at")} == {
        "pages": "-1",
        "cost": "-0.50",
        "duration": "12.5",
        "submitted_at": "2026-11-01T12:00:00.000000Z",
    }
    assert row["job_id"] == ""


def test_a_line_of_json_is_plain_ascii_without_raw() -> None:
    fax = FAX.model_copy(
        update={"raw": object(), "subject": "Köln\u2028\x9b2J", "units": Decimal("1E+3")}
    )
    (line,) = exported([fax], "jsonl", Kind.FAXES).splitlines()
    assert line.isascii()
    found = json.loads(line)
    assert found["subject"] == "Köln\u2028\x9b2J"
    assert (found["cost"], found["units"], found["duration"]) == ("-0.50", "1000", 12.5)
    assert (found["submitted_at"], found["at"]) == ("2026-11-01T12:00:00.000000Z",) * 2
    assert "raw" not in found


def test_a_report_as_json_says_what_is_missing() -> None:
    found = json.loads(REPORT.to_json())
    assert [record["kind"] for record in found.pop("records")] == ["faxes", "usage", "jobs"]
    assert found == {
        "version": 1,
        "kind": None,
        "partial": False,
        "complete": False,
        "outcomes": [
            {
                "provider": "interfax",
                "account": "acme",
                "kind": "faxes",
                "state": "complete",
                "records": 1,
                "errors": [],
                "gaps": [],
                "notices": [],
            },
            {
                "provider": "interfax",
                "account": "acme",
                "kind": "usage",
                "state": "partial",
                "records": 1,
                "errors": ["interfax 'acme': no route. Wait"],
                "gaps": [
                    {
                        "code": "retention",
                        "text": "60 days only",
                        "direction": "inbound",
                        "since": "2026-11-01T12:00:00.000000Z",
                        "until": None,
                        "count": 1,
                    }
                ],
                "notices": [
                    {
                        "code": "timezone_assumed",
                        "text": "UTC",
                        "direction": None,
                        "since": None,
                        "until": None,
                        "count": 1,
                    }
                ],
            },
        ],
    }
    assert json.loads(Report().to_json())["records"] == []


def test_an_export_of_one_kind_tells_of_that_kind_alone() -> None:
    stream = io.BytesIO()
    with open_export(stream, "json", kind="faxes") as export:
        export.write(REPORT.faxes)
        export.finish(REPORT)
    found = json.loads(stream.getvalue())
    assert (found["kind"], found["complete"]) == ("faxes", True)
    assert [outcome["kind"] for outcome in found["outcomes"]] == ["faxes"]


def test_json_lines_hold_every_kind() -> None:
    stream = io.BytesIO()
    with open_export(stream, "jsonl") as export:
        export.write([FAX, USAGE])
        export.write([JOB])
        export.finish(REPORT)
    kinds = [json.loads(line)["kind"] for line in stream.getvalue().splitlines()]
    assert kinds == ["faxes", "usage", "jobs"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_record_of_another_kind_is_not_left_out_without_a_word(form: str) -> None:
    mixed: list[Record] = [FAX, JOB]
    with (
        pytest.raises(ConfigurationError, match="an export of faxes was given jobs"),
        open_export(io.BytesIO(), form, kind="faxes") as export,
    ):
        export.write(mixed)


@pytest.mark.parametrize(
    ("form", "kind", "text"),
    [
        ("xlsx", None, "'xlsx' is no format of an export. Choose one of jsonl, json, csv, parquet"),
        ("jsonl", "fax", "'fax' is no kind of an export. Choose one of faxes, usage, jobs"),
        ("csv", None, "a file in csv holds one kind of records. Say which: faxes, usage, jobs"),
        ("parquet", None, "a file in parquet holds one kind"),
    ],
)
def test_a_wrong_argument_is_named(form: str, kind: str | None, text: str) -> None:
    with pytest.raises(ConfigurationError, match=text), open_export(io.BytesIO(), form, kind=kind):
        pass


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_ends_once(form: str) -> None:
    with open_export(io.BytesIO(), form, kind="faxes") as export:
        export.finish(REPORT)
        with pytest.raises(ConfigurationError, match="the export is finished"):
            export.finish(REPORT)
    with pytest.raises(ConfigurationError, match="the export is finished"):
        export.write([FAX])
