"""What `faxapi call` is given that is wrong, and what it says then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from faxapi.sandbox import Sandbox
from tests.cli.calling import configured, invoke

OPEN = "interfax.admin.open_user"
TX = "interfax.admin.set_user_tx_properties"
# What no message may repeat, wherever on the command line it stands.
SECRET = "hunter2x"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with configured(faxes=3) as sandbox:
        yield sandbox


def refused(*arguments: str, code: int = 2) -> str:
    """What is said on stderr of a call that is not made."""
    result = invoke("call", *arguments)
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    assert "Traceback" not in result.stderr
    return " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("interfax.admin.open_usr", "Did you mean interfax.admin.open_user?"),
        ("interfax.admin.OpenUser", "Did you mean interfax.admin.open_user?"),
        ("interfax.admim", "Did you mean interfax.admin?"),
        ("zzz", "there is no operation 'zzz'. faxapi call lists all of them"),
        ("interfax.admin username=x", "interfax.admin is several operations"),
        (
            "interfax.admin.close_user",
            (
                "username must be given. It takes username; faxapi call interfax.admin.close_user "
                "--help tells more"
            ),
        ),
        ("interfax.admin.close_user user=x", "there is no key 'user'. Did you mean 'username'?"),
        ("interfax.admin.get_time_zones a=b", "there is no key 'a'. It takes no arguments"),
        ("interfax.admin.close_user username=a username=b", "username is given twice"),
        ("interfax.admin.close_user acme.bob", "argument 1 is no key=value. It takes username"),
        (f"{OPEN} --yes", "nothing is given. It takes username, password, csid, time_zone"),
        ("interfax.outbound.get_fax transaction_id=abc", "transaction_id must be a whole number"),
        ("interfax.outbound.fax_query verb=NEAR", "verb must be 'PARENT' or 'ACTIVE'"),
        ("interfax.outbound.fax_query2 return_stats=perhaps", "return_stats must be true or false"),
        (f"{TX} username=acme feedback_type=sometimes", "feedback_type must be a whole number"),
        (
            "interfax.admin.get_outbound_activity time_from=soon time_until=now",
            "time_from: 'soon' is no time: write 7d, 36h, today",
        ),
        (
            "imagicle.list_outbound_faxes submitted.since=7d",
            "submitted.until must be given. It takes page, page_size, submitted.since",
        ),
        (
            "imagicle.list_outbound_faxes submitted.since=now submitted.until=7d",
            "Its end must be after its start",
        ),
        ("interfax.outbound.fax_status_ex max_items=101", "101 faxes were asked for in one call"),
        (
            "interfax.admin.get_user_properties --account nobody",
            "interfax has no account called 'nobody'. It has interfax",
        ),
        ("parrotfax.get_account", "no account of parrotfax is configured"),
        (
            "interfax.admin.close_user username=acme.bob",
            "there is no terminal to ask. Answer beforehand with --yes",
        ),
    ],
)
def test_wrong_input_is_told_what_to_do(arguments: str, said: str, sandbox: Sandbox) -> None:
    assert said in refused(*arguments.split(" "))
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            f"{OPEN} username=acme.zoe password={SECRET} --yes",
            "Write password=env:A_VARIABLE, or leave it out at a terminal and be asked",
        ),
        (f"{OPEN} username=acme.zoe password=env:{SECRET}! --yes", "password is a secret"),
        (f"{OPEN} username=acme.zoe {SECRET} --yes", "argument 2 is no key=value"),
        (f"{OPEN} username=acme.zoe pasword={SECRET} --yes", "Did you mean 'password'?"),
        (f"interfax.outbound.get_fax transaction_id={SECRET}", "must be a whole number"),
        (f"{TX} username=acme check_password={SECRET}", "check_password must be true or false"),
        (f"interfax.outbound.fax_query verb={SECRET}", "verb must be 'PARENT'"),
    ],
)
def test_what_may_be_a_secret_is_not_repeated(arguments: str, said: str, sandbox: Sandbox) -> None:
    text = refused(*arguments.split(" "))
    assert said in text
    assert SECRET not in text
    assert sandbox.requests == []


@pytest.mark.parametrize(("value", "state"), [(None, "is not set"), ("", "is empty")])
def test_a_secret_whose_variable_has_none(
    value: str | None, state: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is not None:
        monkeypatch.setenv("NEW_PASSWORD", value)
    text = refused(OPEN, "username=acme.zoe", "password=env:NEW_PASSWORD", "--yes")
    assert f"password: the environment variable NEW_PASSWORD {state}" in text
    assert sandbox.requests == []


def test_a_secret_may_be_left_out_where_nobody_can_be_asked(sandbox: Sandbox) -> None:
    result = invoke(
        "call", "interfax.admin.set_user_properties", "username=acme.bob", "csid=B", "--yes"
    )
    assert (result.exit_code, result.stdout) == (0, "null\n")
    assert sandbox.interfax.users["acme.bob"].password == "bobSecret1"


def test_several_accounts_of_a_provider(sandbox: Sandbox, tmp_path: Path) -> None:
    login = sandbox.credentials["interfax"]
    file = tmp_path / "faxapi.toml"
    account = (
        f'[[account]]\nprovider = "interfax"\nbase_url = "{login["base_url"]}"\ntimezone = "UTC"\n'
        f'username = "{login["username"]}"\npassword = {{env = "INTERFAX_PASSWORD"}}\n'
    )
    file.write_text(f'{account}name = "west"\n{account}name = "east"\n')
    operation = "interfax.admin.get_account_pp_cards_balance"
    said = refused(operation, "--config", str(file))
    assert "interfax has several accounts. Name one with --account: west, east" in said
    result = invoke("call", operation, "--config", str(file), "--account", "east")
    assert (result.exit_code, result.stdout) == (0, '"128.4500"\n')
    assert "openfax is configured" in refused("openfax.get_realtime", "--config", str(file))


def test_a_refusal_of_the_vendors_is_an_error(sandbox: Sandbox) -> None:
    said = refused("interfax.admin.get_user_properties", "username=nobody", code=1)
    assert (
        said
        == "faxapi: interfax admin.GetUserProperties: the user name does not exist [code -2014]"
    )
    assert len(sandbox.requests) == 1


def test_without_an_operation_the_configured_providers_are_listed(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = invoke("call").stdout
    assert max(map(len, listed.splitlines())) <= 80
    lines = [line.split() for line in listed.splitlines()]
    assert ["open_user", "changes"] in [line[:2] for line in lines]
    assert ["get_user_properties", "reads"] in [line[:2] for line in lines]
    assert ["interfax.admin"] in lines
    assert ["parrotfax"] not in lines
    assert ["fax_query", "reads"] not in [
        line.split()[:2] for line in invoke("call", "interfax.admin").stdout.splitlines()
    ]
    for name in list(sandbox.credentials):
        monkeypatch.delenv(f"{name}_BASE_URL".upper())
        for key in sandbox.credentials[name]:
            monkeypatch.delenv(f"{name}_{key}".upper(), raising=False)
        monkeypatch.delenv(f"{name}_TIMEZONE".upper())
    assert ["parrotfax"] in [line.split() for line in invoke("call").stdout.splitlines()]


def test_a_configuration_that_is_wrong_is_said(tmp_path: Path) -> None:
    assert "cannot be read" in refused("--config", str(tmp_path / "none.toml"))
    assert "Usage: faxapi call" in invoke("call", "--help").stdout


def test_what_was_read_can_be_changed_and_written_back(sandbox: Sandbox, tmp_path: Path) -> None:
    read = invoke("call", "interfax.admin.get_user_tx_properties", "username=acme.bob")
    file = tmp_path / "tx.json"
    file.write_text(read.stdout)
    result = invoke("call", TX, "--from", str(file), "feedback_type=NEVER", "--yes")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "null\n", "")
    written = invoke("call", "interfax.admin.get_user_tx_properties", "username=acme.bob")
    assert json.loads(written.stdout) == {**json.loads(read.stdout), "feedback_type": 0}
    assert json.loads(read.stdout)["feedback_type"] != 0
    assert {asked.status for asked in sandbox.requests} == {200}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file or directory"),
        ("[1]", "does not hold one JSON object"),
        (f"{{{SECRET}", "does not hold one JSON object"),
        ('{"user": "x"}', "there is no key 'user'. Did you mean 'username'?"),
        (
            f'{{"username": "x", "password": "{SECRET}"}}',
            "password is a secret. Take it out of the file",
        ),
    ],
)
def test_a_file_of_keys_that_is_wrong(
    content: str | None, said: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    file = tmp_path / "user.json"
    if content is not None:
        file.write_text(content)
    text = refused(OPEN, "--from", str(file), "--yes")
    assert said in text
    assert "user.json" in text
    assert SECRET not in text
    assert sandbox.requests == []
