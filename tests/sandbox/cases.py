"""A call of every operation that the clients have, each with a check of what came of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from faxapi import Imagicle, InterFax, Openfax
from faxapi.providers.imagicle import operations as imagicle_ops
from faxapi.providers.interfax import (
    FaxItemEx,
    FeedbackType,
    QueryCondition,
    RxEmail,
    UserGeneral,
    UserRx,
)
from faxapi.providers.interfax import operations as interfax_ops
from faxapi.providers.openfax.operations import DEFAULT as OPENFAX
from faxapi.sandbox import Sandbox
from faxapi.wire.rest import RestOperation
from faxapi.wire.soap import SoapOperation
from tests.sandbox.wire import NOW

MONTH_AGO = NOW - timedelta(days=30)


@dataclass
class Clients:
    sandbox: Sandbox
    interfax: InterFax
    openfax: Openfax
    imagicle: Imagicle

    @property
    def accounts(self) -> tuple[InterFax, Openfax, Imagicle]:
        return self.interfax, self.openfax, self.imagicle

    @property
    def users(self) -> dict[str, Any]:
        """The users whom the sandbox has at present."""
        return dict(self.sandbox.interfax.users)


Call = Callable[[Clients], Awaitable[object]]


@dataclass
class Case:
    """A call of an operation, and whether what came of it is right."""

    operation: SoapOperation[Any] | RestOperation[Any]
    call: Call
    check: Callable[[Clients, Any], bool]

    @property
    def label(self) -> str:
        named = self.operation
        return named.label if isinstance(named, SoapOperation) else named.name


def name_of(case: Case) -> str:
    """What a test of it is called."""
    call = case.call.__name__
    return case.label if call == "<lambda>" else f"{case.label}-{call}"


async def get_fax(clients: Clients) -> FaxItemEx:
    return await clients.interfax.outbound.get_fax(clients.sandbox.interfax.add_fax(status=6018))


async def iter_fax_items(clients: Clients) -> list[int]:
    pages = clients.interfax.outbound.iter_fax_items(page_size=10)
    return [item.transaction_id async for item in pages]


async def another_login(clients: Clients) -> object:
    bob = clients.interfax.with_credentials("acme.bob", "bobSecret1")
    return await bob.outbound.fax_status_ex(max_items=5)


async def some_ids(clients: Clients) -> set[int]:
    """Those that FaxQuery finds of two that are there and one that is not."""
    first, second = (clients.sandbox.interfax.add_fax(status=status) for status in (-3, 0))
    found = await clients.interfax.outbound.fax_query(verb="IN", verb_data=[first, second, 5])
    return {item.transaction_id - first for item in found.items}


async def tx_properties(clients: Clients) -> None:
    """Read, change a copy, write: as an application has to."""
    admin = clients.interfax.admin
    present = await admin.get_user_tx_properties("acme.bob")
    changed = present.model_copy(update={"feedback_type": FeedbackType.NEVER})
    await admin.set_user_tx_properties(changed)


async def tx_service(clients: Clients) -> None:
    admin = clients.interfax.admin
    present = await admin.get_user_tx_properties("acme.bob")
    await admin.remove_tx_service("acme.bob")
    await admin.add_tx_service(present)


async def rx_email(clients: Clients) -> object:
    """Each address as it stands after its change."""
    admin = clients.interfax.admin
    secret = RxEmail(
        email_address="acme@example.com", send_signed=True, send_encrypted=True, digital_id=None
    )
    await admin.set_rx_email_properties(secret)
    return await admin.get_rx_email_properties()


async def report(clients: Clients) -> object:
    job = clients.sandbox.openfax.add_job(error_codes=[0, 1])
    return await clients.openfax.get_cdr_by_job_id(job_id=job)


async def streamed_report(clients: Clients) -> list[str | None]:
    job = clients.sandbox.openfax.add_job(error_codes=[0, 1] * 500)
    async with clients.openfax.iter_cdr(job_id=job) as rows:
        return [row.error_code async for row in rows]


async def sent_details(clients: Clients) -> object:
    fax = clients.sandbox.imagicle.add_fax(status="Failed", q931_code=17, faxId="a/b_0")
    return await clients.imagicle.get_outbound_fax(fax)


async def received_details(clients: Clients) -> object:
    fax = clients.sandbox.imagicle.add_fax(inbound=True, submit_time=NOW)
    return await clients.imagicle.get_inbound_fax(fax)


def ids(faxes: list[Any]) -> set[str]:
    return {fax.fax_id for fax in faxes}


INTERFAX = [
    Case(
        interfax_ops.FAX_STATUS_EX,
        lambda c: c.interfax.outbound.fax_status_ex(max_items=20),
        lambda c, page: (
            len(page.items) == page.list_size == 20
            and page.total_count == len(c.sandbox.interfax.faxes("acme"))
            and page.items[0].submit_time <= NOW
            and not page.notices
        ),
    ),
    Case(interfax_ops.FAX_STATUS_EX, get_fax, lambda _, fax: fax.status == 6018),
    Case(
        interfax_ops.FAX_STATUS_EX,
        iter_fax_items,
        lambda c, found: (
            found == [fax["TransactionID"] for fax in c.sandbox.interfax.faxes("acme")][::-1]
            and len(found) > 20
        ),
    ),
    Case(
        interfax_ops.FAX_STATUS_EX,
        another_login,
        lambda _, page: {item.user_id for item in page.items} == {"acme.bob"},
    ),
    Case(interfax_ops.FAX_QUERY, some_ids, lambda _, found: found == {0, 1}),
    Case(
        interfax_ops.FAX_QUERY2,
        lambda c: c.interfax.outbound.fax_query2(
            user_id=QueryCondition.of("Equals", "acme.bob"),
            date_from=MONTH_AGO,
            starting_record=1,
            num_of_results=5,
            return_stats=True,
        ),
        lambda c, page: (
            [item.transaction_id for item in page.items]
            == [
                fax["TransactionID"]
                for fax in c.sandbox.interfax.faxes("acme.bob")
                if fax["SubmitTime"] >= MONTH_AGO
            ][1:6]
            and page.total_transactions == sum(each.count for each in page.stats) > 6
            and not page.notices
        ),
    ),
    Case(
        interfax_ops.GET_LIST,
        lambda c: c.interfax.inbound.get_list(max_items=3),
        lambda c, page: (
            [item.message_id for item in page.items]
            == [each["MessageID"] for each in c.sandbox.interfax.received("acme")][:-4:-1]
        ),
    ),
    Case(
        interfax_ops.GET_LIST2,
        lambda c: c.interfax.inbound.get_list2(since=MONTH_AGO, from_record_number=2),
        lambda c, page: (
            [item.message_id for item in page.items]
            == [
                each["MessageID"]
                for each in c.sandbox.interfax.received("acme")
                if each["ReceiveTime"] >= MONTH_AGO
            ][-3::-1]
            and page.total_transactions == len(page.items) + 2 > 4
            and page.items[0].phone_number == "12125550100"
            and not page.notices
        ),
    ),
    Case(
        interfax_ops.GET_ACCOUNT_PP_CARDS_BALANCE,
        lambda c: c.interfax.admin.get_account_pp_cards_balance(),
        lambda c, balance: balance == c.sandbox.interfax.balance == Decimal("128.45"),
    ),
    Case(
        interfax_ops.OPEN_USER,
        lambda c: c.interfax.admin.open_user(
            UserGeneral.model_validate(
                {"username": "acme.zoe", "password": "zoe1239x", "csid": "Z & Z", "time_zone": None}
            )
        ),
        lambda c, _: c.users["acme.zoe"].csid == "Z & Z",
    ),
    Case(
        interfax_ops.CLOSE_USER,
        lambda c: c.interfax.admin.close_user("acme.bob"),
        lambda c, _: "acme.bob" not in c.users,
    ),
    Case(
        interfax_ops.SET_USER_PROPERTIES,
        lambda c: c.interfax.admin.set_user_properties(
            UserGeneral(username="acme.bob", csid="BOB", time_zone="Tokyo Standard Time")
        ),
        lambda c, _: (
            (c.users["acme.bob"].csid, c.users["acme.bob"].password) == ("BOB", "bobSecret1")
        ),
    ),
    Case(
        interfax_ops.GET_USER_PROPERTIES,
        lambda c: c.interfax.admin.get_user_properties("acme.bob"),
        lambda _, user: (user.username, user.csid) == ("acme.bob", "ACME"),
    ),
    Case(
        interfax_ops.GET_INBOUND_NODES,
        lambda c: c.interfax.admin.get_inbound_nodes("IT", "IT"),
        lambda _, nodes: [(node.description, node.prefix) for node in nodes] == [("Milano", 2)],
    ),
    Case(
        interfax_ops.ADD_RX_SERVICE,
        lambda c: c.interfax.admin.add_rx_service(
            "acme.carol",
            country_iso_code="US",
            prefix="312",
            emails=["a@example.com", "b@example.com"],
        ),
        lambda c, _: (
            c.users["acme.carol"].rx["PhoneNumber"].startswith("1312")
            and list(c.users["acme.carol"].emails) == ["a@example.com", "b@example.com"]
        ),
    ),
    Case(
        interfax_ops.REMOVE_RX_SERVICE,
        lambda c: c.interfax.admin.remove_rx_service("acme.bob"),
        lambda c, _: c.users["acme.bob"].rx is None,
    ),
    Case(
        interfax_ops.SET_RX_SERVICE_PROPERTIES,
        lambda c: c.interfax.admin.set_rx_service_properties(
            UserRx(username="acme", attachment_format="TIFF")
        ),
        lambda c, _: c.users["acme"].rx["AttachmentFormat"] == "TIFF",
    ),
    Case(
        interfax_ops.GET_RX_SERVICE_PROPERTIES,
        lambda c: c.interfax.admin.get_rx_service_properties(),
        lambda _, rx: (rx.phone_number, rx.emails) == ("12125550100", "acme@example.com"),
    ),
    Case(
        interfax_ops.ADD_RX_EMAIL_PROPERTIES,
        lambda c: c.interfax.admin.add_rx_email_properties(
            RxEmail(email_address="new@example.com", send_signed=False, send_encrypted=True)
        ),
        lambda c, _: c.users["acme"].emails["new@example.com"]["SendEncrypted"] is True,
    ),
    Case(
        interfax_ops.SET_RX_EMAIL_PROPERTIES,
        rx_email,
        lambda _, emails: (
            [(each.send_signed, each.send_encrypted) for each in emails] == [(True, True)]
        ),
    ),
    Case(
        interfax_ops.GET_RX_EMAIL_PROPERTIES,
        lambda c: c.interfax.admin.get_rx_email_properties(),
        lambda _, emails: [each.email_address for each in emails] == ["acme@example.com"],
    ),
    Case(
        interfax_ops.REMOVE_RX_EMAIL,
        lambda c: c.interfax.admin.remove_rx_email("acme@example.com"),
        lambda c, _: not c.users["acme"].emails,
    ),
    Case(
        interfax_ops.ADD_TX_SERVICE,
        tx_service,
        lambda c, _: c.users["acme.bob"].tx["DefaultPageSize"] == "A4",
    ),
    Case(
        interfax_ops.REMOVE_TX_SERVICE,
        lambda c: c.interfax.admin.remove_tx_service("acme.carol"),
        lambda c, _: c.users["acme.carol"].tx is None,
    ),
    Case(
        interfax_ops.SET_USER_TX_PROPERTIES,
        tx_properties,
        lambda c, _: c.users["acme.bob"].tx["FeedbackType"] == 0,
    ),
    Case(
        interfax_ops.GET_USER_TX_PROPERTIES,
        lambda c: c.interfax.admin.get_user_tx_properties(),
        lambda _, tx: (tx.username, tx.feedback_type) == ("acme", FeedbackType.ALWAYS),
    ),
    Case(
        interfax_ops.GET_ACCOUNT_USERS,
        lambda c: c.interfax.admin.get_account_users(),
        lambda c, users: {user.username for user in users} == set(c.users),
    ),
    Case(
        interfax_ops.GET_TIME_ZONES,
        lambda c: c.interfax.admin.get_time_zones(),
        lambda _, zones: (
            ("India Standard Time", 330) in {(zone.name, zone.gmt_offset) for zone in zones}
        ),
    ),
    Case(
        interfax_ops.GET_TIME_ZONES_XML,
        lambda c: c.interfax.admin.get_time_zones_xml(),
        lambda _, zones: (
            ("Pacific Standard Time", -480) in {(zone.name, zone.gmt_offset) for zone in zones}
        ),
    ),
    Case(
        interfax_ops.GET_OUTBOUND_ACTIVITY,
        lambda c: c.interfax.admin.get_outbound_activity(time_from=MONTH_AGO, time_until=NOW),
        lambda _, activity: (
            [user.username for user in activity.users] == ["acme", "acme.bob", "acme.carol"]
            and activity.time_until == NOW
            and activity.users[0].total_faxes > 0
        ),
    ),
    Case(
        interfax_ops.GET_INBOUND_ACTIVITY,
        lambda c: c.interfax.admin.get_inbound_activity(
            time_from=MONTH_AGO, time_until=NOW, only_my_user=True
        ),
        lambda _, activity: [user.phone_number for user in activity.users] == ["12125550100"],
    ),
]
OPENFAX_CASES = [
    Case(
        OPENFAX.get_cdr_by_job_id,
        report,
        lambda _, rows: (
            [row.error_code for row in rows] == ["0", "1"]
            and rows[0].completed_date == NOW
            and timedelta() < rows[0].duration < timedelta(hours=1)
        ),
    ),
    Case(
        OPENFAX.get_cdr_by_job_id,
        streamed_report,
        lambda _, codes: codes == ["0", "1"] * 500,
    ),
    Case(
        OPENFAX.get_realtime,
        lambda c: c.openfax.get_realtime(),
        lambda _, jobs: (
            len(jobs) == 2 and all(job.total_destinations >= job.total_failed for job in jobs)
        ),
    ),
    Case(
        OPENFAX.get_recent_history,
        lambda c: c.openfax.get_recent_history(),
        lambda _, jobs: (
            bool(jobs)
            and all(
                job.total_successful + job.total_failed == job.total_destinations for job in jobs
            )
        ),
    ),
]
IMAGICLE_CASES = [
    Case(
        imagicle_ops.GET_OUTBOUND,
        sent_details,
        lambda _, fax: (fax.fax_id, fax.status, fax.q931_code) == ("a/b_0", "Failed", 17),
    ),
    Case(
        imagicle_ops.GET_INBOUND,
        received_details,
        lambda _, fax: fax.sender.fax_number.startswith("+") and fax.submit_time == NOW,
    ),
    Case(
        imagicle_ops.LIST_OUTBOUND,
        lambda c: c.imagicle.list_outbound_faxes(page=2, page_size=10),
        lambda _, faxes: len(ids(faxes)) == 10 and all(fax.date <= NOW for fax in faxes),
    ),
    Case(
        imagicle_ops.LIST_INBOUND,
        lambda c: c.imagicle.list_inbound_faxes(submitted_after=NOW - timedelta(days=20)),
        lambda _, faxes: faxes and all(fax.date >= NOW - timedelta(days=20) for fax in faxes),
    ),
]
