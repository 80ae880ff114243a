import copy
import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from faxapi.records import (
    Direction,
    FaxKey,
    FaxRecord,
    JobKey,
    JobRecord,
    JobState,
    Kind,
    Reason,
    Record,
    Status,
    UsageKey,
    UsageRecord,
)

NOON = datetime(2024, 7, 1, 12, tzinfo=UTC)
PRIVATE = "private"

FAX = FaxRecord(
    provider="interfax",
    account="acme",
    id="17",
    direction=Direction.OUTBOUND,
    status=Status.FAILED,
    status_code="3931",
    reason=Reason.BUSY,
    reason_text=PRIVATE,
    user=PRIVATE,
    sender=PRIVATE,
    recipient_number=PRIVATE,
    recipient_name=PRIVATE,
    remote_id=PRIVATE,
    subject=PRIVATE,
    reference=PRIVATE,
    job_id="4",
    parent_id="16",
    pages=2,
    pages_submitted=3,
    submitted_at=NOON,
    started_at=NOON + timedelta(seconds=1),
    completed_at=NOON + timedelta(minutes=1, microseconds=5),
    duration=timedelta(seconds=59.5),
    units=Decimal("2.00"),
    cost=Decimal("0.1100"),
    currency="EUR",
    attempts=1,
    size=1024,
    raw={"secret": PRIVATE},
)
USAGE = UsageRecord(
    provider="interfax",
    account="acme",
    direction=Direction.INBOUND,
    user=PRIVATE,
    phone_number=PRIVATE,
    since=NOON,
    until=NOON + timedelta(days=7),
    faxes=1,
    pages=2,
    units=Decimal("2.0"),
    cost=Decimal("0.10"),
    currency="EUR",
    raw={"secret": PRIVATE},
)
JOB = JobRecord(
    provider="openfax",
    account="openfax",
    id="4",
    bill_code=PRIVATE,
    state=JobState.RUNNING,
    destinations=10,
    successful=7,
    failed=3,
    raw={"secret": PRIVATE},
)
RECORDS = [
    pytest.param(FAX, id="fax"),
    pytest.param(USAGE, id="usage"),
    pytest.param(JOB, id="job"),
]
MINIMAL: list[Record] = [
    FaxRecord(provider="p", account="a", id="1", direction=Direction.INBOUND, status=Status.QUEUED),
    UsageRecord(provider="p", account="a", direction=Direction.OUTBOUND),
    JobRecord(provider="p", account="a", id="1", state=JobState.COMPLETED),
]


def test_the_fields_of_a_fax() -> None:
    assert [*FaxRecord.model_fields] == [
        "raw",
        "kind",
        "provider",
        "account",
        "id",
        "direction",
        "status",
        "status_code",
        "reason",
        "reason_text",
        "user",
        "sender",
        "recipient_number",
        "recipient_name",
        "remote_id",
        "subject",
        "reference",
        "job_id",
        "parent_id",
        "pages",
        "pages_submitted",
        "submitted_at",
        "started_at",
        "completed_at",
        "duration",
        "units",
        "cost",
        "currency",
        "attempts",
        "size",
    ]


def test_the_fields_of_usage_and_jobs() -> None:
    assert {*UsageRecord.model_fields} == {
        "raw", "kind", "provider", "account", "direction", "user", "phone_number", "since",
        "until", "faxes", "pages", "units", "cost", "currency",
    }  # fmt: skip
    assert {*JobRecord.model_fields} == {
        "raw", "kind", "provider", "account", "id", "bill_code", "state", "destinations",
        "successful", "failed",
    }  # fmt: skip


@pytest.mark.parametrize("record", MINIMAL, ids=lambda record: record.kind)
def test_every_field_always_exists_and_is_none_where_nobody_says(record: Record) -> None:
    unset = type(record).model_fields.keys() - record.model_fields_set - {"kind"}
    assert unset
    assert {name: getattr(record, name) for name in unset} == dict.fromkeys(unset)


def test_the_words() -> None:
    assert [*Status] == ["queued", "in_progress", "completed", "failed", "canceled", "unknown"]
    assert [*Reason] == [
        "busy", "no_answer", "not_a_fax", "bad_number", "rejected", "congestion", "network",
        "hangup", "protocol", "document", "no_credit", "not_permitted", "unreachable",
        "incompatible", "canceled", "other",
    ]  # fmt: skip
    assert [*Direction] == ["outbound", "inbound"]
    assert [*JobState] == ["running", "completed"]
    assert [*Kind] == ["faxes", "usage", "jobs"]


def test_keys() -> None:
    assert FAX.key == FaxKey("interfax", "acme", Direction.OUTBOUND, "17")
    assert USAGE.key == UsageKey(
        "interfax", "acme", Direction.INBOUND, PRIVATE, PRIVATE, NOON, NOON + timedelta(days=7)
    )
    assert JOB.key == JobKey("openfax", "openfax", "4")


