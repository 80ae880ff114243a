"""What a fax says, in the common vocabulary."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from faxapi.providers.imagicle import Fax, Imagicle, Recipient
from faxapi.providers.imagicle.activity import fax_record
from faxapi.providers.imagicle.codes import Q850, STATUS
from faxapi.records import Direction, FaxRecord, Kind, Reason, Status

NOW = datetime(2016, 11, 25, 15, 56, 56, tzinfo=UTC)
IMAGICLE = Imagicle("https://ucx.example", "user1", "secret", name="rome", timezone="Europe/Rome")


def record(direction: Direction = Direction.OUTBOUND, **fields: Any) -> FaxRecord:  # noqa: ANN401 - any field
    return fax_record(IMAGICLE, direction, Fax(fax_id="1", **fields))


def test_a_sent_fax_is_a_record() -> None:
    fax = Fax(
        fax_id="N1_7",
        username="user1",
        subject="Offer",
        recipient=(Recipient(name="Mario Rossi", fax_number="10002"),),
        status="Completed",
        number_of_pages=3,
        submit_time=NOW,
        start_time=NOW + timedelta(seconds=5),
        end_time=NOW + timedelta(seconds=65),
        size=2897,
    )
    made = fax_record(IMAGICLE, Direction.OUTBOUND, fax)
    assert made.model_dump(exclude_none=True) == {
        "kind": Kind.FAXES,
        "provider": "imagicle",
        "account": "rome",
        "id": "N1_7",
        "direction": Direction.OUTBOUND,
        "status": Status.COMPLETED,
        "status_code": "Completed",
        "user": "user1",
        "recipient_number": "10002",
        "recipient_name": "Mario Rossi",
        "subject": "Offer",
        "pages": 3,
        "pages_submitted": 3,
        "submitted_at": NOW,
        "started_at": NOW + timedelta(seconds=5),
        "completed_at": NOW + timedelta(seconds=65),
        "duration": timedelta(seconds=60),
        "size": 2897,
    }
    assert made.raw is fax


def test_a_received_fax_is_a_record() -> None:
    sender = Recipient(name="Bob", fax_number="+39055")
    made = record(Direction.INBOUND, sender=sender, number_of_pages=2, status="Completed")
    assert (made.direction, made.sender, made.pages) == (Direction.INBOUND, "+39055", 2)
    assert made.pages_submitted is None
    assert record(Direction.INBOUND, sender=Recipient(name="Bob")).sender == "Bob"


def test_several_recipients() -> None:
    made = record(recipient=(Recipient(fax_number="1"), Recipient(name="B", fax_number="2")))
    assert (made.recipient_number, made.recipient_name) == ("1, 2", "B")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Completed", "completed"),
        ("Failed", "failed"),
        ("Queued", "queued"),
        ("InProgress", "in_progress"),
        ("Canceled", "canceled"),
        ("inprogress", "in_progress"),
        ("Held", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_state(text: str | None, status: str) -> None:
    made = record(status=text)
    assert (made.status, made.status_code) == (status, text or None)


def test_every_documented_state_is_in_the_table() -> None:
    assert list(STATUS) == ["Completed", "Failed", "Queued", "InProgress", "Canceled"]


@pytest.mark.parametrize(
    ("fields", "reason", "text"),
    [
        ({"status": "Failed", "q931_code": 17}, "busy", "User busy"),
        ({"status": "Failed", "q931_code": 1}, "bad_number", "Unallocated (unassigned) number"),
        (
            {"status": "Failed", "q931_code": 18, "failure_reason": "Timeout"},
            "no_answer",
            "Timeout",
        ),
        (
            {"status": "Failed", "q931_code": 16, "failure_reason": "No carrier"},
            "other",
            "No carrier",
        ),
        ({"status": "Failed", "q931_code": 31, "detailed_status": "Line"}, "other", "Line"),
        ({"status": "Failed", "q931_code": 0}, "other", None),
        ({"status": "Failed", "q931_code": 999}, "other", None),
        ({"status": "Failed", "q931_code": 127}, "other", "Interworking, unspecified"),
        ({"status": "Failed"}, "other", None),
        ({"status": "Canceled", "q931_code": 17}, "canceled", "User busy"),
        ({"status": "Completed", "q931_code": 16, "detailed_status": "ok"}, None, None),
        ({"status": "InProgress", "failure_reason": "first try"}, None, None),
        ({"status": "Held", "q931_code": 17}, "busy", "User busy"),
        ({"status": "Held"}, None, None),
    ],
)
def test_why_a_fax_failed(fields: dict[str, Any], reason: str | None, text: str | None) -> None:
    made = record(**fields)
    assert (made.reason, made.reason_text) == (reason, text)


def test_a_failed_faxs_pages_were_not_all_sent() -> None:
    made = record(status="Failed", number_of_pages=3)
    assert (made.pages, made.pages_submitted) == (None, 3)


def test_the_causes_of_the_standard() -> None:
    assert len(Q850) == 77
    assert {code for code, (_, reason) in Q850.items() if reason is None} == {0, 16, 31}
    assert Q850[34] == ("No circuit/channel available", Reason.CONGESTION)
    assert Q850[88] == ("Incompatible destination", Reason.INCOMPATIBLE)
    assert Q850[102] == ("Recovery on timer expiry", Reason.NO_ANSWER)
