"""What a server says, made fit for an error's message: it can repeat whatever it was sent."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MASK = "***"
_LONGEST = 300
_EMAIL = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+")
# A fax number, however it is grouped; a vendor's codes are shorter.
_NUMBER = re.compile(r"\+?\d(?:[\s().-]{0,3}\d){5,}")
_TAG = re.compile(r"<[^<>]+>")
_TAG_BEFORE_TEXT = re.compile(r"<[^<>]+>(?=\S)")
_XML_NAMES = {"<": ["lt"], ">": ["gt"], '"': ["quot"], "'": ["apos"]}
# What quoting writes, and an address then writes anew. Nothing here goes back on a match once made,
# so that no text takes long.
_HASH = "(?:#|%(?:25){0,3}23)"
_END = "(?:;|%(?:25){0,3}3b)"
_AND = f"(?:&|%(?:25){{0,3}}26)(?>(?:amp{_END}){{0,3}})"
_SLASH = r"(?:\\|%(?:25){0,3}5c)"
_BLANK = rf"(?:\s|\+|%(?:25){{0,3}}(?:20|2b|0[9ad])|(?>{_SLASH}{{1,8}})[nrt])"
# Letters that one pattern stands for, however many of them follow each other.
_RUNS = {"\\": f"(?>{_SLASH}{{1,8}})", " ": f"(?>{_BLANK}{{1,16}})", "%": "%(?>(?:25){1,4})"}


def mask(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets, also as XML, addresses and programs quote them."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        letters = re.sub(r"\s+", " ", re.sub(r"\\+", r"\\", secret))
        quoted = "".join(map(_written, letters))
        text = re.sub(quoted, _MASK, text.replace(secret, _MASK), flags=re.IGNORECASE)
    return text


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """One short printable line without secrets, numbers of six digits or more, and addresses.

    Nor has it what stands in XML elements: a server that repeats a request repeats all of it.
    """
    # Secrets go first: cut in half, or with other white space, none would be found.
    line = _without_contents(unescape(mask(text, secrets)))
    line = " ".join(line.split())[:_LONGEST].rstrip(".")
    for personal in (_EMAIL, _NUMBER):
        line = personal.sub(_MASK, line)
    return "".join(letter if letter.isprintable() else "?" for letter in line)


def _without_contents(text: str) -> str:
    """The text without what stands between its first tag and its last, which may be cut off."""
    first = (_TAG if "</" in text else _TAG_BEFORE_TEXT).search(text)
    if first is None:
        return text
    _, closing, after = text[first.end() :].rpartition("</")
    return f"{text[: first.end()]}{_MASK}{closing}{after if closing else ''}"


def _written(letter: str) -> str:
    """A pattern of the ways to write a letter, also of what was quoted twice."""
    if letter.isascii() and letter.isalnum():
        return letter
    code, encoded = ord(letter), letter.encode(errors="surrogatepass")
    names = [f"{_HASH}0{{0,5}}{code}", f"{_HASH}x0{{0,5}}{code:x}", *_XML_NAMES.get(letter, ())]
    ways = [
        f"{_AND}(?:{'|'.join(names)}){_END}",
        _AND if letter == "&" else r"(?!)",
        _RUNS.get(letter, r"(?!)"),
        "".join(f"%(?:25){{0,3}}{byte:02x}" for byte in encoded),
        "".join(rf"(?>{_SLASH}{{0,8}})x{byte:02x}" for byte in encoded),
        f"x{code:02x}|u{code:04x}|U{code:08x}",
        re.escape(letter),
    ]
    way = f"(?>{'|'.join(ways)})"
    return way if letter == "\\" else f"(?>{way}|(?>{_SLASH}{{1,8}}){way})"
