"""The data set: users, faxes and jobs, made from a seed.

The same seed and the same `now` give the same data. Nobody is real: the numbers lie in the ranges
that the North American plan (555-0100 to 555-0199) and Ofcom (020 7946 0000 to 0999) keep free for
fiction, the addresses below example.com.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from random import Random
from typing import Any, TypeVar

from faxapi.providers.interfax.codes import FAX_STATUS
from faxapi.providers.openfax.codes import ERROR_CODES

Row = dict[str, Any]
"""A vendor's structure by the vendor's own names."""

ItemT = TypeVar("ItemT")

FAXES = 600
"""How many faxes each provider has unless told otherwise: a week holds about a hundred of them."""

SPAN = timedelta(days=40)
"""How far the data set reaches back."""

_PEOPLE = (
    "Ada Example",
    "Bruno Muster",
    "Chiara Esempio",
    "Dan Placeholder",
    "Eve Sample",
    "Renée Modèle",
)
_SUBJECTS = (
    "Order 4711",
    "Invoice for March",
    "Signed contract",
    "Delivery note",
    "Price list <new>",
    "Smith & Sons: offer",
    "=1+1 is no formula",
    "Grüße aus Köln",
    None,
)
_CSIDS = ("EXAMPLE LTD", "+1 212 555 0143", "", "MUSTER <FAX>", None)
# A machine's owner types it in. The first user's tenth newest fax went to a machine that sends a
# control character, which no XML parser accepts, and another came from such a machine.
_BAD_CSID = "Fax\x01 Room 2"
_BAD_PLACE = 10
# A broadcast's faxes are sent together: one fax in so many begins one, of so many faxes.
_BROADCAST_EVERY = 25
_BROADCAST_SIZES = range(2, 7)


class Maker:
    """Makes one provider's part; the parts do not depend on each other.

    Args:
        seed: Of the whole data set.
        provider: Whose part.
        now: The newest moment in it.
    """

    def __init__(self, seed: int, provider: str, now: datetime) -> None:
        self.random = Random(f"{seed} {provider}")  # noqa: S311 - data that can be made again, no secret
        self.now = now.replace(microsecond=0)

    def moments(self, count: int, *, span: timedelta = SPAN) -> list[datetime]:
        """Times up to now, oldest first: most in office hours, and some minutes ago."""
        days = [self.random.uniform(0, span.total_seconds()) for _ in range(count)]
        moments = sorted(self._office_hour(self.now - timedelta(seconds=age)) for age in days)
        recent = min(count, max(3, count // 50))
        for place in range(1, recent + 1):
            minutes = self.random.uniform(place - 1, place) * 2
            moments[-place] = self.now - timedelta(minutes=minutes)
        moments.sort()
        return [moment.replace(microsecond=moment.microsecond // 1000 * 1000) for moment in moments]

    def _office_hour(self, moment: datetime) -> datetime:
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        hour = self.random.triangular(6, 20, 11) if self.often(0.9) else moment.hour
        shifted = midnight + timedelta(hours=hour, seconds=self.random.uniform(0, 60))
        return shifted if shifted < self.now else shifted - timedelta(days=1)

    def often(self, share: float) -> bool:
        """True in this share of all cases."""
        return self.random.random() < share

    def number(self) -> str:
        """A number of nobody: country code and number, without a prefix."""
        if self.often(0.7):
            area = self.random.choice(("212", "312", "415"))
            return f"1{area}55501{self.random.randrange(100):02}"
        return f"44207946{self.random.randrange(1000):04}"

    def person(self) -> str:
        """A name of nobody."""
        return self.random.choice(_PEOPLE)

    def subject(self) -> str | None:
        """A subject, some of which need escaping."""
        return self.random.choice(_SUBJECTS)

    def csid(self) -> str | None:
        """What a stranger's machine calls itself."""
        return self.random.choice(_CSIDS)

    def pages(self) -> int:
        """How long a fax is: most are short."""
        return min(40, 1 + int(self.random.expovariate(0.5)))

    def mixed(self, ok: ItemT, failures: Sequence[ItemT], count: int, share: float) -> list[ItemT]:
        """So many outcomes, of which `share` failed: each failure in turn, so that all occur."""
        failed = int(count * share)
        turn = self.random.sample(failures, len(failures))
        outcomes = [turn[place % len(turn)] for place in range(failed)]
        outcomes += [ok] * (count - failed)
        self.random.shuffle(outcomes)
        return outcomes


def interfax_faxes(maker: Maker, users: Sequence[str], count: int) -> list[Row]:
    """Outbound faxes as FaxItemEx, oldest first; the first user sends most."""
    faxes = list(_interfax_faxes(maker, users, count))
    sent = [fax for fax in faxes if fax["Status"] == 0 and fax["UserID"] == users[0]]
    for fax in sent[-_BAD_PLACE:][:1]:
        fax["RemoteCSID"] = _BAD_CSID
    return faxes