@pytest.mark.parametrize(
    ("given", "at"),
    [
        (("submitted_at", "started_at", "completed_at"), "submitted_at"),
        (("started_at", "completed_at"), "completed_at"),
        (("started_at",), "started_at"),
        ((), None),
    ],
)
def test_at_is_submitted_else_completed_else_started(
    given: tuple[str, ...], at: str | None
) -> None:
    every = ("submitted_at", "started_at", "completed_at")
    record = FAX.model_copy(update=dict.fromkeys(set(every) - set(given)))
    assert record.at == (getattr(FAX, at) if at else None)


def test_a_repr_shows_key_status_and_time_only() -> None:
    assert repr(FAX) == (
        "FaxRecord(key='interfax/acme/outbound/17', status='failed',"
        " at='2024-07-01T12:00:00+00:00')"
    )
    assert repr(USAGE) == (
        "UsageRecord(key='interfax/acme/inbound', since='2024-07-01T12:00:00+00:00',"
        " until='2024-07-08T12:00:00+00:00')"
    )
    assert repr(JOB) == "JobRecord(key='openfax/openfax/4', state='running')"
    assert repr(MINIMAL[0]) == "FaxRecord(key='p/a/inbound/1', status='queued', at=None)"


@pytest.mark.parametrize("record", RECORDS)
def test_nothing_private_shows_however_a_record_is_printed(record: Record) -> None:
    pretty = [*record.__repr_args__()]
    assert PRIVATE not in f"{record} {record!r} {[record]} {pretty}"
    assert PRIVATE not in "%s %r" % (record, record)  # noqa: UP031 - as logging formats it


@pytest.mark.parametrize("record", RECORDS)
def test_raw_is_no_part_of_what_a_record_says(record: Record) -> None:
    other = record.model_copy(update={"raw": None})
    assert record.raw is not None
    assert record == other
    assert hash(record) == hash(other)
    assert {record, other} == {record}
    assert "raw" not in record.model_dump()
    assert "raw" not in record.model_dump_json()
    assert "secret" not in record.model_dump_json()
    assert hash(record.model_copy(update={"raw": ["not", "hashable"]})) == hash(record)


@pytest.mark.parametrize("record", RECORDS)
def test_each_other_field_is_part_of_it(record: Record) -> None:
    for name in type(record).model_fields.keys() - {"raw"}:
        other = record.model_copy(update={name: "other"})
        assert record != other
        assert other != record


def test_records_of_two_kinds_are_not_equal() -> None:
    assert len({*MINIMAL}) == 3
    assert MINIMAL[0] != MINIMAL[2]
    assert MINIMAL[0] != "p"


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize(
    "duplicate",
    [
        copy.copy,
        copy.deepcopy,
        lambda record: record.model_copy(),
        lambda record: record.model_copy(deep=True),
    ],
    ids=["copy", "deepcopy", "model_copy", "model_copy_deep"],
)
def test_a_copy_is_equal_and_keeps_raw(record: Record, duplicate: Callable[[Any], Any]) -> None:
    other = duplicate(record)
    assert other is not record
    assert type(other) is type(record)
    assert other == record
    assert other.raw == record.raw


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_equal_and_leaves_raw_behind(record: Record, protocol: int) -> None:
    data = pickle.dumps(record, protocol)
    other = pickle.loads(data)  # noqa: S301 - our own
    assert other == record
    assert hash(other) == hash(record)
    assert other.raw is None
    assert record.raw is not None
    assert b"secret" not in data


@pytest.mark.parametrize("record", RECORDS)
def test_json_there_and_back(record: Record) -> None:
    other = type(record).model_validate_json(record.model_dump_json())
    assert other == record
    assert hash(other) == hash(record)
    assert str(getattr(other, "cost", None)) == str(getattr(record, "cost", None))
    assert type(record).model_validate(record.model_dump()) == record
    assert type(record).model_validate(record.model_dump(mode="json")) == record


@pytest.mark.parametrize("record", [FAX, USAGE, JOB, *MINIMAL], ids=lambda record: record.kind)
def test_the_kind_tells_records_apart(record: Record) -> None:
    adapter: TypeAdapter[Record] = TypeAdapter(Record)
    assert adapter.validate_json(record.model_dump_json()) == record
    kinds = {FaxRecord: Kind.FAXES, UsageRecord: Kind.USAGE, JobRecord: Kind.JOBS}
    assert record.kind is kinds[type(record)]


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_is_frozen(record: Record) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        record.account = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        record.raw = None  # type: ignore[misc]


def test_a_record_refuses_what_it_does_not_know_and_does_not_repeat_it() -> None:
    values = FAX.model_dump()
    naive = datetime(2024, 7, 1)  # noqa: DTZ001 - naive on purpose
    for wrong in ({"new": PRIVATE}, {"pages": PRIVATE}, {"submitted_at": naive}):
        with pytest.raises(ValidationError) as caught:
            FaxRecord.model_validate(values | wrong)
        assert PRIVATE not in str(caught.value)
