"""InterFax's structures, in the vendor's order and with its values.

Their fields may all be absent from an answer, and are None then. Sources: the FaxStatusEx and
FaxQuery2 operation pages (https://ws.interfax.net/dfs.asmx?op=FaxStatusEx); "Interfax Admin Web
service v1.0", appendix B; the GetOutboundActivity reference page.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Annotated, ClassVar

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr

from faxapi.notice import Notice
from faxapi.wire.models import VendorModel, list_field, spelled, to_items
from faxapi.wire.scalars import Amount, Flag, Integer, Seconds, Text, Time


class FeedbackType(IntEnum):
    """When the sender of a fax gets an e-mail about it."""

    NEVER = 0
    ON_SUCCESS = 1
    ON_FAILURE = 2
    ALWAYS = 3


class FeedbackFormat(IntEnum):
    """What that e-mail looks like."""

    PLAIN_TEXT = 0
    """In English."""
    HTML_LOCAL = 1
    """In the user's language."""
    HTML = 2
    """In English."""
    CSV = 3


class PageSize(StrEnum):
    """The paper a document is rendered on."""

    A4 = "A4"
    LETTER = "Letter"
    LEGAL = "Legal"
    B4 = "B4"


class PageOrientation(StrEnum):
    """Which way round the paper is."""

    PORTRAIT = "Portrait"
    LANDSCAPE = "Landscape"


class PageResolution(StrEnum):
    """The resolution a fax is sent in."""

    STANDARD = "Standard"
    FINE = "Fine"


class RenderingQuality(StrEnum):
    """How carefully a document is rendered."""

    STANDARD = "Standard"
    FINE = "Fine"


class AttachmentFormat(StrEnum):
    """The file format of a received fax."""

    PDF = "PDF"
    TIFF = "TIFF"


class Language(StrEnum):
    """The languages that InterFax writes e-mails in; the codes are the vendor's own."""

    GERMAN = "DE"
    ENGLISH = "EN"
    HEBREW = "HE"
    ITALIAN = "IT"
    JAPANESE = "JP"


# Tried in this order, a known text becomes its member and any other one stays as it is.
_KNOWN_FIRST = Field(union_mode="left_to_right")


class FaxItemEx(VendorModel):
    """One outbound fax, with the 27 fields of FaxStatusEx."""

    shown: ClassVar[tuple[str, ...]] = ("transaction_id", "status")
    timed: ClassVar[str] = "submit_time"

    parent_transaction_id: Integer = spelled("ParentTransactionID")
    """The first fax of the same broadcast."""
    transaction_id: int = spelled("TransactionID", default=...)
    """The fax's id; a row without it cannot be told from another, and is skipped."""
    submit_time: Time = spelled("SubmitTime")
    postpone_time: Time = spelled("PostponeTime")
    """When it is to be sent; a fax that is not postponed may have a time in the past."""
    completion_time: Time = spelled("CompletionTime")
    """When it ended; a few seconds before `submit_time` in some real data."""
    user_id: Text = spelled("UserID")
    contact: Text = spelled("Contact")
    """The recipient's name."""
    job_id: Text = spelled("JobID")
    destination_fax: Text = spelled("DestinationFax")
    """`00`, country code and number."""
    reply_email: Text = spelled("ReplyEmail")
    remote_csid: Text = spelled("RemoteCSID")
    """What the receiving machine calls itself: written by a stranger."""
    pages_sent: Integer = spelled("PagesSent")
    status: Integer = spelled("Status")
    """Below 0 in process, 0 sent, above 0 failed for good."""
    duration: Seconds = spelled("Duration")
    """Time on the line; whole seconds on the wire."""
    subject: Text = spelled("Subject")
    pages_submitted: Integer = spelled("PagesSubmitted")
    sender_csid: Text = spelled("SenderCSID")
    priority: Integer = spelled("Priority")
    units: Amount = spelled("Units")
    """Charge units; the cost is `units * cost_per_unit`."""
    cost_per_unit: Amount = spelled("CostPerUnit")
    """In the account's currency."""
    page_size: Text = spelled("PageSize")
    page_orientation: Text = spelled("PageOrientation")
    page_resolution: Text = spelled("PageResolution")
    rendering_quality: Text = spelled("RenderingQuality")
    page_header: Text = spelled("PageHeader")
    retries_to_perform: Integer = spelled("RetriesToPerform")
    trials_performed: Integer = spelled("TrialsPerformed")


