"""What a server says, made fit for an error's message: it can repeat whatever it was sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MASK = "***"
_LONGEST = 300
_EMAIL = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+")
# A fax number, however it is grouped; a vendor's codes are shorter.
_NUMBER = re.compile(r"\+?\d(?:[\s().-]{0,3}\d){5,}")


def mask(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, _MASK)
    return text


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """One short printable line without secrets, numbers of six digits or more, and addresses."""
    # Secrets go first: cut in half, or with other white space, none would be found.
    line = " ".join(mask(text, secrets).split())[:_LONGEST].rstrip(".")
    for personal in (_EMAIL, _NUMBER):
        line = personal.sub(_MASK, line)
    return "".join(letter if letter.isprintable() else "?" for letter in line)
