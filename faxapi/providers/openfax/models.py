"""Openfax's structures, as its reporting service describes them.

Source: Openfax, "Broadcast Fax Reporting API Documentation". It gives names and meanings and no
types, so ids, numbers and codes stay text.
"""

from __future__ import annotations

from typing import ClassVar

from faxapi.wire.models import VendorModel, spelled
from faxapi.wire.scalars import Integer, Minutes, Text, Time


class FaxTransmission(VendorModel):
    """One row of a job's call detail report: the last attempt for one destination."""

    shown: ClassVar[tuple[str, ...]] = ("transaction_id", "error_code", "completed_date")
    timed: ClassVar[str] = "completed_date"

    transaction_id: str = spelled("TransactionID", default=..., min_length=1)
    """Tells one row of a report from another; another job may use it again."""
    completed_date: Time = spelled("CompletedDate")
    phone: Text = spelled("Phone")
    reference: Text = spelled("Reference")
    """The "To" header, printed at the top of the fax."""
    country: Text = spelled("Country")
    """The country or rate centre that was called."""
    error_code: Text = spelled("ErrorCode")
    """The result, see `faxapi.providers.openfax.codes`; `"0"` is success."""
    pages: Integer = spelled("Pages")
    """Pages that went through."""
    duration: Minutes = spelled("Duration")
    """The vendor counts in minutes."""


class _Job(VendorModel):
    """A broadcast job's totals."""

    shown: ClassVar[tuple[str, ...]] = ("job_id", "total_destinations")

    job_id: str = spelled("JobID", default=..., min_length=1)
    bill_code: Text = spelled("BillCode")
    """What the submitter wrote on the job; the only way from a submission to its job id."""
    total_destinations: Integer = spelled("TotalDestinations")
    """Attempts completed so far, not the job's size."""
    total_successful: Integer = spelled("TotalSuccessful")
    total_failed: Integer = spelled("TotalFailed")


class RealtimeJob(_Job):
    """A running job's progress at the time of the query."""


class HistoryJob(_Job):
    """A job completed within the last 30 days, with its final totals."""