def _interfax_faxes(maker: Maker, users: Sequence[str], count: int) -> Iterator[Row]:
    random = maker.random
    weights = [4, *[2] * (len(users) - 1)]
    failures = [code for code in FAX_STATUS if code > 0]
    # The newest are still in process, in every state of it.
    waiting = [code for code in sorted(FAX_STATUS) if code < 0]
    moments = maker.moments(count)
    waiting = waiting[:count]
    statuses = [*maker.mixed(0, failures, count - len(waiting), 0.12), *waiting]
    transaction, parent, left, user = 719_000_000, 0, 0, users[0]
    job: str | None = None
    subject: str | None = None
    for moment, status in zip(moments, statuses, strict=True):
        transaction += random.randint(1, 2500)
        if left:
            left -= 1
        else:
            broadcast = random.randrange(_BROADCAST_EVERY) == 0
            left = random.choice(_BROADCAST_SIZES) - 1 if broadcast else 0
            parent = transaction
            user, subject = random.choices(users, weights)[0], maker.subject()
            job = f"job-{transaction}" if broadcast else None
        yield interfax_fax(
            maker,
            TransactionID=transaction,
            ParentTransactionID=parent,
            SubmitTime=moment,
            UserID=user,
            Status=status,
            Subject=subject,
            JobID=job,
        )


def interfax_fax(maker: Maker, **given: Any) -> Row:  # noqa: ANN401 - the structure's fields
    """One FaxItemEx: what is given, and the rest to go with it."""
    random = maker.random
    status, submitted = given["Status"], given["SubmitTime"]
    pages = given.get("PagesSubmitted") or maker.pages()
    sent = given.get("PagesSent", pages if status == 0 else 0)
    seconds = given.get("Duration", sent * random.randint(25, 50) if sent else 0)
    trials = 1 if status == 0 else 0 if status in {-1, -11} else random.randint(1, 3)
    done = status >= 0
    ended = submitted + timedelta(seconds=seconds + random.randint(10, 90) * max(trials, 1))
    number = given.get("DestinationFax") or f"00{maker.number()}"
    return {
        "PostponeTime": None,
        "CompletionTime": min(ended, max(maker.now, submitted)) if done else None,
        "Contact": maker.person(),
        "DestinationFax": number,
        "ReplyEmail": f"{given['UserID']}@example.com",
        "RemoteCSID": maker.csid() if status == 0 else None,
        "PagesSent": sent,
        "Duration": seconds,
        "PagesSubmitted": pages,
        "SenderCSID": "ACME",
        "Priority": 1,
        # A page abroad costs two units; what did not arrive costs none.
        "Units": Decimal(sent * (1 if number.startswith("001") else 2)),
        "CostPerUnit": Decimal("0.1100"),
        "PageSize": random.choice(("A4", "Letter")),
        "PageOrientation": "Portrait",
        "PageResolution": random.choice(("Standard", "Fine")),
        "RenderingQuality": "Standard",
        "PageHeader": "",
        "RetriesToPerform": 3,
        "TrialsPerformed": trials,
        **given,
    }


def interfax_received(maker: Maker, numbers: Mapping[str, str], count: int) -> list[Row]:
    """Inbound faxes of users with their numbers, oldest first."""
    message, messages = FIRST_MESSAGE, []
    for moment in maker.moments(count):
        message += maker.random.randint(1, 900)
        user, number = maker.random.choice(list(numbers.items()))
        given = {"MessageID": message, "UserID": user, "ReceiveTime": moment}
        messages.append(interfax_message(maker, **given, PhoneNumber=number))
    first = next(iter(numbers), None)
    for row in [each for each in messages if each["UserID"] == first][-_BAD_PLACE:][:1]:
        row["RemoteCSID"] = _BAD_CSID
    return messages


FIRST_MESSAGE = 35_000_000
"""Below every MessageID."""

# InterFax keeps the images of received faxes for some days; it keeps those of sent ones for 14.
_IMAGES_KEPT = timedelta(days=14)


def interfax_message(maker: Maker, **given: Any) -> Row:  # noqa: ANN401 - the structure's fields
    """One MessageItem2, with what it costs: what is given, and the rest to go with it."""
    random = maker.random
    pages = given.get("Pages") or maker.pages()
    read = "READ" if maker.often(0.8) else "UNREAD"
    has_image = given["ReceiveTime"] > maker.now - _IMAGES_KEPT
    return {
        "RemoteCSID": maker.csid(),
        "MessageStatus": 0,
        "Pages": pages,
        "MessageSize": pages * random.randint(20_000, 45_000),
        "MessageType": 1,
        "CallerID": maker.number() if maker.often(0.9) else None,
        "MessageRecordingDuration": pages * random.randint(25, 50),
        "ImageStatus": read if has_image else "DONT_EXIST",
        "NumOfEmails": 1,
        "NumOfFailedEmails": 0,
        "Units": Decimal(pages),
        "CostPerUnit": Decimal("0.0500"),
        **given,
    }


# How many transmissions a job has, small ones more often.
_SIZES = (1, 1, 2, 2, 3, 3, 5, 5, 8, 8, 12, 12, 16, 20, 25, 30, 40, 60, 90, 200)
_PACE = timedelta(seconds=40)


