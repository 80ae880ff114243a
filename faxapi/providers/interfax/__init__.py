"""InterFax: the outbound and the admin web service, over SOAP."""

from faxapi.providers.interfax.admin import Admin
from faxapi.providers.interfax.client import InterFax
from faxapi.providers.interfax.models import (
    AttachmentFormat,
    FaxItemEx,
    FaxStatusExResult,
    FeedbackFormat,
    FeedbackType,
    InboundActivity,
    InboundNode,
    Language,
    OutboundActivity,
    PageOrientation,
    PageResolution,
    PageSize,
    RenderingQuality,
    RxEmail,
    TimeZoneElement,
    UserGeneral,
    UserInboundSummary,
    UserOutboundSummary,
    UserRx,
    UserTx,
)
from faxapi.providers.interfax.outbound import FaxItems, Outbound

__all__ = [
    "Admin",
    "AttachmentFormat",
    "FaxItemEx",
    "FaxItems",
    "FaxStatusExResult",
    "FeedbackFormat",
    "FeedbackType",
    "InboundActivity",
    "InboundNode",
    "InterFax",
    "Language",
    "Outbound",
    "OutboundActivity",
    "PageOrientation",
    "PageResolution",
    "PageSize",
    "RenderingQuality",
    "RxEmail",
    "TimeZoneElement",
    "UserGeneral",
    "UserInboundSummary",
    "UserOutboundSummary",
    "UserRx",
    "UserTx",
]
