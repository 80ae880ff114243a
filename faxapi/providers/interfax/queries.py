"""What FaxQuery and FaxQuery2 are asked with, and their answers.

Source: the FaxQuery and FaxQuery2 operation pages (https://ws.interfax.net/dfs.asmx?op=FaxQuery2)
and reference pages.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar, Literal, Self, get_args

from faxapi.errors import ConfigurationError
from faxapi.notice import Notice
from faxapi.providers.interfax.models import FaxItemEx, FaxItemEx2
from faxapi.wire.models import VendorModel, list_field, spelled
from faxapi.wire.scalars import Flag, Integer, Text, Time

FaxQueryVerb = Literal["PARENT", "ACTIVE", "GT", "GE", "LT", "LE", "EQ", "BETWEEN", "IN"]
"""FaxQuery's condition on the transaction id.

PARENT is a broadcast by its first fax, ACTIVE every fax in process.
"""

QueryVerb = Literal[
    "Equals",
    "GreaterThan",
    "GreaterOrEqual",
    "LessThan",
    "LessOrEqual",
    "Like",
    "IncludedIn",
    "Between",
]
"""FaxQuery2's comparisons; Like takes % for any text."""

OrderBy = Literal[
    "TransactionID",
    "SubmitTime",
    "CompletionTime",
    "Status",
    "DestinationFax",
    "Subject",
    "PagesSent",
    "UserID",
    "ReplyEmail",
]
"""What FaxQuery2 sorts by."""

# With these the vendor's own sample clients ask for no condition at all: C. What a missing one
# means is not documented, and .NET would read a missing date as year 1.
_NO_VERB = "Equals"
EARLIEST = datetime(1999, 1, 1, tzinfo=UTC)
LATEST = datetime(2999, 12, 31, tzinfo=UTC)

FIRST_RECORD = 0
"""The number of a query's first record.

C for FaxQuery2: the vendor's sample clients start there. B for GetList2: "zero-based", says its
reference page.
"""


# How many values a verb may have; one, if not among these.
_VALUES: dict[str, range] = {"Between": range(2, 3), "IncludedIn": range(1, sys.maxsize)}
_ONE = range(1, 2)


class QueryCondition(VendorModel):
    """A condition of FaxQuery2: `QueryCondition.of("Between", 1, 99)`."""

    verb: Text = spelled("Verb", default=_NO_VERB)
    verb_data: Text = spelled("VerbData", default="")

    @classmethod
    def of(cls, verb: QueryVerb, *values: str | int) -> Self:
        """A condition on one value, on two for Between, on any number for IncludedIn.

        Raises:
            ConfigurationError: There is no such verb, it takes another number of values, or one of
                several holds a comma, which stands between values.
        """
        if verb not in get_args(QueryVerb):
            raise ConfigurationError(
                f"there is no verb {verb!r}", hint=f"Give one of {', '.join(get_args(QueryVerb))}"
            )
        texts = [str(value) for value in values]
        if len(texts) not in _VALUES.get(verb, _ONE):
            raise ConfigurationError(
                f"{verb} is given {len(texts)} values",
                hint="Between takes two, IncludedIn one or more, every other verb one",
            )
        if len(texts) > 1 and any("," in text for text in texts):
            raise ConfigurationError(
                f"a value of {verb} holds a comma",
                hint="InterFax takes a comma for the end of a value; ask once for each",
            )
        return cls(verb=verb, verb_data=",".join(texts))


ANY = QueryCondition()
"""No condition."""


class QueryForm(VendorModel):
    """Which faxes FaxQuery2 looks for; each condition narrows it down."""

    subject: QueryCondition = spelled("Subject", default=ANY)
    fax_number: QueryCondition = spelled("FaxNumber", default=ANY)
    date_from: Time = spelled("DateFrom", default=EARLIEST)
    """The earliest time of submission."""
    date_to: Time = spelled("DateTo", default=LATEST)
    """The latest time of submission."""
    user_id: QueryCondition = spelled("UserID", default=ANY)
    reply_address: QueryCondition = spelled("ReplyAddress", default=ANY)
    transaction_id: QueryCondition = spelled("TransactionID", default=ANY)
    parent_transaction_id: QueryCondition = spelled("ParentTransactionID", default=ANY)
    status: QueryCondition = spelled("Status", default=ANY)
    show_hidden_transactions: Flag = spelled("ShowHiddenTransactions", default=True)
    """Whether faxes count that were taken off the user's list."""


class QueryControl(VendorModel):
    """What FaxQuery2 answers of the faxes that it finds, and in which order."""

    only_parents: Flag = spelled("OnlyParents", default=False)
    """Whether only the first fax of each broadcast counts."""
    num_of_results: Integer = spelled("NumOfResults", default=100)
    starting_record: Integer = spelled("StartingRecord", default=FIRST_RECORD)
    order_by: Text = spelled("OrderBy", default="TransactionID")
    asc_order_direction: Flag = spelled("AscOrderDirection", default=True)
    return_items: Flag = spelled("ReturnItems", default=True)
    return_stats: Flag = spelled("ReturnStats", default=False)


class StatusCount(VendorModel):
    """How many of the faxes that were found have a status."""

    shown: ClassVar[tuple[str, ...]] = ("status", "count")

    status: Integer = spelled("Status")
    count: Integer = spelled("Count")


class FaxQuery2Answer(VendorModel):
    """FaxQuery2's answer as it stands on the wire."""

    result_code: Integer = spelled("ResultCode")
    fax_items: tuple[FaxItemEx2, ...] = list_field("FaxItems")
    stats: tuple[StatusCount, ...] = list_field("Stats")
    errors_description_html_format: Text = spelled("ErrorsDescriptionHTMLFormat")
    total_transactions_num: Integer = spelled("TotalTransactionsNum")


@dataclass(frozen=True, slots=True)
class FaxQueryResult:
    """The faxes that FaxQuery found.

    Attributes:
        items: The faxes; InterFax names no order.
        result_code: 0; an error's code is raised as an error.
        notices: What was met on the way: rows that could not be read, an assumed time zone.
    """

    items: tuple[FaxItemEx, ...]
    result_code: int
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class FaxQuery2Result:
    """One page of the faxes that FaxQuery2 found.

    Attributes:
        items: The faxes, in the order that was asked for.
        stats: How many of all that were found have each status.
        total_transactions: How many were found in all.
        result_code: 0; an error's code is raised as an error.
        errors_html: What InterFax says of errors, for people; it may name what was asked for.
        notices: What was met on the way: rows that could not be read, an assumed time zone.
    """

    items: tuple[FaxItemEx2, ...]
    stats: tuple[StatusCount, ...]
    total_transactions: int | None
    result_code: int
    errors_html: str | None = field(default=None, repr=False)
    notices: tuple[Notice, ...] = ()