class FaxItemEx2(FaxItemEx):
    """One outbound fax as FaxQuery2 has it: eight fields more than FaxItemEx."""

    locale_id: Integer = spelled("LocaleID")
    gmt_bias: Integer = spelled("GMTBias")
    retries_interval: Integer = spelled("RetriesInterval")
    user_data: Text = spelled("UserData")
    delete_after_usage: Text = spelled("DeleteAfterUsage")
    """Whether the fax's image is deleted once it was sent."""
    mode: Text = spelled("Mode")
    num_of_transactions: Integer = spelled("NumOfTransactions")
    """How many faxes its broadcast has."""
    message_id: Text = spelled("MessageID")


@dataclass(frozen=True, slots=True)
class FaxStatusExResult:
    """One page of outbound faxes.

    Attributes:
        items: The faxes, newest first.
        total_count: How many the user has in all, not how many remain.
        list_size: How many the vendor says this page holds.
        result_code: 0; an error's code is raised as an error.
        notices: What was met on the way: rows that could not be read, an assumed time zone.
    """

    items: list[FaxItemEx]
    total_count: int | None
    list_size: int | None
    result_code: int
    notices: tuple[Notice, ...] = ()


class UserOutboundSummary(VendorModel):
    """What one user sent in a time."""

    shown: ClassVar[tuple[str, ...]] = ("total_faxes", "total_pages")

    username: Text = spelled("Username")
    total_faxes: Integer = spelled("TotalFaxes")
    total_pages: Integer = spelled("TotalPages")
    total_units: Amount = spelled("TotalUnits")
    total_cost: Amount = spelled("TotalCost")
    """In the account's currency."""
    min_transaction_id: Integer = spelled("MinTransactionID")
    max_transaction_id: Integer = spelled("MaxTransactionID")


class UserInboundSummary(VendorModel):
    """What one user received on one number in a time."""

    shown: ClassVar[tuple[str, ...]] = ("total_faxes", "total_pages")

    # Not on a base of both: fields stand in the vendor's order, which this one comes in between.
    username: Text = spelled("Username")
    phone_number: Text = spelled("PhoneNumber")
    total_faxes: Integer = spelled("TotalFaxes")
    total_pages: Integer = spelled("TotalPages")
    total_units: Amount = spelled("TotalUnits")
    total_cost: Amount = spelled("TotalCost")
    """In the account's currency."""
    min_transaction_id: Integer = spelled("MinTransactionID")
    max_transaction_id: Integer = spelled("MaxTransactionID")


class _Activity(VendorModel):
    """Totals of a time."""

    shown: ClassVar[tuple[str, ...]] = ("status", "time_from", "time_until")

    status: Integer = spelled("Status")
    time_from: Time = spelled("TimeFrom")
    time_until: Time = spelled("TimeUntil")


class OutboundActivity(_Activity):
    """Totals by user of what was sent."""

    # One page of the vendor's wraps the summaries in Users, another does not.
    users: Annotated[tuple[UserOutboundSummary, ...], BeforeValidator(to_items)] = list_field(
        "Users", "UserOutboundSummary"
    )


class InboundActivity(_Activity):
    """Totals by user and number of what was received."""

    users: Annotated[tuple[UserInboundSummary, ...], BeforeValidator(to_items)] = list_field(
        "Users", "UserInboundSummary"
    )


class UserGeneral(VendorModel):
    """A user: the vendor's User_General."""

    username: Text = spelled("Username")
    password: SecretStr | None = spelled("Password")
    csid: Text = spelled("CSID")
    """What the user's faxes call their sender, and the user's numbers call themselves."""
    time_zone: Text = spelled("TimeZone")
    """A name that `get_time_zones` lists."""


class UserGeneralProps(VendorModel):
    """A user of the account, as GetAccountUsers lists them.

    A stub made from the WSDL names the structure, not its fields: they are taken to be those of
    User_General, and the name also as UserID, as FaxItemEx has it (I).
    """

    username: Text = Field(
        default=None,
        validation_alias=AliasChoices("Username", "UserID"),
        serialization_alias="Username",
    )
    csid: Text = spelled("CSID")
    time_zone: Text = spelled("TimeZone")