def openfax_jobs(maker: Maker, count: int) -> Iterator[Row]:
    """Jobs with `count` transmissions in all, oldest first; the last two are running."""
    sizes = _job_sizes(maker, count)
    failures = [code for code in ERROR_CODES if int(code) > 0]
    codes = iter(maker.mixed("0", failures, count, 0.1))
    for place, (moment, size) in enumerate(zip(maker.moments(len(sizes)), sizes, strict=True), 1):
        running = place > len(sizes) - 2
        end = maker.now if running else moment
        yield {
            "JobID": f"{88000 + place * 7}",
            "BillCode": f"ACME-{moment:%Y%m}-{place:03}",
            "running": running,
            "rows": [
                openfax_row(maker, f"{row}", next(codes), end - (size - row) * _PACE)
                for row in range(1, size + 1)
            ],
        }


def _job_sizes(maker: Maker, count: int) -> list[int]:
    """Sizes that add up to `count`: each in turn, the largest three for the newest jobs."""
    sizes: list[int] = []
    # A small data set has several jobs too.
    largest = max(1, count // 3)
    turns = cycle(maker.random.sample(_SIZES, len(_SIZES)))
    while count:
        sizes.append(min(count, next(turns), largest))
        count -= sizes[-1]
    sizes.sort()
    rest, large = sizes[:-3], sizes[-3:]
    maker.random.shuffle(rest)
    return [*rest, *large[::-1]]


def openfax_row(maker: Maker, transaction: str, code: str, completed: datetime) -> Row:
    """One FaxTransmission: the last attempt for one destination."""
    number = maker.number()
    pages = maker.pages() if code == "0" else 0
    return {
        "TransactionID": transaction,
        "CompletedDate": completed,
        "Phone": number,
        # The "To" header is optional.
        "Reference": maker.person() if maker.often(0.8) else None,
        "Country": "USA" if number.startswith("1") else "United Kingdom",
        "ErrorCode": code,
        "Pages": pages,
        "Duration": Decimal(maker.random.randint(10, 40) + 35 * pages).scaleb(-2),
    }


def imagicle_faxes(maker: Maker, users: Sequence[str], count: int) -> Iterator[Row]:
    """Faxes in both directions, a third of them received, oldest first; the first user's most."""
    random = maker.random
    weights = [5, *[1] * (len(users) - 1)]
    failures: list[tuple[str, int | None]] = [("Failed", code) for code in _CAUSES]
    received = [maker.often(1 / 3) for _ in range(count)]
    sent = received.count(False)
    outcomes = maker.mixed(("Completed", None), [*failures, ("Canceled", None)], sent, 0.15)
    moments = maker.moments(count)
    for left, moment, inbound in zip(range(count)[::-1], moments, received, strict=True):
        user = random.choices(users, weights)[0]
        status, code = ("Completed", None) if inbound else outcomes.pop()
        # The newest are still in process.
        if left < _WAITING and not inbound:
            user, status, code = users[0], ("Queued", "InProgress")[left % 2], None
        yield imagicle_fax(maker, user, moment, status=status, inbound=inbound, q931_code=code)


_WAITING = 8

# What a network says most often (ITU-T Q.850).
_CAUSES = (0, 1, 3, 16, 17, 18, 19, 21, 27, 28, 31, 34, 38, 41, 88, 102, 127)
# These say only that the call ended: what went wrong stands in the failure's reason.
_CLEARING = (0, 16, 31)


def imagicle_fax(
    maker: Maker,
    user: str,
    submitted: datetime,
    *,
    status: str,
    inbound: bool = False,
    q931_code: int | None = None,
) -> Row:
    """One fax by the vendor's names; its times are aware, and the server writes them naive."""
    random = maker.random
    started = submitted + timedelta(seconds=random.randint(1, 20))
    pages = maker.pages()
    ended = min(started + timedelta(seconds=35 * pages), max(started, maker.now))
    unique = uuid.UUID(int=random.getrandbits(128), version=4)
    number, person = f"+{maker.number()}", maker.person()
    own = {"faxNumber": "10002", "name": "Mario Rossi"}
    reason = "The remote machine hung up" if q931_code in _CLEARING else None
    return {
        "inbound": inbound,
        "faxId": f"IAS-N1_{unique}_0",
        "username": user,
        "subject": maker.subject(),
        "recipient": own if inbound else {"faxNumber": number, "name": person},
        "sender": {"faxNumber": number, "name": None} if inbound else None,
        "status": status,
        "detailedStatus": None if status == "Completed" else status,
        "numberOfPages": pages,
        "serverName": "IAS-N1",
        "submitTime": submitted,
        "startTime": None if status == "Queued" else started,
        "endTime": None if status in {"Queued", "InProgress"} else ended,
        "failureReason": reason,
        "Q931Code": q931_code,
        "size": 2500 + 900 * pages,
    }


def utc_now() -> datetime:
    """The present."""
    return datetime.now(UTC)
