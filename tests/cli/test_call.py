"""`faxapi call` of every operation of every provider."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from faxapi.cli.operations import every_method
from faxapi.sandbox import Sandbox
from tests.cli.calling import answer, configured, invoke
from tests.plugin.server import TOKEN, Vendor, serving
from tests.sandbox.wire import NOW

MONTH_AGO = f"{NOW - timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}"
UNTIL = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"

Check = Callable[[Sandbox, Any], bool]

TX = {
    "username": "acme.bob",
    "check_password": "true",
    "feedback_type": "never",
    "feedback_format": "3",
    "feedback_with_tif": "false",
    "default_page_size": "letter",
    "default_retries_to_perform": "3",
    "authenticate_by_signature": "false",
    "authenticate_by_tickets": "false",
    "default_delete_after_usage": "true",
}
TX_KEYS = " ".join(f"{key}={value}" for key, value in TX.items())


def first(sandbox: Sandbox) -> str:
    return str(sandbox.interfax.faxes("acme")[0]["TransactionID"])


INTERFAX: dict[str, tuple[str, Check]] = {
    "outbound.fax_status_ex max_items=3": (
        "FaxStatusEx",
        lambda _, page: len(page["items"]) == page["list_size"] == 3 and page["result_code"] == 0,
    ),
    "outbound.iter_fax_items page_size=10": (
        "FaxStatusEx",
        lambda s, items: len(items) == len(s.interfax.faxes("acme")) > 10,
    ),
    "outbound.get_fax transaction_id={first}": (
        "FaxStatusEx",
        lambda s, fax: str(fax["transaction_id"]) == first(s) and fax["duration"].startswith("PT"),
    ),
    "outbound.fax_query verb=IN verb_data={first},5": (
        "FaxQuery",
        lambda s, page: [str(each["transaction_id"]) for each in page["items"]] == [first(s)],
    ),
    "outbound.fax_query2 user_id.verb=Equals user_id.verb_data=acme.bob num_of_results=2": (
        "FaxQuery2",
        lambda _, page: [each["user_id"] for each in page["items"]] == ["acme.bob"] * 2,
    ),
    "inbound.get_list ltype=AllMessages": ("GetList", lambda _, page: len(page["items"]) > 2),
    f"inbound.get_list2 since={MONTH_AGO} max_chunk_size=1": (
        "GetList2",
        lambda _, page: len(page["items"]) == 1,
    ),
    "admin.get_account_pp_cards_balance": (
        "GetAccountPPCardsBalance",
        lambda _, balance: balance == "128.4500",
    ),
    "admin.open_user username=acme.zoe password=env:NEW_PASSWORD csid=Z&Z": (
        "OpenUser",
        lambda s, _: (
            (s.interfax.users["acme.zoe"].password, s.interfax.users["acme.zoe"].csid)
            == ("zoe1239x", "Z&Z")
        ),
    ),
    "admin.close_user username=acme.bob": (
        "CloseUser",
        lambda s, _: "acme.bob" not in s.interfax.users,
    ),
    "admin.set_user_properties username=acme.bob csid=BOB": (
        "SetUserProperties",
        lambda s, _: (
            (s.interfax.users["acme.bob"].csid, s.interfax.users["acme.bob"].password)
            == ("BOB", "bobSecret1")
        ),
    ),
    "admin.get_user_properties username=acme.bob": (
        "GetUserProperties",
        lambda _, user: (user["username"], user["password"]) == ("acme.bob", "**********"),
    ),
    "admin.get_account_users": (
        "GetAccountUsers",
        lambda s, users: {each["username"] for each in users} == set(s.interfax.users),
    ),
    "admin.get_inbound_nodes country=IT language=italian": (
        "GetInboundNodes",
        lambda _, nodes: [node["description"] for node in nodes] == ["Milano"],
    ),
    "admin.add_rx_service username=acme.carol country_iso_code=US prefix=312 emails=a@x.y,b@x.y": (
        "AddRxService",
        lambda s, _: list(s.interfax.users["acme.carol"].emails) == ["a@x.y", "b@x.y"],
    ),
    "admin.remove_rx_service username=acme.bob": (
        "RemoveRxService",
        lambda s, _: s.interfax.users["acme.bob"].rx is None,
    ),
    "admin.set_rx_service_properties username=acme attachment_format=TIFF": (
        "SetRxServiceProperties",
        lambda s, _: (s.interfax.users["acme"].rx or {})["AttachmentFormat"] == "TIFF",
    ),
    "admin.get_rx_service_properties": (
        "GetRxServiceProperties",
        lambda _, rx: rx["phone_number"] == "12125550100",
    ),
    "admin.add_rx_email_properties email_address=new@x.y send_signed=false send_encrypted=True": (
        "AddRxEmailProperties",
        lambda s, _: s.interfax.users["acme"].emails["new@x.y"]["SendEncrypted"] is True,
    ),
    "admin.set_rx_email_properties email_address=acme@example.com send_signed=true "
    "send_encrypted=true digital_id=env:NEW_PASSWORD": (
        "SetRxEmailProperties",
        lambda s, _: s.interfax.users["acme"].emails["acme@example.com"]["DigitalID"] == "zoe1239x",
    ),
    "admin.get_rx_email_properties": (
        "GetRxEmailProperties",
        lambda _, emails: [each["email_address"] for each in emails] == ["acme@example.com"],
    ),
    "admin.remove_rx_email email_address=acme@example.com": (
        "RemoveRxEmail",
        lambda s, _: not s.interfax.users["acme"].emails,
    ),
    f"admin.add_tx_service {TX_KEYS.replace('acme.bob', 'acme.new')}": (
        "AddTxService",
        lambda s, _: (s.interfax.users["acme.new"].tx or {})["DefaultPageSize"] == "Letter",
    ),
    "admin.remove_tx_service username=acme.bob": (
        "RemoveTxService",
        lambda s, _: s.interfax.users["acme.bob"].tx is None,
    ),
    f"admin.set_user_tx_properties {TX_KEYS}": (
        "SetUserTxProperties",
        lambda s, _: (
            [
                (s.interfax.users["acme.bob"].tx or {})[name]
                for name in ("FeedbackType", "FeedbackFormat")
            ]
            == [0, 3]
        ),
    ),
    "admin.get_user_tx_properties": (
        "GetUserTxProperties",
        lambda _, tx: (tx["username"], tx["feedback_type"]) == ("acme", 3),
    ),
    "admin.get_time_zones": (
        "GetTimeZones",
        lambda _, zones: zones[0].keys() == {"name", "gmt_offset"},
    ),
    "admin.get_time_zones_xml": ("GetTimeZonesXML", lambda _, zones: len(zones) > 5),
    f"admin.get_outbound_activity time_from={MONTH_AGO} time_until={UNTIL}": (
        "GetOutboundActivity",
        lambda _, activity: activity["users"][0]["total_faxes"] > 0,
    ),
    f"admin.get_inbound_activity time_from={NOW:%Y-%m-%d} time_until={UNTIL} only_my_user=true": (
        "GetInboundActivity",
        lambda _, activity: activity["time_from"] == f"{NOW:%Y-%m-%d}T00:00:00Z",
    ),
}
OTHERS: dict[str, tuple[str, Check]] = {
    "openfax.get_cdr_by_job_id job_id={job}": (
        "getCDRByJobID",
        lambda _, rows: [row["error_code"] for row in rows] == ["0", "1"],
    ),
    "openfax.iter_cdr job_id={job}": (
        "getCDRByJobID",
        lambda _, rows: [row["error_code"] for row in rows] == ["0", "1"],
    ),
    "openfax.get_realtime": ("getRealtime", lambda _, jobs: len(jobs) == 2),
    "openfax.get_recent_history": ("getRecentHistory", lambda _, jobs: len(jobs) > 0),
    "openfax.discover": ("", lambda _, found: found["api_key_parameter"] == "APIKey"),
    "imagicle.get_outbound_fax fax_id=a/b_0": (
        "outbound.Details",
        lambda _, fax: (fax["fax_id"], fax["q931_code"]) == ("a/b_0", 17),
    ),
    "imagicle.get_inbound_fax fax_id=in_0": (
        "inbound.Details",
        lambda _, fax: fax["fax_id"] == "in_0",
    ),
    "imagicle.list_outbound_faxes page=1 page_size=2": (
        "outbound.Mine",
        lambda _, faxes: len(faxes) == 2,
    ),
    f"imagicle.list_inbound_faxes submitted_after={MONTH_AGO}": (
        "inbound.Mine",
        lambda _, faxes: len(faxes) > 0,
    ),
    f"imagicle.iter_outbound_faxes submitted.since={MONTH_AGO} submitted.until={UNTIL}": (
        "outbound.Mine",
        lambda _, faxes: len(faxes) > 0,
    ),
    f"imagicle.iter_inbound_faxes submitted_before={UNTIL}": (
        "inbound.Mine",
        lambda _, faxes: len(faxes) > 0,
    ),
}
CALLS = {f"interfax.{call}": expected for call, expected in INTERFAX.items()} | OTHERS
PLUGIN: dict[str, Callable[[Any], bool]] = {
    "parrotfax.get_account": lambda found: found == {"account_id": "acc-1"},
    "parrotfax.get_fax fax_id=1201": lambda fax: fax["price"] == "0.33",
    f"parrotfax.list_faxes direction=sent since={MONTH_AGO}": lambda faxes: len(faxes) == 1,
}


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.setenv("NEW_PASSWORD", "zoe1239x")
    with configured() as sandbox:
        sandbox.imagicle.add_fax(status="Failed", q931_code=17, faxId="a/b_0")
        sandbox.imagicle.add_fax(inbound=True, faxId="in_0")
        yield sandbox


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.partition(" ")[0])
def test_an_operation_can_be_called(call: str, sandbox: Sandbox) -> None:
    operation, check = CALLS[call]
    if "acme.new" in call:
        answer(
            "interfax.admin.open_user", "username=acme.new", "password=env:NEW_PASSWORD", "--yes"
        )
    job = sandbox.openfax.add_job(error_codes=[0, 1])
    del sandbox.requests[:]
    texts = call.format(first=first(sandbox), job=job).split(" ")
    found = answer(*texts, "--yes")
    assert check(sandbox, found)
    assert not operation or any(asked.operation.endswith(operation) for asked in sandbox.requests)


@pytest.mark.parametrize("call", PLUGIN)
def test_a_strangers_operation_can_be_called(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = Vendor()
    vendor.add(NOW)
    with serving(vendor) as server:
        monkeypatch.setenv("PARROTFAX_TOKEN", TOKEN)
        monkeypatch.setenv("PARROTFAX_BASE_URL", server.url)
        assert PLUGIN[call](answer(*call.split(" ")))


def test_no_operation_is_forgotten() -> None:
    called = {call.partition(" ")[0] for call in {**CALLS, **PLUGIN}}
    assert called == set(every_method())
    assert len(called) == 44


@pytest.mark.parametrize("name", every_method())
def test_an_operations_help_tells_what_it_takes(name: str) -> None:
    method = every_method()[name]
    result = invoke("call", name, "--help", env={"COLUMNS": "80"})
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert f"Usage: faxapi call {name}" in result.stdout
    assert ("It changes something" in result.stdout) != method.operation.idempotent
    for argument in method.keywords():
        # A structure's fields stand in its place.
        assert argument in result.stdout or argument in {"user", "properties", "email"}
    assert "given in Python only" not in result.stdout
