"""ParrotFax, over REST."""

from parrotfax.client import ParrotFax
from parrotfax.models import Account, Fax

__all__ = ["Account", "Fax", "ParrotFax"]
