"""Each operation's request, written by hand from InterFax's pages.

FaxStatusEx: its operation page. The others: "Interfax Admin Web service v1.0", method reference and
appendix B. The page calls the structure of the Tx operations User_tx; on the wire it is U_tx.
"""

OUTBOUND = ("/dfs.asmx", "http://www.interfax.cc")
ADMIN = ("/admin.asmx", "http://interfax.net/Admin")

FAX_STATUS_EX = """
<FaxStatusEx xmlns="http://www.interfax.cc">
  <Username>acme</Username>
  <Password>s3cr&lt;et&amp;</Password>
  <LastTransactionID>667000000</LastTransactionID>
  <MaxItems>25</MaxItems>
  <TotalCount>0</TotalCount>
  <ListSize>0</ListSize>
  <ResultCode>0</ResultCode>
</FaxStatusEx>
"""

ADMIN_REQUESTS = {
    "GetAccountPPCardsBalance": """
      <PrimaryUsername>acme</PrimaryUsername>
      <PrimaryPassword>s3cr&lt;et&amp;</PrimaryPassword>
      <Balance>0</Balance>
    """,
    "OpenUser": """
      <PrimaryUsername>acme</PrimaryUsername>
      <PrimaryPassword>s3cr&lt;et&amp;</PrimaryPassword>
      <NewUser>
        <Username>acme.jane</Username>
        <Password>jane123</Password>
        <CSID>Jane &amp; Co</CSID>
        <TimeZone>Eastern</TimeZone>
      </NewUser>
    """,
    "CloseUser": """
      <PrimaryUsername>acme</PrimaryUsername>
      <PrimaryPassword>s3cr&lt;et&amp;</PrimaryPassword>
      <Username>acme.jane</Username>
    """,
    "SetUserProperties": """
      <PrimaryUsername>acme</PrimaryUsername>
      <PrimaryPassword>s3cr&lt;et&amp;</PrimaryPassword>
      <User>
        <Username>acme.jane</Username>
        <CSID>Jane</CSID>
        <TimeZone>Eastern</TimeZone>
      </User>
    """,
    "GetUserProperties": """
      <PrimaryUsername>acme</PrimaryUsername>
      <PrimaryPassword>s3cr&lt;et&amp;</PrimaryPassword>
      <User>
        <Username>acme.jane</Username>
        <Password></Password>
        <CSID></CSID>
        <TimeZone></TimeZone>
      </User>
    """,
    "GetInboundNodes": """
      <Country>DE</Country>
      <Language>JP</Language>
    """,
    "AddRxService": """
      <PrimaryUsername>acme</PrimaryUsername>
      <PrimaryPassword>s3cr&lt;et&amp;</PrimaryPassword>
      <Username>acme.jane</Username>
      <CountryISOCode>US</CountryISOCode>
      <Prefix>212</Prefix>
      <LocalNumber></LocalNumber>
      <Emails>jane@example.com;john@example.com</Emails>
    """,
    "RemoveRxService": """
      <PrimaryUsername>acme</PrimaryUsername>
      <PrimaryPassword>s3cr&lt;et&amp;</PrimaryPassword>
      <Username>acme.jane</Username>
    """,
    "SetRxServiceProperties": """
      <Username>acme</Username>
      <Password>s3cr&lt;et&amp;</Password>
      <U_Rx>
        <Username>acme</Username>
        <PhoneNumber>12125550100</PhoneNumber>
        <AttachmentFormat>TIFF</AttachmentFormat>
        <DeleteAfterUsage>No</DeleteAfterUsage>
        <Emails>jane@example.com</Emails>
        <TimeZone>Eastern</TimeZone>
        <NumberFormat>International</NumberFormat>
      </U_Rx>
    """,
    "GetRxServiceProperties": """
      <Username>acme</Username>
      <Password>s3cr&lt;et&amp;</Password>
    """,
    "AddRxEmailProperties": """
      <Username>acme</Username>
      <Password>s3cr&lt;et&amp;</Password>
      <EmailAddress>jane@example.com</EmailAddress>
      <SendSigned>true</SendSigned>
      <SendEncrypted>false</SendEncrypted>
      <DigitalID>certificate</DigitalID>
    """,
    "SetRxEmailProperties": """
      <Username>acme</Username>
      <Password>s3cr&lt;et&amp;</Password>
      <EmailAddress>jane@example.com</EmailAddress>
      <SendSigned>false</SendSigned>
      <SendEncrypted>true</SendEncrypted>
    """,
    "GetRxEmailProperties": """
      <Username>acme</Username>
      <Password>s3cr&lt;et&amp;</Password>
      <URxE></URxE>
    """,
    "RemoveRxEmail": """
      <Username>acme</Username>
      <Password>s3cr&lt;et&amp;</Password>
      <EmailAddress>jane@example.com</EmailAddress>
    """,
    "AddTxService": """
      <PrimaryUsername>acme</PrimaryUsername>
      <PrimaryPassword>s3cr&lt;et&amp;</PrimaryPassword>
      <U_tx>
        <Username>acme.jane</Username>
        <CheckPassword>true</CheckPassword>
        <Conversion>none</Conversion>
        <FeedbackType>2</FeedbackType>
        <FeedbackFormat>3</FeedbackFormat>
        <FeedbackWithTIF>false</FeedbackWithTIF>
        <AllowedSenders>*@example.com</AllowedSenders>
        <AllowedIPAddresses>192.0.2.1</AllowedIPAddresses>
        <DefaultPageSize>B4</DefaultPageSize>
        <DefaultPageOrientation>Landscape</DefaultPageOrientation>
        <DefaultPageResolution>Fine</DefaultPageResolution>
        <DefaultRenderingQuality>Standard</DefaultRenderingQuality>
        <DefaultPageHeader>Y</DefaultPageHeader>
        <DefaultRetriesToPerform>3</DefaultRetriesToPerform>
        <DefaultReplyAddress>jane@example.com</DefaultReplyAddress>
        <AuthenticateBySignature>false</AuthenticateBySignature>
        <AuthenticateByTickets>true</AuthenticateByTickets>
        <DefaultDeleteAfterUsage>false</DefaultDeleteAfterUsage>
        <DialingAreaCode>212</DialingAreaCode>
        <DialingCountryISOCode>US</DialingCountryISOCode>
      </U_tx>
    """,
    "RemoveTxService": """
      <PrimaryUsername>acme</PrimaryUsername>
      <PrimaryPassword>s3cr&lt;et&amp;</PrimaryPassword>
      <Username>acme.jane</Username>
    """,
    "SetUserTxProperties": """
      <Username>acme</Username>
      <Password>s3cr&lt;et&amp;</Password>
      <U_tx>
        <Username>acme</Username>
        <CheckPassword>false</CheckPassword>
        <FeedbackType>0</FeedbackType>
        <FeedbackFormat>0</FeedbackFormat>
        <FeedbackWithTIF>false</FeedbackWithTIF>
        <DefaultRetriesToPerform>0</DefaultRetriesToPerform>
        <AuthenticateBySignature>false</AuthenticateBySignature>
        <AuthenticateByTickets>false</AuthenticateByTickets>
        <DefaultDeleteAfterUsage>true</DefaultDeleteAfterUsage>
      </U_tx>
    """,
    "GetUserTxProperties": """
      <Username>acme</Username>
      <Password>s3cr&lt;et&amp;</Password>
      <U_tx>
        <Username>acme</Username>
        <CheckPassword>false</CheckPassword>
        <Conversion></Conversion>
        <FeedbackType>0</FeedbackType>
        <FeedbackFormat>0</FeedbackFormat>
        <FeedbackWithTIF>false</FeedbackWithTIF>
        <AllowedSenders></AllowedSenders>
        <AllowedIPAddresses></AllowedIPAddresses>
        <DefaultPageSize></DefaultPageSize>
        <DefaultPageOrientation></DefaultPageOrientation>
        <DefaultPageResolution></DefaultPageResolution>
        <DefaultRenderingQuality></DefaultRenderingQuality>
        <DefaultPageHeader></DefaultPageHeader>
        <DefaultRetriesToPerform>0</DefaultRetriesToPerform>
        <DefaultReplyAddress></DefaultReplyAddress>
        <AuthenticateBySignature>false</AuthenticateBySignature>
        <AuthenticateByTickets>false</AuthenticateByTickets>
        <DefaultDeleteAfterUsage>false</DefaultDeleteAfterUsage>
        <DialingAreaCode></DialingAreaCode>
        <DialingCountryISOCode></DialingCountryISOCode>
      </U_tx>
    """,
    "GetTimeZones": "",
    "GetTimeZonesXML": "",
    "GetOutboundActivity": """
      <Username>acme</Username>
      <Password>s3cr&lt;et&amp;</Password>
      <TimeFrom>2026-02-28T19:00:00</TimeFrom>
      <TimeUntil>2026-03-31T20:30:05</TimeUntil>
      <OnlyMyUser>false</OnlyMyUser>
    """,
    "GetInboundActivity": """
      <Username>acme</Username>
      <Password>s3cr&lt;et&amp;</Password>
      <TimeFrom>2026-03-01T00:00:00</TimeFrom>
      <TimeUntil>2026-03-01T00:00:00</TimeUntil>
      <OnlyMyUser>true</OnlyMyUser>
    """,
}

ENVELOPES = {
    "1.1": """<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body>{}</soap:Body>
</soap:Envelope>""",
    "1.2": """<?xml version="1.0" encoding="utf-8"?>
<soap12:Envelope xmlns:soap12="http://www.w3.org/2003/05/soap-envelope">
  <soap12:Body>{}</soap12:Body>
</soap12:Envelope>""",
}
CONTENT_TYPES = {
    "1.1": "text/xml; charset=utf-8",
    "1.2": "application/soap+xml; charset=utf-8",
}


def request_of(operation: str) -> tuple[str, str, str]:
    """Give an operation's path, namespace and request."""
    if operation == "FaxStatusEx":
        return (*OUTBOUND, FAX_STATUS_EX)
    parameters = ADMIN_REQUESTS[operation]
    return (*ADMIN, f'<{operation} xmlns="http://interfax.net/Admin">{parameters}</{operation}>')
