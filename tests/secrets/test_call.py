"""`faxapi call` lets no secret out: not of the configuration, a variable, or the command line."""

from __future__ import annotations

import pytest

from tests.cli.calling import environment, invoke
from tests.secrets.logins import PASSWORD, WRONG, running
from tests.secrets.witness import Witness

NEW = "zoe1239x"
OPEN = ("interfax.admin.open_user", "username=acme.zoe", "--yes")


def hear(witness: Witness, *arguments: str) -> int:
    """Run a call, let the witness hear what it says, and return its exit code."""
    result = invoke("call", *arguments)
    witness.hears("output", result.output)
    if result.exception and not isinstance(result.exception, SystemExit):
        witness.error(result.exception)
    return result.exit_code


@pytest.mark.parametrize("form", ["table", "json", "jsonl"])
def test_a_call(form: str, witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(faxes=3) as sandbox:
        for name, text in environment(sandbox).items():
            monkeypatch.setenv(name, text)
        monkeypatch.setenv("INTERFAX_PASSWORD", PASSWORD)
        monkeypatch.setenv("NEW_PASSWORD", NEW)
        made = ("--format", form)
        assert hear(witness, *OPEN, "password=env:NEW_PASSWORD", *made) == 0
        assert sandbox.interfax.users["acme.zoe"].password == NEW
        assert hear(witness, *OPEN, "password=env:NEW_PASSWORD", *made) == 1
        own = "interfax.admin.get_user_properties"
        assert hear(witness, own, "username=acme.zoe", *made) == 0
        for wrong in (
            f"password={NEW}",
            NEW,
            f"csid{NEW}",
            f"pasword={NEW}",
            f"password=env:{NEW}!",
        ):
            assert hear(witness, *OPEN, wrong, *made) == 2
        monkeypatch.setenv("INTERFAX_PASSWORD", WRONG)
        assert hear(witness, own, *made) == 1
        assert hear(witness, own, "--help", *made) == 0
    assert witness.heard["output"] >= 5
