"""`faxapi providers`, and what a shell completes of `faxapi call`."""

from __future__ import annotations

import json

import pytest

from faxapi.cli.operations import every_method
from faxapi.cli.providers import capabilities
from faxapi.providers import Provider, registered
from faxapi.providers.interfax import InterFax
from tests.cli.calling import invoke


def test_every_provider_tells_what_it_can_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    found = json.loads(invoke("providers").stdout)
    assert [each["provider"] for each in found] == sorted(registered())
    interfax = next(each for each in found if each["provider"] == "interfax")
    assert interfax["faxes_received"] is True
    assert interfax["broadcast_jobs"] is False
    assert interfax["operations_that_change_something"] == 12
    assert interfax["published_limit"] == {"calls": 6, "per": 60}
    table = invoke("providers", "--format", "table").stdout
    assert max(map(len, table.splitlines())) <= 80
    assert [name for name in (*registered(), *capabilities(InterFax)) if name not in table] == []


def test_a_kind_without_directions_is_both() -> None:
    class Telex(Provider, name="telex"):
        async def faxes(self, ask: object, out: object) -> None:
            """Report faxes of both directions."""

    able = capabilities(Telex)
    assert able["faxes sent"] is able["faxes received"] is True
    assert able["broadcast jobs"] is False
    assert able["operations that read"] == 0


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("interfax.admin.open", {"interfax.admin.open_user"}),
        ("parrotfax.", {name for name in every_method() if name.startswith("parrotfax.")}),
        ("interfax.admin.open_user user", {"username="}),
        ("interfax.admin.open_user username=x ", {"password=", "csid=", "time_zone="}),
        ("interfax.outbound.fax_query verb=G", {"verb=GT", "verb=GE"}),
        ("interfax.admin.set_user_tx_properties default_page_size=LE",
         {"default_page_size=LETTER", "default_page_size=LEGAL"}),
        ("interfax.admin.get_time_zones ", set()),
        ("nothing.like.it a", set()),
    ],
)  # fmt: skip
def test_a_shell_completes_operations_and_keys(words: str, offered: set[str]) -> None:
    env = {
        "_FAXAPI_COMPLETE": "complete_fish",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_ARGS": f"faxapi call {words}",
    }
    result = invoke(env=env)
    found = {line.partition("\t")[0] for line in result.stdout.splitlines() if line}
    assert found == offered
