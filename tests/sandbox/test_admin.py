"""InterFax's admin service: its state changes, and each rule has its result code.

Codes: "Interfax Admin Web service v1.0", appendix A.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from faxapi.sandbox.admin import MOST_USERS
from tests.sandbox.wire import ACME, ADMIN, BOB, DFS, Caller, login, page, value, values

PASSWORD = "abc123"


def user(username: str, password: str = PASSWORD, zone: str = "") -> str:
    time_zone = f"<TimeZone>{zone}</TimeZone>" if zone else ""
    return (
        f"<Username>{username}</Username><Password>{password}</Password><CSID>X</CSID>{time_zone}"
    )


def open_user(caller: Caller, username: str, password: str = PASSWORD, zone: str = "") -> str:
    new = f"<NewUser>{user(username, password, zone)}</NewUser>"
    return value(caller.primary("OpenUser", new), "OpenUserResult")


def result(answer: httpx.Response, name: str) -> str:
    assert answer.status_code == 200
    return value(answer, f"{name}Result")


def as_user(caller: Caller, name: str, who: tuple[str, str], parameters: str = "") -> str:
    return result(caller.call(ADMIN, name, login(*who) + parameters), name)


TX = {
    "Username": "acme.bob",
    "CheckPassword": "true",
    "FeedbackType": "1",
    "FeedbackFormat": "2",
    "FeedbackWithTIF": "0",
    "AllowedSenders": "ada@example.com, *@example.com",
    "DefaultPageSize": "Letter",
    "DefaultPageOrientation": "Portrait",
    "DefaultPageResolution": "Fine",
    "DefaultRenderingQuality": "Standard",
    "DefaultRetriesToPerform": "3",
    "AuthenticateBySignature": "false",
    "AuthenticateByTickets": "false",
    "DefaultDeleteAfterUsage": "false",
    "DialingCountryISOCode": "US",
}


def u_tx(**changed: str) -> str:
    return f"<U_tx>{''.join(f'<{n}>{v}</{n}>' for n, v in {**TX, **changed}.items())}</U_tx>"


def test_the_balance_is_a_decimal_beside_the_code(shared: Caller) -> None:
    answer = shared.primary("GetAccountPPCardsBalance", "<Balance>0</Balance>")
    assert result(answer, "GetAccountPPCardsBalance") == "0"
    assert Decimal(value(answer, "Balance")) > 0


def test_a_user_that_was_opened_can_be_asked_for_and_can_log_in(empty: Caller) -> None:
    assert open_user(empty, "acme.zoe", "zoe123", "Tokyo Standard Time") == "0"
    asked = "<User><Username>acme.zoe</Username></User>"
    answer = empty.primary("GetUserProperties", asked)
    assert result(answer, "GetUserProperties") == "0"
    assert value(answer, "TimeZone") == "Tokyo Standard Time"
    assert value(answer, "CSID") == "X"
    own = empty.call(DFS, "FaxStatusEx", login("acme.zoe", "zoe123") + page())
    assert value(own, "ResultCode") == "0"


def test_a_user_that_was_closed_is_inaccessible(empty: Caller) -> None:
    name = "<Username>acme.bob</Username>"
    assert result(empty.primary("CloseUser", name), "CloseUser") == "0"
    assert result(empty.primary("CloseUser", name), "CloseUser") == "-2014"
    answer = empty.call(DFS, "FaxStatusEx", login(*BOB) + page())
    assert value(answer, "ResultCode") == "-1003"


def test_a_changed_password_counts_from_now_on(empty: Caller) -> None:
    new = f"<User>{user('acme.bob', 'another1', 'India Standard Time')}</User>"
    assert result(empty.primary("SetUserProperties", new), "SetUserProperties") == "0"
    tx = u_tx()
    assert as_user(empty, "GetUserTxProperties", BOB, tx) == "-1003"
    assert as_user(empty, "GetUserTxProperties", ("acme.bob", "another1"), tx) == "0"


def test_a_password_against_the_rules_changes_nothing(empty: Caller) -> None:
    for password in ("ab", "a" * 17, "with space"):
        new = f"<User>{user('acme.bob', password)}</User>"
        assert result(empty.primary("SetUserProperties", new), "SetUserProperties") == "-2011"
    assert as_user(empty, "GetUserTxProperties", BOB, u_tx()) == "0"


@pytest.mark.parametrize(
    ("username", "password", "zone", "code"),
    [
        ("acme.bob", "abc123", "", "-2010"),
        ("acme.new", "ab", "", "-2011"),
        ("acme.new", "a" * 17, "", "-2011"),
        ("acme.new", "with space", "", "-2011"),
        ("acme.new", "abc123", "Mars Standard Time", "-2012"),
        ("other.new", "abc123", "", "-2013"),
        ("acme.", "abc123", "", "-2013"),
        ("acme.a-name-too-long-x", "abc123", "", "-2015"),
        ("acme.new", "a" * 16, "GMT Standard Time", "0"),
    ],
)
def test_opening_a_user_has_rules(
    empty: Caller, username: str, password: str, zone: str, code: str
) -> None:
    assert open_user(empty, username, password, zone) == code


def test_an_account_has_only_so_many_users(empty: Caller) -> None:
    opened = [open_user(empty, f"acme.u{number}") for number in range(MOST_USERS)]
    assert set(opened) == {"0", "-1020"}
    assert opened.index("-1020") == MOST_USERS - 3


PRIMARY_ONLY = {
    "GetAccountPPCardsBalance": "<Balance>0</Balance>",
    "OpenUser": f"<NewUser>{user('acme.new')}</NewUser>",
    "CloseUser": "<Username>acme.carol</Username>",
    "AddRxService": "<Username>acme.carol</Username>",
    "RemoveRxService": "<Username>acme</Username>",
    "AddTxService": u_tx(),
    "RemoveTxService": "<Username>acme</Username>",
}
RANGE = (
    "<TimeFrom>{since}T00:00:00</TimeFrom><TimeUntil>{until}T00:00:00</TimeUntil>"
    "<OnlyMyUser>{own}</OnlyMyUser>"
)


@pytest.mark.parametrize("name", PRIMARY_ONLY)
def test_what_needs_a_primary_user_is_refused_to_others(shared: Caller, name: str) -> None:
    for who, code in ((BOB, "-310"), (("acme", "wrong"), "-1003")):
        parameters = login(*who, prefix="Primary") + PRIMARY_ONLY[name]
        assert result(shared.call(ADMIN, name, parameters), name) == code


@pytest.mark.parametrize("name", ["GetOutboundActivity", "GetInboundActivity"])
def test_totals_need_a_primary_user(shared: Caller, name: str) -> None:
    asked = RANGE.format(since="2026-02-01", until="2026-03-01", own="false")
    answer = shared.call(ADMIN, name, login(*BOB) + asked)
    assert value(answer, "Status") == "-310"


def test_a_normal_user_changes_itself_and_nobody_else(empty: Caller) -> None:
    name = "SetUserProperties"
    for other, code in (("acme.bob", "0"), ("acme.carol", "-310"), ("nobody", "-310")):
        parameters = login(*BOB, prefix="Primary") + f"<User>{user(other, BOB[1])}</User>"
        assert result(empty.call(ADMIN, name, parameters), name) == code
    assert as_user(empty, "SetUserTxProperties", BOB, u_tx()) == "0"
    assert as_user(empty, "SetUserTxProperties", BOB, u_tx(Username="acme")) == "-310"
    assert as_user(empty, "SetUserTxProperties", ACME, u_tx(Username="nobody")) == "-2014"


def test_the_caller_cannot_close_itself(empty: Caller) -> None:
    answer = empty.primary("CloseUser", "<Username>acme</Username>")
    assert result(answer, "CloseUser") == "-310"


def test_an_outbound_service_comes_and_goes(empty: Caller) -> None:
    name = "<Username>acme.bob</Username>"
    assert result(empty.primary("AddTxService", u_tx()), "AddTxService") == "-2031"
    assert result(empty.primary("RemoveTxService", name), "RemoveTxService") == "0"
    assert result(empty.primary("RemoveTxService", name), "RemoveTxService") == "-2030"
    assert as_user(empty, "GetUserTxProperties", BOB, u_tx()) == "-2030"
    assert as_user(empty, "SetUserTxProperties", BOB, u_tx()) == "-2030"
    assert result(empty.primary("AddTxService", u_tx()), "AddTxService") == "0"
    answer = empty.call(ADMIN, "GetUserTxProperties", login(*BOB) + u_tx())
    assert [value(answer, each) for each in ("FeedbackType", "DefaultPageSize")] == ["1", "Letter"]


@pytest.mark.parametrize(
    ("field", "wrong", "code"),
    [
        ("FeedbackType", "4", "-2020"),
        ("FeedbackFormat", "-1", "-2021"),
        ("AllowedSenders", "nobody", "-2022"),
        ("DefaultPageSize", "A5", "-2023"),
        ("DefaultPageOrientation", "Diagonal", "-2024"),
        ("DefaultPageResolution", "Best", "-2025"),
        ("DefaultRenderingQuality", "Best", "-2026"),
        ("DefaultRetriesToPerform", "10", "-2027"),
        ("DialingCountryISOCode", "USA", "-2028"),
    ],
)
def test_outbound_properties_have_rules(shared: Caller, field: str, wrong: str, code: str) -> None:
    assert as_user(shared, "SetUserTxProperties", BOB, u_tx(**{field: wrong})) == code


def add_rx(
    caller: Caller,
    who: str = "acme.carol",
    country: str = "GB",
    prefix: str = "20",
    local: str = "",
) -> str:
    parameters = (
        f"<Username>{who}</Username><CountryISOCode>{country}</CountryISOCode>"
        f"<Prefix>{prefix}</Prefix><LocalNumber>{local}</LocalNumber>"
        "<Emails>carol@example.com;post@example.com</Emails>"
    )
    return result(caller.primary("AddRxService", parameters), "AddRxService")


CAROL = ("acme.carol", "carolSecret1")


def test_an_inbound_service_comes_and_goes(empty: Caller) -> None:
    assert as_user(empty, "GetRxServiceProperties", CAROL) == "-2036"
    assert add_rx(empty, local="79460123") == "0"
    answer = empty.call(ADMIN, "GetRxServiceProperties", login(*CAROL))
    assert value(answer, "PhoneNumber") == "442079460123"
    assert value(answer, "Emails") == "carol@example.com;post@example.com"
    assert add_rx(empty) == "-2032"
    name = "<Username>acme.carol</Username>"
    assert result(empty.primary("RemoveRxService", name), "RemoveRxService") == "0"
    assert result(empty.primary("RemoveRxService", name), "RemoveRxService") == "-2036"


def test_a_number_is_chosen_and_is_given_once(empty: Caller) -> None:
    assert add_rx(empty, country="US", prefix="212") == "0"
    answer = empty.call(ADMIN, "GetRxServiceProperties", login(*CAROL))
    # 100 and 101 are the other users'.
    assert value(answer, "PhoneNumber") == "12125550102"
    open_user(empty, "acme.dan")
    assert add_rx(empty, "acme.dan", "US", "212", local="5550102") == "-2033"


@pytest.mark.parametrize(
    ("who", "country", "prefix", "code"),
    [
        ("nobody", "GB", "20", "-2014"),
        ("acme.carol", "England", "20", "-2028"),
        ("acme.carol", "GB", "99", "-2033"),
        ("acme.carol", "FR", "1", "-2033"),
    ],
)
def test_inbound_services_have_rules(
    shared: Caller, who: str, country: str, prefix: str, code: str
) -> None:
    assert add_rx(shared, who, country, prefix) == code


def test_inbound_properties_change(empty: Caller) -> None:
    new = (
        "<U_Rx><Username>acme.bob</Username><AttachmentFormat>TIFF</AttachmentFormat>"
        "<Emails>new@example.com</Emails></U_Rx>"
    )
    assert as_user(empty, "SetRxServiceProperties", BOB, new) == "0"
    answer = empty.call(ADMIN, "GetRxServiceProperties", login(*BOB))
    assert value(answer, "AttachmentFormat") == "TIFF"
    assert value(answer, "Emails") == "new@example.com"
    # InterFax assigns it.
    assert value(answer, "PhoneNumber") == "12125550101"
    assert as_user(empty, "SetRxServiceProperties", CAROL, "<U_Rx />") == "-2036"
    zone = new.replace("</U_Rx>", "<TimeZone>Mars</TimeZone></U_Rx>")
    assert as_user(empty, "SetRxServiceProperties", BOB, zone) == "-2012"


def email(address: str, signed: str = "false") -> str:
    return (
        f"<EmailAddress>{address}</EmailAddress><SendSigned>{signed}</SendSigned>"
        "<SendEncrypted>false</SendEncrypted>"
    )


def test_addresses_come_change_and_go(empty: Caller) -> None:
    add, change, remove = "AddRxEmailProperties", "SetRxEmailProperties", "RemoveRxEmail"
    assert as_user(empty, add, BOB, email("a@example.com")) == "0"
    assert as_user(empty, add, BOB, email("a@example.com")) == "-2034"
    assert as_user(empty, change, BOB, email("a@example.com", "true")) == "0"
    assert as_user(empty, change, BOB, email("b@example.com")) == "-2035"
    answer = empty.call(ADMIN, "GetRxEmailProperties", login(*BOB))
    assert values(answer, "EmailAddress") == ["acme.bob@example.com", "a@example.com"]
    assert values(answer, "SendSigned") == ["false", "true"]
    gone = "<EmailAddress>a@example.com</EmailAddress>"
    assert as_user(empty, remove, BOB, gone) == "0"
    assert as_user(empty, remove, BOB, gone) == "-2035"
    for name in (add, change):
        assert as_user(empty, name, CAROL, email("a@example.com")) == "-2036"
    assert as_user(empty, "GetRxEmailProperties", CAROL) == "-2036"


def activity(caller: Caller, since: str, until: str, own: str = "false") -> httpx.Response:
    return caller.admin("GetOutboundActivity", RANGE.format(since=since, until=until, own=own))


def test_totals_are_those_of_the_faxes(empty: Caller) -> None:
    def add(status: int, day: int, pages: int, **more: object) -> int:
        return empty.sandbox.interfax.add_fax(
            status=status,
            submit_time=datetime(2026, 2, day, tzinfo=UTC),
            PagesSent=pages,
            Units=Decimal(pages),
            CostPerUnit=Decimal("0.11"),
            **more,  # type: ignore[arg-type]
        )

    add(0, 9, 8)
    first = add(0, 10, 1)
    add(3931, 11, 0)
    last = add(0, 12, 2)
    add(0, 13, 16)
    add(0, 12, 4, user_id="acme.bob")
    answer = activity(empty, "2026-02-10", "2026-02-13")
    assert value(answer, "Status") == "0"
    assert value(answer, "TimeUntil") == "2026-02-13T00:00:00"
    assert values(answer, "Username") == ["acme", "acme.bob", "acme.carol"]
    assert values(answer, "TotalFaxes") == ["2", "1", "0"]
    assert values(answer, "TotalPages") == ["3", "4", "0"]
    assert values(answer, "TotalUnits") == ["3", "4", "0"]
    assert values(answer, "TotalCost") == ["0.33", "0.44", "0"]
    assert values(answer, "MinTransactionID")[0] == str(first)
    assert values(answer, "MaxTransactionID")[0] == str(last)
    assert values(activity(empty, "2026-02-10", "2026-02-13", "true"), "Username") == ["acme"]


def test_inbound_totals_are_by_number(shared: Caller) -> None:
    parameters = RANGE.format(since="2026-01-20", until="2026-03-03", own="false")
    answer = shared.admin("GetInboundActivity", parameters)
    assert values(answer, "PhoneNumber") == ["12125550100", "12125550101"]
    assert sum(map(int, values(answer, "TotalFaxes"))) == 200


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [("2026-03-02", "2026-03-01", "-2040"), ("2026-01-01", "2026-03-01", "-2041")],
)
def test_totals_have_bounds(shared: Caller, since: str, until: str, code: str) -> None:
    assert value(activity(shared, since, until), "Status") == code


def test_sixty_days_are_not_too_old(shared: Caller) -> None:
    since = datetime(2026, 3, 2, tzinfo=UTC) - timedelta(days=59)
    assert value(activity(shared, f"{since:%Y-%m-%d}", "2026-03-02"), "Status") == "0"


def test_nodes_are_those_of_a_country(shared: Caller) -> None:
    found = shared.call(ADMIN, "GetInboundNodes", "<Country>US</Country><Language>EN</Language>")
    assert values(found, "Prefix") == ["212", "312"]
    assert values(found, "CountryCode") == ["1", "1"]
    none = shared.call(ADMIN, "GetInboundNodes", "<Country>FR</Country>")
    assert "GetInboundNodesResult" not in none.text


def test_time_zones_need_no_login(shared: Caller) -> None:
    zones = shared.call(ADMIN, "GetTimeZones")
    names = values(zones, "Name")
    assert (
        dict(zip(names, values(zones, "GMTOffset"), strict=True))["Israel Standard Time"] == "120"
    )
    text = value(shared.call(ADMIN, "GetTimeZonesXML"), "GetTimeZonesXMLResult")
    # The vendor's sample opens GMTOffset twice and closes it never.
    assert "&lt;GMTOffset&gt;120&lt;GMTOffset&gt;" in text
    assert "/GMTOffset" not in text
