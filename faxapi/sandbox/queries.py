"""InterFax's queries of outbound faxes: FaxQuery and FaxQuery2.

Source: the FaxQuery and FaxQuery2 reference pages. Where they are silent, this is what a database
would do, and strict where a client could rely on luck: it stands beside each such place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from operator import ge, gt, itemgetter, le, lt
from typing import TYPE_CHECKING, Any, get_args

from faxapi.providers.interfax.models import FaxItemEx, FaxItemEx2
from faxapi.providers.interfax.operations import FAX_QUERY, FAX_QUERY2
from faxapi.providers.interfax.queries import OrderBy, QueryVerb
from faxapi.sandbox.interfax import MOST_ITEMS, InterFaxSandbox, Refused, User, picked

if TYPE_CHECKING:
    from faxapi.sandbox.asmx import Method
    from faxapi.sandbox.data import Row
    from faxapi.wire.soap import SoapOperation

    Test = Callable[[Any], bool]

_BAD_QUERY = -1030
_ID = re.compile("[0-9]{1,10}")
_NUMBER = re.compile("-?[0-9]{1,10}")
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "GT": gt,
    "GE": ge,
    "LT": lt,
    "LE": le,
    "GreaterThan": gt,
    "GreaterOrEqual": ge,
    "LessThan": lt,
    "LessOrEqual": le,
}
# The field that each condition of FaxQuery2 is on.
_FIELDS = {
    "Subject": "Subject",
    "FaxNumber": "DestinationFax",
    "UserID": "UserID",
    "ReplyAddress": "ReplyEmail",
    "TransactionID": "TransactionID",
    "ParentTransactionID": "ParentTransactionID",
    "Status": "Status",
}
_NUMBERS = frozenset({"TransactionID", "ParentTransactionID", "Status"})


class Queries:
    """The outbound service's queries over an account's state."""

    def __init__(self, account: InterFaxSandbox) -> None:
        self._account = account

    def methods(self) -> Mapping[SoapOperation[Any], Method]:
        """What the queries answer."""
        guarded = self._account.guarded
        return {
            FAX_QUERY: guarded(FAX_QUERY, self._fax_query),
            FAX_QUERY2: guarded(FAX_QUERY2, self._fax_query2),
        }

    def _fax_query(self, user: User, values: Row) -> Row:
        test = _query(values["Verb"], values["VerbData"] or "")
        # Newest first, as FaxStatusEx: the page names no order.
        found = [fax for fax in reversed(self._account.faxes(user.username)) if test(fax)]
        size = MOST_ITEMS if values["MaxItems"] == -1 else max(0, values["MaxItems"])
        page = found[: min(size, MOST_ITEMS)]
        return {"FaxQueryResult": [picked(FaxItemEx, fax) for fax in page]}

    def _fax_query2(self, user: User, values: Row) -> Row:
        form, control = values["QueryForm"], values["QueryControl"]
        if form is None or control is None:
            # .NET code that looks into a structure which was not sent.
            message = "Object reference not set to an instance of an object."
            raise RuntimeError(message)
        if not (control["ReturnItems"] or control["ReturnStats"]):
            raise Refused(-710)
        found = self._found(user, form, only_parents=control["OnlyParents"])
        found.sort(key=_order(control["OrderBy"]), reverse=not control["AscOrderDirection"])
        start = max(0, control["StartingRecord"])
        size = max(0, min(control["NumOfResults"], MOST_ITEMS))
        page = found[start : start + size]
        stats = Counter(fax["Status"] for fax in found)
        counts = [{"Status": status, "Count": count} for status, count in sorted(stats.items())]
        result: Row = {
            "FaxItems": self._items(page) if control["ReturnItems"] else None,
            "Stats": counts if control["ReturnStats"] else None,
            "TotalTransactionsNum": len(found),
        }
        return {"FaxQuery2Result": result}

    def _found(self, user: User, form: Row, *, only_parents: bool) -> list[Row]:
        _check_users(user, form["UserID"])
        tests = [
            (field, test)
            for name, field in _FIELDS.items()
            if (test := _condition(form[name], field)) is not None
        ]
        # A primary user who names nobody means everybody: "any user in the account can be queried".
        return [
            fax
            for name in self._account.seen_by(user)
            for fax in self._account.faxes(name)
            # Both ends included, as SQL's BETWEEN has it.
            if form["DateFrom"] <= fax["SubmitTime"] <= form["DateTo"]
            and all(test(fax[field]) for field, test in tests)
            and not (only_parents and fax["ParentTransactionID"] != fax["TransactionID"])
        ]

    def _items(self, page: list[Row]) -> list[Row]:
        users = {fax["UserID"] for fax in page}
        sizes = Counter(
            fax["ParentTransactionID"] for user in users for fax in self._account.faxes(user)
        )
        return [
            picked(
                FaxItemEx2,
                {**_MORE, "NumOfTransactions": sizes[fax["ParentTransactionID"]], **fax},
            )
            for fax in page
        ]


# What FaxItemEx2 has and FaxItemEx has not.
_MORE: Row = {
    "LocaleID": 1033,
    "GMTBias": 0,
    "RetriesInterval": 5,
    "DeleteAfterUsage": "False",
}


def _query(verb: str | None, data: str) -> Test:
    """FaxQuery's condition on a fax.

    Raises:
        Refused: The page does not have it so.
    """
    if verb == "ACTIVE" and not data:
        return lambda fax: bool(fax["Status"] < 0)
    ids = _numbers(data.split(","), _ID)
    if verb == "IN":
        wanted = frozenset(ids)
        return lambda fax: fax["TransactionID"] in wanted
    if verb == "BETWEEN" and len(ids) == 2 and ids[0] < ids[1]:  # noqa: PLR2004 - both ends
        return lambda fax: bool(ids[0] <= fax["TransactionID"] <= ids[1])
    if len(ids) == 1 and verb in {"PARENT", "EQ"}:
        field = "ParentTransactionID" if verb == "PARENT" else "TransactionID"
        return lambda fax: bool(fax[field] == ids[0])
    if len(ids) == 1 and verb in {"GT", "GE", "LT", "LE"}:
        compare = _COMPARISONS[verb]
        return lambda fax: compare(fax["TransactionID"], ids[0])
    raise Refused(_BAD_QUERY)


def _numbers(texts: Iterable[str], form: re.Pattern[str]) -> list[int]:
    stripped = [text.strip() for text in texts]
    if not all(form.fullmatch(text) for text in stripped):
        raise Refused(_BAD_QUERY)
    return [int(text) for text in stripped]


def _condition(condition: Row | None, field: str) -> Test | None:
    """FaxQuery2's condition on a field; None without data, as the vendor's samples send it.

    Raises:
        Refused: The data does not go with the verb or the field.
    """
    data = (condition or {}).get("VerbData") or ""
    if condition is None or not data:
        return None
    verb = known(condition["Verb"], QueryVerb, "SQLOperatorEnum")
    if verb == "Like":
        return _like(data)
    texts = data.split(",") if verb in {"IncludedIn", "Between"} else [data]
    numeric = field in _NUMBERS
    wanted: list[Any] = _numbers(texts, _NUMBER) if numeric else [_folded(text) for text in texts]
    if verb in {"Equals", "IncludedIn"}:
        test: Test = frozenset(wanted).__contains__
    elif verb != "Between":
        compare = _COMPARISONS[verb]
        test = lambda value: compare(value, wanted[0])  # noqa: E731 - one of three tests
    elif len(wanted) == 2:  # noqa: PLR2004 - both ends
        test = lambda value: bool(wanted[0] <= value <= wanted[1])  # noqa: E731 - as above
    else:
        raise Refused(_BAD_QUERY)
    return lambda value: value is not None and test(value if numeric else _folded(value))


def _folded(text: str) -> str:
    return text.strip().casefold()


def _like(pattern: str) -> Test:
    form = re.compile(".*".join(map(re.escape, pattern.casefold().split("%"))), re.DOTALL)
    return lambda value: value is not None and bool(form.fullmatch(str(value).casefold()))


def _check_users(user: User, condition: Row | None) -> None:
    """Refuse a normal user who looks for anybody else."""
    data = (condition or {}).get("VerbData") or ""
    if condition is None or not data or user.primary:
        return
    named = {_folded(text) for text in data.split(",")}
    if condition["Verb"] not in {"Equals", "IncludedIn"} or named != {user.username.casefold()}:
        raise Refused(-310)


def _order(column: str | None) -> Callable[[Row], tuple[Any, ...]]:
    """What to sort by: nothing comes first, as in SQL Server, and the id decides at last."""
    field = known(column, OrderBy, "OrderByColumnEnum")
    value, identity = itemgetter(field), itemgetter("TransactionID")
    return lambda fax: ((0,) if value(fax) is None else (1, value(fax)), identity(fax))


def known(text: str | None, choices: Any, name: str) -> str:  # noqa: ANN401 - no type names the literal types
    """A text that an enumeration has; .NET's serializer refuses any other.

    Raises:
        ValueError: It has no such text.
    """
    if text not in get_args(choices):
        message = f"Instance validation error: '{text}' is not a valid value for {name}."
        raise ValueError(message)
    return str(text)
