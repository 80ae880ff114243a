"""How a change, or the answer to it, can be lost, and what its caller hears."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from faxapi.errors import (
    ConnectFailed,
    DeadlineExceeded,
    FaxApiError,
    RateLimited,
    RedirectRefused,
    Unconfirmed,
)
from tests.faults import acts
from tests.faults.acts import Act
from tests.faults.answers import IN_THE_BODY, IN_THE_CHUNKS, IN_THE_HEAD, Framing, broken_body
from tests.faults.certificates import server_context
from tests.faults.trouble import DEADLINE, SILENCE, SMALL, Place, Trouble


@dataclass(frozen=True)
class Loss(Trouble):
    """What becomes of a change, or of its answer alone.

    Attributes:
        error: What the caller hears; None if all is well.
    """

    error: type[FaxApiError] | None = Unconfirmed


def _broken(framing: Framing, place: str) -> Act:
    return acts.close_after(broken_body(framing, IN_THE_BODY[place]))


_IN_THE_HEAD = IN_THE_HEAD["in a header"]
LOST = [
    Loss("reset before the answer", acts.reset_after(lambda _: b"")),
    Loss("closed before the answer", acts.close_after(lambda _: b"")),
    Loss("reset in the headers", acts.reset_after(_IN_THE_HEAD)),
    Loss("closed in the headers", acts.close_after(_IN_THE_HEAD)),
    *(
        Loss(f"closed in a tag, body {framing}", _broken(framing, "in a tag or name"))
        for framing in Framing
    ),
    Loss("closed before the last chunk", acts.close_after(IN_THE_CHUNKS["before the last chunk"])),
    Loss("no answer", acts.silent_after(lambda _: b""), options=SILENCE),
    Loss("no answer before the `deadline`", acts.silent_after(lambda _: b""), options=DEADLINE),
    Loss("half an answer before the `deadline`", acts.silent_after(acts.half), options=DEADLINE),
    *(
        Loss(f"an HTML page, status {status}", acts.status(status))
        for status in (
            "200 OK",
            "500 Internal Server Error",
            "502 Bad Gateway",
            "503 Service Unavailable",
            "504 Gateway Timeout",
        )
    ),
    Loss("503, `Retry-After: 1`", acts.status("503 Service Unavailable", "Retry-After: 1")),
    Loss("a redirect, 303 See Other", acts.status("303 See Other", "Location: /done.aspx")),
    Loss("an empty answer, status 204", acts.instead(b"HTTP/1.1 204 No Content\r\n\r\n")),
    Loss("gzip that is damaged", acts.packed(lambda data: data[:-8] + b"checksum")),
    Loss(
        "a body that never ends", acts.endless(acts.open_chunks, acts.ENDLESS_CHUNK), options=SMALL
    ),
]
REFUSED = [
    *(
        Loss(
            f"a redirect, {status}",
            acts.status(status, "Location: /elsewhere.asmx"),
            RedirectRefused,
        )
        for status in (
            "301 Moved Permanently",
            "302 Found",
            "307 Temporary Redirect",
            "308 Permanent Redirect",
        )
    ),
    Loss(
        "429, `Retry-After: 1`", acts.status("429 Too Many Requests", "Retry-After: 1"), RateLimited
    ),
]
NEVER_SENT = [
    Loss(
        "the certificate is not trusted",
        acts.shows(partial(server_context, authority="unknown")),
        ConnectFailed,
        place=Place.CONNECTION,
        tls=True,
    ),
    Loss(
        "the handshake is cut", acts.cut_handshake, ConnectFailed, place=Place.CONNECTION, tls=True
    ),
    Loss("plain HTTP on the TLS port", acts.plain, ConnectFailed, place=Place.CONNECTION, tls=True),
    Loss(
        "the `deadline` passes in the handshake",
        acts.deaf,
        DeadlineExceeded,
        place=Place.CONNECTION,
        tls=True,
        options=DEADLINE,
    ),
    Loss("the name is not known", acts.unknown_name, ConnectFailed, place=Place.LOOKUP),
]
STALE = [
    Loss("kept connections are closed while idle", acts.gone_without_a_word(acts.close), None),
    Loss(
        "kept connections are dead, and nobody said so",
        acts.gone_without_a_word(acts.deaf),
        None,
        options=SILENCE,
    ),
]
LOSSES = {
    "The vendor may have done it": LOST,
    "The vendor has not done it": REFUSED,
    "It was never sent": NEVER_SENT,
    "It goes out all the same": STALE,
}
