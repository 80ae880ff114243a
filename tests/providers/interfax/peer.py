"""InterFax as these tests play it: answers written by hand, served from a raw socket."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Unpack
from xml.parsers import expat

from faxapi.providers.interfax import InterFax
from faxapi.providers.interfax.client import Scope
from faxapi.providers.settings import SoapOptions
from tests.providers.interfax.golden import CONTENT_TYPES, ENVELOPES, request_of
from tests.transport.server import Peer, Server, reply

PASSWORD = "s3cr<et&"


def soap(operation: str, inner: str, *, version: str = "1.1", before: str = "") -> bytes:
    """Answer an operation with what stands in its response element."""
    _, namespace, _ = request_of(operation)
    body = f'<{operation}Response xmlns="{namespace}">{inner}</{operation}Response>'
    text = before + ENVELOPES[version].format(body)
    return reply(text.encode(), kind=CONTENT_TYPES[version])


def code(operation: str, number: int, *, version: str = "1.1") -> bytes:
    """Answer an admin operation with its result code alone."""
    return soap(operation, f"<{operation}Result>{number}</{operation}Result>", version=version)


class Options(SoapOptions, total=False):
    """What `InterFax` takes by keyword."""

    scope: Scope
    newest_transaction_id: int


@contextmanager
def interfax(*answers: bytes, **options: Unpack[Options]) -> Iterator[tuple[InterFax, Server]]:
    """Serve the answers in turn, the last one for ever, to an account that does not retry."""
    left = list(answers)

    def script(peer: Peer) -> None:
        while peer.request():
            peer.send(left.pop(0) if len(left) > 1 else left[0])

    with Server(script) as server:
        url = f"http://localhost:{server.port}"
        options = {"retries": 0, "base_url": url, **options}
        yield InterFax("acme", PASSWORD, **options), server


Node = tuple[int, str, str, tuple[tuple[str, str], ...]]


def shape(document: bytes) -> list[Node]:
    """List each element of a document: depth, namespace and name, text, attributes.

    Text between elements is layout and does not count.
    """
    nodes: list[list[Any]] = []
    open_nodes: list[list[Any]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if open_nodes:
            open_nodes[-1][4] = True
        node = [len(open_nodes), name, "", tuple(sorted(attributes.items())), False]
        nodes.append(node)
        open_nodes.append(node)

    def text(data: str) -> None:
        open_nodes[-1][2] += data

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: open_nodes.pop()
    parser.CharacterDataHandler = text
    parser.Parse(document, True)  # noqa: FBT003 - expat takes no keyword
    return [
        (depth, name, "" if parent else value, attributes)
        for depth, name, value, attributes, parent in nodes
    ]


def fax(
    number: int, submitted: str = "2026-03-10T12:00:00", *, status: int = 0, **more: str
) -> str:
    """Write one FaxItemEx row, with all of its 27 elements in the order of the operation page."""
    values = {
        "ParentTransactionID": "0",
        "TransactionID": str(number),
        "SubmitTime": submitted,
        "PostponeTime": "0001-01-01T00:00:00",
        "CompletionTime": submitted,
        "UserID": "acme",
        "Contact": "Jane Doe",
        "JobID": "job-7",
        "DestinationFax": "0012125550100",
        "ReplyEmail": "acme@example.com",
        "RemoteCSID": "JANES FAX",
        "PagesSent": "2",
        "Status": str(status),
        "Duration": "75",
        "Subject": "Invoice",
        "PagesSubmitted": "3",
        "SenderCSID": "ACME",
        "Priority": "2",
        "Units": "2.00",
        "CostPerUnit": "0.1100",
        "PageSize": "A4",
        "PageOrientation": "Portrait",
        "PageResolution": "Fine",
        "RenderingQuality": "Standard",
        "PageHeader": "Y",
        "RetriesToPerform": "3",
        "TrialsPerformed": "1",
        **more,
    }
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return f"<FaxItemEx>{fields}</FaxItemEx>"


def page(*rows: str, total: int = 0, size: int | None = None, result: int | str = 0) -> bytes:
    """Answer FaxStatusEx with rows and, after them, the three numbers."""
    size = len(rows) if size is None else size
    return soap(
        "FaxStatusEx",
        f"<FaxStatusExResult>{''.join(rows)}</FaxStatusExResult><TotalCount>{total}</TotalCount>"
        f"<ListSize>{size}</ListSize><ResultCode>{result}</ResultCode>",
    )
