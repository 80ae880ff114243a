"""Reports to look at in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from faxapi import (
    FaxApi,
    Imagicle,
    InterFax,
    JobRecord,
    JobState,
    Kind,
    Notice,
    Openfax,
    Outcome,
    Reason,
    Report,
    ServiceUnavailable,
    Status,
    Window,
)
from faxapi.render.digest import Digest
from faxapi.render.html import to_html
from faxapi.sandbox import Sandbox
from tests.render.page import NOW, fax, outcome, page

PRESENT = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Rome")
# Of everything that could run, and tells that it did.
EVIL = (
    "<script>window.owned = 1</script><img src=x onerror='window.owned = 2'>"
    "<svg onload=\"window.owned = 3\"></svg>\"'><a href='javascript:owned=4'>x</a></title></style>"
)


_TROUBLE = [
    ("0012125550143", 6017),
    ("0012125550143", 6017),
    ("0014155550118", 6018),
    ("00442079460927", 6029),
    ("0012125550143", 6018),
]


async def failing_run() -> Report:
    """Two weeks of the sandbox, with an account whose key is wrong."""
    with Sandbox(seed=4, now=PRESENT, faxes=120, rate_limit=None) as sandbox:
        (busy,) = sandbox.add_accounts(1, provider="interfax", faxes=900)
        for hours, (number, status) in enumerate(_TROUBLE * 2):
            sent = PRESENT - timedelta(hours=hours)
            busy.add_fax(status=status, submit_time=sent, DestinationFax=number)
        sandbox.add_accounts(1, provider="imagicle", faxes=700)
        acme, ucx = sandbox.logins("interfax")[1], sandbox.logins("imagicle")[1]
        key = sandbox.credentials["openfax"]["api_key"]
        accounts = [
            InterFax(
                acme["username"],
                acme["password"],
                name="acme",
                base_url=sandbox.url,
                timezone="UTC",
                currency="USD",
                pace=None,
            ),
            Imagicle(sandbox.url, ucx["username"], ucx["password"], name="ucx", timezone="UTC"),
            Openfax(key, name="openfax-west", base_url=sandbox.url, timezone="UTC"),
            Openfax("wrong", name="openfax-east", base_url=sandbox.url, timezone="UTC"),
        ]
        async with FaxApi(*accounts, clock=lambda: sandbox.now) as api:
            return await api.collect(window())


def window() -> Window:
    """What it was asked for."""
    return Window.last(timedelta(days=14), now=PRESENT)


def of_run(report: Report, *, show_recipients: bool = False) -> str:
    """The page of that run."""
    digest = Digest.of([*report.faxes, *report.usage, *report.jobs], ZONE)
    return to_html(digest, report, window(), show_recipients=show_recipients, made=PRESENT)


def others() -> Iterator[tuple[str, str]]:
    """Pages that are hard to lay out, or to keep harmless, by name."""
    yield "empty", page([])
    yield "evil", evil()
    yield "thousand", thousand()
    # Nothing in it can be broken but between letters.
    long = "W" * 200
    records = [
        fax(account=long, user=long, recipient_number=long, status=Status.QUEUED),
        fax(account=long, user=long, cost=Decimal("123456789012.34"), currency=long[:12]),
        fax(status=Status.FAILED, reason_text=long, status_code=long),
    ]
    error = ServiceUnavailable(long, hint=long)
    yield "long", page(records, [outcome(long, 0, errors=(error,))], show_recipients=True)


def evil() -> str:
    """Markup in everything that a vendor or a stranger writes."""
    texts = ("user", "sender", "recipient_number", "recipient_name", "remote_id", "subject")
    records = [
        fax(
            provider=EVIL,
            account=EVIL,
            status=status,
            status_code=EVIL,
            reason=Reason.BUSY,
            reason_text=EVIL,
            currency=EVIL,
            cost=Decimal(1),
            **dict.fromkeys(texts, EVIL),
        )
        for status in [*Status, Status.FAILED]
    ]
    job = JobRecord(provider=EVIL, account=EVIL, id=EVIL, bill_code=EVIL, state=JobState.RUNNING)
    error = ServiceUnavailable(EVIL, hint=EVIL, code=EVIL, operation=EVIL)
    notices = (Notice(EVIL, EVIL), Notice(EVIL, EVIL, gap=True))
    outcomes = [Outcome(EVIL, EVIL, Kind.FAXES, 1, errors=(error,), notices=notices)]
    return page([*records, job], outcomes, show_recipients=True)


def thousand() -> str:
    """A thousand accounts over 400 days, most of which failed."""
    records = [
        fax(
            provider=f"provider-{n % 8}",
            account=f"account-{n:03}",
            user=f"user-{n}",
            pages=2,
            cost=Decimal("0.25"),
            currency=("USD", "EUR")[n % 2],
            recipient_number=str(10**10 + n % 700),
            status=(Status.COMPLETED, Status.FAILED, Status.QUEUED)[n % 3],
            submitted_at=NOW - timedelta(days=n % 400),
        )
        for n in range(3000)
    ]
    error = ServiceUnavailable("the server failed to answer", http_status=503, hint="Try later")
    outcomes = [outcome(f"account-{n:03}", errors=(error,) if n < 700 else ()) for n in range(1000)]
    return page(records, outcomes, Window(NOW - timedelta(days=400), NOW))
