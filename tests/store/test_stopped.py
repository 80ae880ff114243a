"""What a sync leaves behind, and whom it speaks to."""

from __future__ import annotations

import signal
import socket
import time
from pathlib import Path

import pytest

from faxapi.sandbox.faults import Delay
from tests.store.stores import Target


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"duckdb:///{tmp_path}/faxes.duckdb"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_order_when_it_is_told_to(
    number: signal.Signals, target: Target, tmp_path: Path
) -> None:
    target.sandbox.faults.add(Delay(60), provider="imagicle", times=None)
    running = target.start()
    state = tmp_path / "state"
    while not (target.sandbox.requests and any(state.rglob("schema.json"))):
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(number)
    _, said = running.communicate(timeout=60)
    assert (running.returncode, said) == (130, "")
    assert [path.name for path in state.rglob("*") if path.is_file()] == ["lock"]
    target.sandbox.faults.clear()
    target.sync()
    target.check()


def test_it_speaks_to_nobody_else(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever dlt's settings say: what it would send home goes through a proxy of the test's."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        url = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            monkeypatch.setenv(name, url)
        home = tmp_path / "home"
        for name in ("HOME", "DLT_DATA_DIR", "DLT_PROJECT_DIR"):
            monkeypatch.setenv(name, str(home))
        monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "true")
        settings = home / ".dlt" / "config.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text("[runtime]\ndlthub_telemetry = true\nlog_level = 'DEBUG'\n")
        target.sync()
        proxy.settimeout(0)
        with pytest.raises(BlockingIOError):
            proxy.accept()
    assert [path for path in home.rglob("*") if path.is_file()] == [settings]


def test_odd_texts(target: Target) -> None:
    fax = target.sandbox.imagicle.add_fax(subject="nul \0, 'quote', \\, \N{PILE OF POO}\n\t\"")
    target.sync()
    subjects = dict(target.query("select id, subject from faxapi.faxes"))
    assert subjects[fax] == "nul \N{REPLACEMENT CHARACTER}, 'quote', \\, \N{PILE OF POO}\n\t\""
