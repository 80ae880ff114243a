"""The smallest SOAP account: one operation that reads and one that changes, with a password."""

from typing import Any, Unpack

from pydantic import SecretStr

from faxapi.providers.base import Provider
from faxapi.providers.feed import Ask, Out
from faxapi.providers.rows import RowStream
from faxapi.providers.settings import Options
from faxapi.providers.soap import SoapService
from faxapi.wire.models import VendorModel, spelled
from faxapi.wire.soap import Credential, Element, Service, SoapOperation, SoapVersion

SERVICE = Service("probe", "/probe.asmx", "urn:probe")
LOGIN = (
    Element("Username", str, credential=Credential.USERNAME),
    Element("Password", str, credential=Credential.PASSWORD),
)
ASK = SoapOperation(
    SERVICE, "Ask", LOGIN, (Element("Answer", str),), returns=str, answer="Answer", idempotent=True
)
CHANGE: SoapOperation[None] = SoapOperation(
    SERVICE, "Change", (*LOGIN, Element("To", str)), (), source="made up"
)
LIST: SoapOperation[Any] = SoapOperation(
    SERVICE,
    "List",
    LOGIN,
    (Element("Rows", str), Element("Code", int)),
    answer="Rows",
    code="Code",
    row="Row",
    idempotent=True,
    source="made up",
)

PASSWORD = "pass<w0rd>&Ünsafe"


class Row(VendorModel):
    """One row of the list."""

    number: int = spelled("Number", default=...)


class Probe(Provider, name="probe"):
    """An account at a server that a test scripts."""

    def __init__(self, base_url: str, username: str = "user1", **options: Unpack[Options]) -> None:
        super().__init__(base_url, username, options)
        self.soap = SoapService(self, SecretStr(PASSWORD), SoapVersion.V1_1)

    async def ask(self) -> str:
        return await self.soap.call(ASK)

    async def faxes(self, _ask: Ask, _out: Out) -> None:
        await self.ask()

    async def jobs(self, _ask: Ask, _out: Out) -> None:
        await self.ask()

    def rows(self) -> RowStream[Row]:
        return self.soap.stream(LIST, Row)

    async def change(self) -> None:
        await self.soap.call(CHANGE, To="something")


def answer(operation: str = "Ask", inner: str = "<Answer>42</Answer>") -> bytes:
    """Write the answer of one of its operations."""
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<{operation}Response xmlns="urn:probe">{inner}</{operation}Response>'
        "</soap:Body></soap:Envelope>"
    ).encode()
