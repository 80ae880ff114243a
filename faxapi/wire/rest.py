"""JSON answers, and paths with names that are not ours."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from faxapi.errors import ConfigurationError, DecodeError


def parse_json(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """A JSON body, with or without a byte-order mark.

    Raises:
        DecodeError: It is no JSON; the error names the place, never the text there.
    """
    try:
        return json.loads(body.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        text = f"the answer is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
    except UnicodeDecodeError as error:
        text = f"the answer is not UTF-8 at byte {error.start}"
    except RecursionError:
        text = "the answer nests too deeply"
    except ValueError:
        text = "the answer holds a number that is too long"
    raise DecodeError(text)


def member(value: object, name: str) -> Any:  # noqa: ANN401 - any JSON value
    """A JSON object's member by name without regard to case; None if absent or no object."""
    if not isinstance(value, dict):
        return None
    if name in value:
        return value[name]
    return next((found for key, found in value.items() if key.lower() == name.lower()), None)


def segment(text: str) -> str:
    """One path segment, percent-encoded: an id is opaque and may hold a slash.

    Raises:
        ConfigurationError: It is empty, or a segment that a server would resolve away.
    """
    if not text or text in {".", ".."}:
        message = f"{text!r} cannot be an id in an address"
        raise ConfigurationError(message)
    return quote(text, safe="")
