"""The demo, as a newcomer runs it."""

import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from rich.console import Console

from faxapi import (
    Direction,
    FaxRecord,
    JobRecord,
    JobState,
    Kind,
    Notice,
    Outcome,
    Reason,
    Report,
    ServiceUnavailable,
    Status,
)
from faxapi.cli.app import app
from faxapi.cli.demo import show

DEMO = [sys.executable, "-W", "error", "-m", "faxapi", "demo"]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_it_shows_all_three_providers_in_80_columns() -> None:
    done = subprocess.run(DEMO, capture_output=True, text=True, timeout=50, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for text in ("interfax", "openfax", "imagicle", "Running jobs", "Latest failures", "completed"):
        assert text in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "\x1b" not in done.stdout


def test_it_names_commands_that_there_are() -> None:
    shown = printed(Report()).partition("Next")[2]
    named = re.findall(r"^  faxapi ([a-z]+)", shown, re.MULTILINE)
    assert len(named) >= 2
    commands = {getattr(each.callback, "__name__", None) for each in app.registered_commands}
    assert set(named) <= commands


@pytest.mark.parametrize("found", ["/usr/bin/faxapi", None])
def test_it_says_how_to_get_the_command_where_it_is_not(
    found: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: found if name == "faxapi" else None)
    assert ("pip install" in printed(Report())) == (found is None)


def test_an_interrupt_ends_it_quietly() -> None:
    code = (
        "import sys; from faxapi.cli import main; import faxapi.cli.demo, faxapi.cli.running; "
        "sys.argv = ['faxapi', 'demo']; print('ready', flush=True); main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout is not None
        assert demo.stdout.readline() == "ready\n"
        time.sleep(0.05)
        demo.send_signal(signal.SIGINT)
        shown, errors = demo.communicate(timeout=20)
    assert (demo.returncode, shown, errors) == (130, "", "")


def printed(report: Report, width: int = 80) -> str:
    console = Console(width=width, force_terminal=True, color_system=None, record=True)
    with console.capture() as capture:
        show(report, console)
    return capture.get()


def fax(**fields: object) -> FaxRecord:
    return FaxRecord.model_validate(
        {
            "provider": "interfax",
            "account": "acme",
            "id": "7",
            "direction": Direction.OUTBOUND,
            "status": Status.FAILED,
            "submitted_at": NOW,
            **fields,
        }
    )


def test_what_is_missing_stands_first() -> None:
    outage = ServiceUnavailable("the server failed to answer", provider="openfax", account="east")
    gap = Notice("retention", "older faxes are gone", gap=True)
    text = printed(
        Report(
            faxes=[fax()],
            outcomes=[
                Outcome("openfax", "east", Kind.FAXES, 0, errors=(outage,)),
                Outcome("interfax", "acme", Kind.FAXES, 1, notices=(gap,)),
            ],
        )
    )
    head = text.partition("Faxes of the last")[0]
    assert "failed: east faxes: openfax 'east': the server failed to answer" in head
    assert "partial: acme faxes: older faxes are gone" in head


def test_a_stranger_cannot_steer_the_terminal() -> None:
    evil = "\x1b[2J\x1b]0;owned\x07[red]x"
    report = Report(
        faxes=[fax(user=evil, reason=Reason.BUSY, status_code="263", reason_text=evil)],
        jobs=[JobRecord(provider="openfax", account=evil, id=evil, state=JobState.RUNNING)],
    )
    text = printed(report, width=200)
    assert "\x1b[2J" not in text
    assert "\x07" not in text
    assert "[red]x" in text


def test_costs_are_added_exactly_by_currency_and_only_where_there_are_any() -> None:
    costs = [("0.1", "USD"), ("0.1", "USD"), ("0.1", "USD"), ("2", "EUR")]
    sent = [
        fax(id=str(n), status=Status.COMPLETED, cost=Decimal(cost), currency=currency, pages=1)
        for n, (cost, currency) in enumerate(costs)
    ]
    received = fax(id="9", direction=Direction.INBOUND, status=Status.COMPLETED, pages=2)
    lines = printed(Report(faxes=[*sent, received], elapsed=timedelta(seconds=1))).splitlines()
    (outbound,) = (number for number, line in enumerate(lines) if "outbound" in line)
    inbound = next(line for line in lines if "inbound" in line)
    assert lines[outbound].split()[-4:] == ["4", "4", "2.00", "EUR"]
    assert lines[outbound + 1].split() == ["0.30", "USD"]
    assert inbound.split()[-3:] == ["1", "2", "-"]


def test_every_account_has_its_latest_failures() -> None:
    loud = [fax(id=str(n), account="loud", user=f"loud{n}") for n in range(9)]
    quiet = fax(id="1", account="quiet", user="quiet1", submitted_at=NOW - timedelta(days=5))
    text = printed(Report(faxes=[quiet, *loud])).partition("Latest failures")[2]
    assert [f"loud{n}" in text for n in range(9)] == [False] * 7 + [True] * 2
    assert "quiet1" in text
