"""Imagicle Digital Fax (StoneFax): a user's own faxes, sent and received, over REST."""

from faxapi.providers.imagicle.client import Imagicle
from faxapi.providers.imagicle.models import Fax, Recipient

__all__ = ["Fax", "Imagicle", "Recipient"]
