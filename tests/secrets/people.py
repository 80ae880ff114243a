"""Answers in which every field that can hold something about a person does."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape
from types import ModuleType

from faxapi.providers.imagicle import models as imagicle
from faxapi.providers.interfax import messages
from faxapi.providers.interfax import models as interfax
from faxapi.providers.openfax import models as openfax
from faxapi.wire.models import VendorModel
from tests.contract.proxy import Answer, Ask, Choose
from tests.secrets.witness import Planted
from tests.transport.server import Request

PEOPLE = {
    "a name": Planted("Qwasimodo", "Zwiebelfisch", " <b>&' O\\"),
    "an address": Planted("qw4si.m0do", "zwi3belfisch", "@"),
    "a number": Planted("0039055", "1234567", ""),
}
PERSON = ", ".join(planted.text for planted in PEOPLE.values())

# Logins' names and vendors' ids, which errors, logs and cursors name on purpose; and places and
# time zones that InterFax offers to everybody.
NAMED = {"UserID", "Username", "JobID", "TransactionID", "faxId", "Description", "Name"}
CODES = {"ErrorCode", "status", "detailedStatus"}
"""Fields for a vendor's codes that can hold any text; a vendor's model shows them in its repr."""


def _models(*modules: ModuleType) -> Iterator[type[VendorModel]]:
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, VendorModel):
                yield value


TEXTS = {
    name
    for model in _models(interfax, messages, openfax, imagicle)
    for attribute, name in model.wire_names().items()
    if model.wire_type(attribute) is str
} - {"MessageID", *NAMED, *CODES}
"""The vendors' names of all fields that can hold any text."""

_LEAF = re.compile(rb"<(\w+)>[^<]*</\1>")
_RESULT = re.compile(r"\w+Result|ResultCode|TotalCount|ListSize")
Chosen = Callable[[str, int, int], bool]
"""Whether to replace a value, by its name, which of that name it is, and which name that is."""


def every_text(name: str, _number: int, _place: int) -> bool:
    return name in TEXTS


def one_of_each_record(name: str, number: int, place: int) -> bool:
    """Numbers, times and ids too: one of the first record, the next one of the next."""
    return number % 29 == place and name not in NAMED | CODES


def everything(name: str, _number: int, _place: int) -> bool:
    return name not in NAMED | CODES


def every_code(name: str, _number: int, _place: int) -> bool:
    return name in CODES


def about_people(chosen: Chosen) -> Choose:
    """The true answers, with a person in place of the chosen values, and in elements unheard of."""

    def choose(_request: Request, ask: Ask) -> Answer:
        answer = ask()
        count: Counter[str] = Counter()

        def is_chosen(name: str) -> bool:
            count[name] += 1
            return chosen(name, count[name] - 1, [*count].index(name))

        if answer.body.startswith(b"{"):
            tree = json.loads(answer.body, object_hook=lambda found: _people(found, is_chosen))
            return replace(answer, body=json.dumps(tree).encode())
        return replace(answer, body=_LEAF.sub(lambda leaf: _person(leaf, is_chosen), answer.body))

    return choose


def _person(leaf: re.Match[bytes], is_chosen: Callable[[str], bool]) -> bytes:
    name = leaf[1].decode()
    if _RESULT.fullmatch(name) or not is_chosen(name):
        return leaf[0]
    return f"<{name}>{escape(PERSON)}</{name}><Unheard>{escape(PERSON)}</Unheard>".encode()


def _people(found: dict[str, object], is_chosen: Callable[[str], bool]) -> dict[str, object]:
    told = {
        name: PERSON if not isinstance(value, dict | list) and is_chosen(name) else value
        for name, value in found.items()
    }
    return {**told, "unheard": PERSON}
