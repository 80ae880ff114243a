"""Every result code is a typed error, and every fax status a state; both tables by hand."""

import pytest

from faxapi.errors import (
    AccountBlocked,
    AuthenticationError,
    Conflict,
    FaxApiError,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    ProviderError,
    RateLimited,
    ServiceUnavailable,
    Unconfirmed,
)
from faxapi.providers.interfax.activity import fax_state
from faxapi.providers.interfax.codes import FAX_STATUS, RESULT_CODES
from faxapi.records import Reason, Status
from tests.providers.interfax.peer import code, interfax

# Appendix A of the admin documentation first, then "Web service return codes".
ERRORS: dict[type[FaxApiError], tuple[int, ...]] = {
    AuthenticationError: (-1003,),
    PermissionDenied: (-1020, -111, -310, -311, -666, -677, -2003, -3007),
    Conflict: (-2010, -2031, -2032, -2034, -312),
    NotFound: (-2014, -2030, -2035, -2036, -1005, -1009, -3001, -3003, -3004),
    ProviderError: (-2033, -2037, -1066),
    InvalidRequest: (
        *(-2011, -2012, -2013, -2015, -2020, -2021, -2022, -2023, -2024, -2025, -2026, -2027),
        *(-2028, -2040, -2041, -112, -114, -123, -710, -1002, -1004, -1007, -1008, -1030, -1061),
        *(-1062, -1063, -2050, -2051, -2052, -2053, -2054, -3002, -3005, -3006),
    ),
    ServiceUnavailable: (-150,),
    RateLimited: (-1011,),
    AccountBlocked: (-1876,),
}
APPENDIX_A = {
    *(-1003, -1020, -2010, -2011, -2012, -2013, -2014, -2015, -2020, -2021, -2022, -2023, -2024),
    *(-2025, -2026, -2027, -2028, -2030, -2031, -2032, -2033, -2034, -2035, -2036, -2037, -2040),
    -2041,
}


def test_the_table_holds_every_known_code() -> None:
    tested = [number for numbers in ERRORS.values() for number in numbers]
    assert sorted(tested) == sorted(RESULT_CODES)
    assert RESULT_CODES.keys() >= APPENDIX_A


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("number", "kind"), [(number, kind) for kind, numbers in ERRORS.items() for number in numbers]
)
async def test_a_result_code_is_a_typed_error(number: int, kind: type[FaxApiError]) -> None:
    with interfax(code("GetAccountPPCardsBalance", number), deadline=30) as (client, server):
        async with client:
            with pytest.raises(FaxApiError) as caught:
                await client.admin.get_account_pp_cards_balance()
    error = caught.value
    assert type(error) is kind
    assert (error.code, error.operation) == (str(number), "admin.GetAccountPPCardsBalance")
    assert error.message in str(error)
    assert error.retryable is (number in {-150, -1011})
    waits = {-1876: 3600, -1011: 60}
    assert getattr(error, "retry_after", None) == waits.get(number)
    assert len(server.requests) == 1


@pytest.mark.asyncio
async def test_an_unknown_code_is_an_error_that_keeps_it() -> None:
    with interfax(code("CloseUser", -9999)) as (client, _):
        async with client:
            with pytest.raises(ProviderError) as caught:
                await client.admin.close_user("acme.jane")
    assert (type(caught.value), caught.value.code) == (ProviderError, "-9999")


@pytest.mark.asyncio
async def test_an_internal_error_is_tried_again_for_a_read_and_not_for_a_change() -> None:
    broken = code("GetUserTxProperties", -150)
    with interfax(broken, broken, code("GetUserTxProperties", -2030), retries=2) as (
        client,
        server,
    ):
        async with client:
            with pytest.raises(NotFound):
                await client.admin.get_user_tx_properties()
    assert len(server.requests) == 3
    with interfax(code("CloseUser", -150), retries=2) as (client, server):
        async with client:
            with pytest.raises(Unconfirmed, match="internal system error"):
                await client.admin.close_user("acme.jane")
    assert len(server.requests) == 1


# "Fax status codes": what is not listed is told by its sign.
STATES = {
    (Status.QUEUED, None): (-1, -2, -11, -22),
    (Status.IN_PROGRESS, None): (-3, -4, -1003, -150),
    (Status.COMPLETED, None): (0,),
    (Status.CANCELED, Reason.CANCELED): (403, 205000),
    (Status.FAILED, Reason.BUSY): (263, 3931, 3933, 6017, 3937),
    (Status.FAILED, Reason.NO_ANSWER): (3935, 6018),
    (Status.FAILED, Reason.NOT_A_FAX): (3936,),
    (Status.FAILED, Reason.BAD_NUMBER): (3912, 3932, 3938, 6001, 6027, 6028, 6022),
    (Status.FAILED, Reason.UNREACHABLE): (6002,),
    (Status.FAILED, Reason.REJECTED): (6021, 6029),
    (Status.FAILED, Reason.INCOMPATIBLE): (3211, 3220, 3225, 3231, 3233, 3264, 3267, 3269),
    (Status.FAILED, Reason.HANGUP): (3223, 3224, 3230, 3268),
    (Status.FAILED, Reason.NETWORK): (
        *(2, 12, 3072, 3080, 3300, 3510, 3830),
        *(6003, 6004, 6016, 6019, 6031, 6034, 6038, 6041),
    ),
    (Status.FAILED, Reason.OTHER): (1, 256, 7, 999999),
}


@pytest.mark.parametrize(
    ("number", "state"),
    [(number, state) for state, numbers in STATES.items() for number in numbers],
)
def test_a_fax_status_is_a_state(number: int, state: tuple[Status, Reason | None]) -> None:
    found = fax_state(number)
    assert (found.status, found.reason) == state


def test_every_listed_status_is_tested() -> None:
    assert FAX_STATUS.keys() <= {number for numbers in STATES.values() for number in numbers}
    assert fax_state(None).status is Status.UNKNOWN
