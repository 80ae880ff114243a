"""Answers of a vendor's size, with the vendor's spelling."""

from __future__ import annotations

import json
from collections.abc import Iterator

from faxapi.providers.interfax.operations import FAX_STATUS_EX
from faxapi.providers.openfax.operations import operations

_ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
)

# The fields and their order: InterFax, FaxStatusEx reference page.
_FAX_ITEM = """
<FaxItemEx>
    <ParentTransactionID>{id}</ParentTransactionID>
    <TransactionID>{id}</TransactionID>
    <SubmitTime>2026-03-{day:02}T11:{minute:02}:43.557</SubmitTime>
    <PostponeTime>2001-01-01T00:00:00</PostponeTime>
    <CompletionTime>2026-03-{day:02}T11:{minute:02}:59</CompletionTime>
    <UserID>acme</UserID>
    <Contact>{contact}</Contact>
    <JobID />
    <DestinationFax>0012125550{tail:03}</DestinationFax>
    <ReplyEmail>fax@example.com</ReplyEmail>
    <RemoteCSID>FAX {tail}</RemoteCSID>
    <PagesSent>1</PagesSent>
    <Status>0</Status>
    <Duration>45</Duration>
    <Subject>Invoice {id}</Subject>
    <PagesSubmitted>1</PagesSubmitted>
    <SenderCSID>ACME</SenderCSID>
    <Priority>2</Priority>
    <Units>1.0000</Units>
    <CostPerUnit>0.1100</CostPerUnit>
    <PageSize>A4</PageSize>
    <PageOrientation>Portrait</PageOrientation>
    <PageResolution>Standard</PageResolution>
    <RenderingQuality>Normal</RenderingQuality>
    <PageHeader>Y</PageHeader>
    <RetriesToPerform>3</RetriesToPerform>
    <TrialsPerformed>1</TrialsPerformed>
</FaxItemEx>
"""

# The fields: Openfax, Broadcast Fax Reporting API documentation.
_TRANSMISSION = """
<FaxTransmission>
    <TransactionID>{id}</TransactionID>
    <CompletedDate>2026-03-{day:02}T11:{minute:02}:43</CompletedDate>
    <Phone>12125550{tail:03}</Phone>
    <Reference>Dr. Ångström {tail}</Reference>
    <Country>USA</Country>
    <ErrorCode>0</ErrorCode>
    <Pages>2</Pages>
    <Duration>1.5</Duration>
</FaxTransmission>
"""


def _numbered(template: str, count: int) -> Iterator[str]:
    # .NET writes no white space between elements.
    template = "".join(line.strip() for line in template.splitlines())
    for number in range(count):
        yield template.format(
            contact="Müller &amp; Co" if number % 8 == 0 else "Ångström",
            id=300_000_000 + number,
            day=number % 28 + 1,
            minute=number % 60,
            tail=number % 1000,
        )


def fax_items(count: int) -> bytes:
    """An answer of FaxStatusEx; 10,000 rows make some 11 MB."""
    space = FAX_STATUS_EX.service.namespace
    return (
        f'{_ENVELOPE}<FaxStatusExResponse xmlns="{space}"><FaxStatusExResult>'
        f"{''.join(_numbered(_FAX_ITEM, count))}</FaxStatusExResult>"
        f"<TotalCount>{count}</TotalCount><ListSize>{count}</ListSize><ResultCode>0</ResultCode>"
        "</FaxStatusExResponse></soap:Body></soap:Envelope>"
    ).encode()


def transmissions(count: int) -> Iterator[bytes]:
    """An answer of GetCDRByJobID, in parts of a thousand rows."""
    operation = operations().get_cdr_by_job_id
    space, name = operation.service.namespace, operation.name
    yield f'{_ENVELOPE}<{name}Response xmlns="{space}"><{name}Result>'.encode()
    # The same rows again and again: making a million would take longer than reading them.
    part = "".join(_numbered(_TRANSMISSION, 1000)).encode()
    for _ in range(count // 1000):
        yield part
    yield f"</{name}Result></{name}Response></soap:Body></soap:Envelope>".encode()


def fax_list(count: int) -> bytes:
    """Imagicle's answer to `pageSize=0`: all faxes in one list."""
    items = [
        {
            "faxId": f"{number:08}-77d6-4d4b-9f3b-6a1f6f0c1b11",
            "username": "user1",
            "recipient": [{"name": "Ångström", "faxNumber": f"+1212555{number % 10_000:04}"}],
            "subject": f"Invoice {number}",
            "status": "Completed",
            "date": f"2026-03-{number % 28 + 1:02}T11:{number % 60:02}:43",
        }
        for number in range(count)
    ]
    return json.dumps({"faxList": items}, indent=1, ensure_ascii=False).encode()
