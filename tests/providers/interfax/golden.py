"""Each operation's request, written by hand from InterFax's pages.

FaxStatusEx, FaxQuery, FaxQuery2, GetList, GetList2: their operation pages. The others: "Interfax
Admin Web service v1.0", method reference and appendix B. The page calls the structure of the Tx
operations User_tx; on the wire it is U_tx.
"""

OUTBOUND = ("/dfs.asmx", "http://www.interfax.cc")
INBOUND = ("/inbound.asmx", "http://www.interfax.net")
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

FAX_QUERY = """
<FaxQuery xmlns="http://www.interfax.cc">
  <Username>acme</Username>
  <Password>s3cr&lt;et&amp;</Password>
  <Verb>IN</Verb>
  <VerbData>667000001,667000007</VerbData>
  <MaxItems>50</MaxItems>
  <ResultCode>0</ResultCode>
</FaxQuery>
"""

FAX_QUERY2 = """
<FaxQuery2 xmlns="http://www.interfax.cc">
  <Username>acme</Username>
  <Password>s3cr&lt;et&amp;</Password>
  <QueryForm>
    <Subject>
      <Verb>Like</Verb>
      <VerbData>Smith &amp; Sons%</VerbData>
    </Subject>
    <FaxNumber>
      <Verb>Equals</Verb>
      <VerbData>0012125550100</VerbData>
    </FaxNumber>
    <DateFrom>2026-02-28T19:00:00</DateFrom>
    <DateTo>2026-03-31T00:00:00</DateTo>
    <UserID>
      <Verb>IncludedIn</Verb>
      <VerbData>acme,acme.jane</VerbData>
    </UserID>
    <ReplyAddress>
      <Verb>Equals</Verb>
      <VerbData></VerbData>
    </ReplyAddress>
    <TransactionID>
      <Verb>Between</Verb>
      <VerbData>1,667000000</VerbData>
    </TransactionID>
    <ParentTransactionID>
      <Verb>GreaterThan</Verb>
      <VerbData>5</VerbData>
    </ParentTransactionID>
    <Status>
      <Verb>LessThan</Verb>
      <VerbData>0</VerbData>
    </Status>
    <ShowHiddenTransactions>false</ShowHiddenTransactions>
  </QueryForm>
  <QueryControl>
    <OnlyParents>true</OnlyParents>
    <NumOfResults>25</NumOfResults>
    <StartingRecord>50</StartingRecord>
    <OrderBy>SubmitTime</OrderBy>
    <AscOrderDirection>false</AscOrderDirection>
    <ReturnItems>false</ReturnItems>
    <ReturnStats>true</ReturnStats>
  </QueryControl>
</FaxQuery2>
"""

GET_LIST = """
<GetList xmlns="http://www.interfax.net">
  <Username>acme</Username>
  <Password>s3cr&lt;et&amp;</Password>
  <LType>AccountNewMessages</LType>
  <MaxItems>7</MaxItems>
  <objMessageItem></objMessageItem>
</GetList>
"""

GET_LIST2 = """
<GetList2 xmlns="http://www.interfax.net">
  <Username>acme</Username>
  <Password>s3cr&lt;et&amp;</Password>
  <QueryForm>
    <TransactionID>0</TransactionID>
    <UserID>acme.jane</UserID>
    <OnlyNewMessages>true</OnlyNewMessages>
    <RecieveTime>
      <Verb>&gt;=</Verb>
      <VerbData>2026-02-28 19:00:00</VerbData>
    </RecieveTime>
  </QueryForm>
  <QueryControl>
    <MaxChunkSize>25</MaxChunkSize>
    <FromRecordNumber>99</FromRecordNumber>
  </QueryControl>
</GetList2>
"""

QUERIES = {
    "FaxStatusEx": (*OUTBOUND, FAX_STATUS_EX),
    "FaxQuery": (*OUTBOUND, FAX_QUERY),
    "FaxQuery2": (*OUTBOUND, FAX_QUERY2),
    "GetList": (*INBOUND, GET_LIST),
    "GetList2": (*INBOUND, GET_LIST2),
}

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
    "GetAccountUsers": """
      <PrimaryUserID>acme</PrimaryUserID>
      <Password>s3cr&lt;et&amp;</Password>
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
    if operation in QUERIES:
        return QUERIES[operation]
    parameters = ADMIN_REQUESTS[operation]
    return (*ADMIN, f'<{operation} xmlns="http://interfax.net/Admin">{parameters}</{operation}>')