class AccountUsers(VendorModel):
    """GetAccountUsers' answer as it stands on the wire."""

    users: tuple[UserGeneralProps, ...] = list_field("Users")
    result_code: Integer = spelled("ResultCode")


class UserRx(VendorModel):
    """A user's inbound service: the vendor's User_Rx."""

    username: Text = spelled("Username")
    phone_number: Text = spelled("PhoneNumber")
    attachment_format: Annotated[AttachmentFormat | str | None, _KNOWN_FIRST] = spelled(
        "AttachmentFormat"
    )
    delete_after_usage: Text = spelled("DeleteAfterUsage")
    """Whether a fax's image is deleted once it was downloaded; a text, says the vendor."""
    emails: Text = spelled("Emails")
    """Where faxes are forwarded to."""
    time_zone: Text = spelled("TimeZone")
    number_format: Text = spelled("NumberFormat")


class UserTx(VendorModel):
    """A user's outbound service: the vendor's User_Tx.

    Each number and flag must be set in a request: the service reads a missing one as 0 or false.
    """

    username: Text = spelled("Username")
    check_password: Flag = spelled("CheckPassword")
    conversion: Text = spelled("Conversion")
    feedback_type: FeedbackType | int | None = spelled("FeedbackType")
    feedback_format: FeedbackFormat | int | None = spelled("FeedbackFormat")
    feedback_with_tif: Flag = spelled("FeedbackWithTIF")
    """Whether the e-mail about a fax carries its image."""
    allowed_senders: Text = spelled("AllowedSenders")
    """E-mail addresses separated by commas; `*@example.com` for a whole domain."""
    allowed_ip_addresses: Text = spelled("AllowedIPAddresses")
    """For future use, says the vendor."""
    default_page_size: Annotated[PageSize | str | None, _KNOWN_FIRST] = spelled("DefaultPageSize")
    default_page_orientation: Annotated[PageOrientation | str | None, _KNOWN_FIRST] = spelled(
        "DefaultPageOrientation"
    )
    default_page_resolution: Annotated[PageResolution | str | None, _KNOWN_FIRST] = spelled(
        "DefaultPageResolution"
    )
    default_rendering_quality: Annotated[RenderingQuality | str | None, _KNOWN_FIRST] = spelled(
        "DefaultRenderingQuality"
    )
    default_page_header: Text = spelled("DefaultPageHeader")
    """For future use, says the vendor."""
    default_retries_to_perform: Integer = spelled("DefaultRetriesToPerform")
    """0 to 9; for future use, says the vendor."""
    default_reply_address: Text = spelled("DefaultReplyAddress")
    """Used only for faxes sent by web service."""
    authenticate_by_signature: Flag = spelled("AuthenticateBySignature")
    """Whether an S/MIME signature proves who sends."""
    authenticate_by_tickets: Flag = spelled("AuthenticateByTickets")
    """Whether only faxes sent by Office 2003 pass."""
    default_delete_after_usage: Flag = spelled("DefaultDeleteAfterUsage")
    """Whether a fax's image is deleted once it was sent."""
    dialing_area_code: Text = spelled("DialingAreaCode")
    """The area that local numbers are dialed from."""
    dialing_country_iso_code: Text = spelled("DialingCountryISOCode")


class InboundNode(VendorModel):
    """A place where numbers for inbound faxes can be had."""

    shown: ClassVar[tuple[str, ...]] = ("id", "description")

    id: Integer = spelled("ID")
    description: Text = spelled("Description")
    country_code: Integer = spelled("CountryCode")
    prefix: Integer = spelled("Prefix")
    """The area code."""


class RxEmail(VendorModel):
    """An e-mail address that inbound faxes are forwarded to."""

    email_address: Text = spelled("EmailAddress")
    send_signed: Flag = spelled("SendSigned")
    """Whether the e-mail is digitally signed."""
    send_encrypted: Flag = spelled("SendEncrypted")
    digital_id: SecretStr | None = spelled("DigitalID")
    """The certificate that the e-mail is encrypted for."""


class TimeZoneElement(VendorModel):
    """A time zone that InterFax knows."""

    shown: ClassVar[tuple[str, ...]] = ("name", "gmt_offset")

    name: Text = spelled("Name")
    gmt_offset: Integer = spelled("GMTOffset")
    """Minutes east of GMT at present."""
