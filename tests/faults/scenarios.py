"""Every fault of the table: what happens, and what is promised of a collection that meets it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial

from faxapi.errors import (
    ConnectFailed,
    DeadlineExceeded,
    DecodeError,
    Disconnected,
    FaxApiError,
    RateLimited,
    RedirectRefused,
    ResponseTooLarge,
    ServiceUnavailable,
    TransportError,
)
from tests.faults import acts
from tests.faults.answers import (
    IN_THE_BODY,
    IN_THE_CHUNKS,
    IN_THE_HEAD,
    Framing,
    broken_body,
    head,
)
from tests.faults.certificates import server_context
from tests.faults.trouble import CONNECTING, DEADLINE, SILENCE, SMALL, Place, Trouble


@dataclass(frozen=True)
class Fault(Trouble):
    """A trouble that a collection meets, and what is promised of it.

    Attributes:
        for_ever: The error of a collection that meets it again and again; None if it goes on.
        once: The error of a collection that meets it once; None if it is complete all the same.
        rows: Whether whole rows come before it. Where records are delivered row by row, once is
            then enough for a gap, since nothing is asked for again that was delivered.
        heavy: Whether memory is what it is after.
    """

    for_ever: type[FaxApiError] | None
    once: type[FaxApiError] | None = None
    rows: bool = field(default=False, kw_only=True)
    heavy: bool = field(default=False, kw_only=True)


LATENCY = [
    Fault("every answer comes 50 ms late", acts.late(0.05), None),
    Fault("an answer comes in pieces of 700 bytes", acts.drip(700, 0.001), None),
    Fault(
        "an answer drips, a byte every 20 ms",
        acts.drip(1, 0.02),
        DeadlineExceeded,
        DeadlineExceeded,
        options=DEADLINE,
    ),
    Fault(
        "interim answers (100 Continue) without end",
        acts.endless(lambda _: b"", acts.INTERIM, 0.005),
        DeadlineExceeded,
        DeadlineExceeded,
        options=DEADLINE,
    ),
]

RESETS = [
    Fault(f"reset {place}", acts.reset_after(part), Disconnected)
    for place, part in IN_THE_HEAD.items()
] + [
    Fault(
        f"reset {place}",
        acts.reset_after(broken_body(Framing.LENGTH, part)),
        Disconnected,
        rows=place != "after the headers",
    )
    for place, part in IN_THE_BODY.items()
    if place in {"after the headers", "in a text"}
]

TRUNCATION = [
    *(
        Fault(f"closed {place}", acts.close_after(part), Disconnected)
        for place, part in IN_THE_HEAD.items()
    ),
    *(
        Fault(f"closed {place}", acts.close_after(part), Disconnected, rows=True)
        for place, part in IN_THE_CHUNKS.items()
    ),
    *(
        Fault(
            f"closed {place}, body {framing}",
            acts.close_after(broken_body(framing, part)),
            # Where the connection's end is the body's, only XML and JSON know that more is to come.
            DecodeError if framing is Framing.CLOSE else Disconnected,
            rows=place != "after the headers",
        )
        for framing in Framing
        for place, part in IN_THE_BODY.items()
    ),
]

SILENT = [
    Fault(
        "takes requests and never answers",
        acts.silent_after(lambda _: b""),
        TransportError,
        options=SILENCE,
    ),
    Fault(
        "falls silent in the headers",
        acts.silent_after(IN_THE_HEAD["in a header"]),
        TransportError,
        options=SILENCE,
    ),
    Fault(
        "falls silent in the body",
        acts.silent_after(acts.half),
        TransportError,
        rows=True,
        options=SILENCE,
    ),
    Fault("a kept connection is closed while idle", acts.gone_without_a_word(acts.close), None),
    Fault("a kept connection is reset while idle", acts.gone_without_a_word(acts.reset), None),
    Fault(
        "a kept connection is dead, and nobody said so",
        acts.gone_without_a_word(acts.deaf),
        None,
        options=SILENCE,
    ),
    Fault("accepts connections and closes them", acts.close, Disconnected, place=Place.CONNECTION),
    Fault("accepts connections and resets them", acts.reset, Disconnected, place=Place.CONNECTION),
    Fault(
        "accepts connections and never says a word",
        acts.deaf,
        TransportError,
        place=Place.CONNECTION,
        options=SILENCE,
    ),
]

STATUSES = [
    *(
        Fault(status, acts.status(status), ServiceUnavailable)
        for status in (
            "500 Internal Server Error",
            "502 Bad Gateway",
            "503 Service Unavailable",
            "504 Gateway Timeout",
        )
    ),
    Fault(
        "503, `Retry-After: 1`",
        acts.status("503 Service Unavailable", "Retry-After: 1"),
        ServiceUnavailable,
    ),
    Fault(
        "429, `Retry-After: 3600`",
        acts.status("429 Too Many Requests", "Retry-After: 3600"),
        RateLimited,
        RateLimited,
    ),
    Fault(
        "429, an unreadable `Retry-After`",
        acts.status("429 Too Many Requests", "Retry-After: soon"),
        RateLimited,
    ),
    *(
        Fault(
            f"a redirect ({status})",
            acts.status(status, "Location: https://elsewhere.example/"),
            RedirectRefused,
            RedirectRefused,
        )
        for status in ("302 Found", "307 Temporary Redirect")
    ),
    Fault("an HTML page, status 200", acts.status("200 OK"), DecodeError, DecodeError),
    Fault(
        "an empty answer, status 204", acts.instead(b"HTTP/1.1 204 No Content\r\n\r\n"), DecodeError
    ),
]

BODIES = [
    Fault("in chunks, with a trailer", acts.in_chunks, None),
    Fault(
        "`Content-Length` too large, then closed",
        acts.wrong_length(9, acts.close_after),
        Disconnected,
        rows=True,
    ),
    Fault(
        "`Content-Length` too large, then silence",
        acts.wrong_length(9, acts.silent_after),
        TransportError,
        rows=True,
        options=SILENCE,
    ),
    Fault(
        "`Content-Length` too small",
        acts.wrong_length(-9, acts.close_after),
        DecodeError,
        rows=True,
    ),
    Fault("`Content-Length` not a number", acts.claims("Content-Length: many"), Disconnected),
    Fault(
        "`Content-Length` twice, and not the same",
        acts.claims("Content-Length: 1", "Content-Length: 2"),
        Disconnected,
    ),
    Fault("a chunk's size is no number", acts.instead(acts.NO_SIZE), Disconnected),
    Fault("the same answer twice", acts.twice, None),
    Fault("no HTTP at all", acts.instead(b"220 mail.example.com ESMTP\r\n\r\n"), Disconnected),
    Fault(
        "claims gzip, and is none",
        acts.claims("Content-Encoding: gzip", "Connection: close"),
        DecodeError,
        DecodeError,
    ),
    Fault(
        "gzip with a wrong checksum",
        acts.packed(lambda data: data[:-8] + b"checksum"),
        DecodeError,
        DecodeError,
        rows=True,
    ),
    Fault("gzip cut short", acts.packed(lambda data: data[:-20]), Disconnected, rows=True),
    Fault(
        "compressed as nobody asked (br)",
        acts.packed(lambda data: data, "br"),
        DecodeError,
        DecodeError,
    ),
    Fault(
        "a gzip bomb, 64 MB in 64 kB",
        acts.bomb,
        ResponseTooLarge,
        ResponseTooLarge,
        rows=True,
        heavy=True,
        options=SMALL,
    ),
    Fault(
        "a body that never ends",
        acts.endless(acts.open_chunks, acts.ENDLESS_CHUNK),
        ResponseTooLarge,
        ResponseTooLarge,
        rows=True,
        heavy=True,
        options=SMALL,
    ),
    Fault(
        "a header that never ends",
        acts.endless(lambda answer: head(answer)[:-2] + b"X: ", b"x" * 60_000),
        Disconnected,
        heavy=True,
    ),
    Fault(
        "headers that never end",
        acts.endless(lambda answer: head(answer)[:-2], b"X: x\r\n" * 9000),
        Disconnected,
        heavy=True,
    ),
]

TLS = [
    Fault(
        "a certificate for another host",
        acts.shows(partial(server_context, "fax.example.com")),
        ConnectFailed,
        ConnectFailed,
        place=Place.CONNECTION,
        tls=True,
    ),
    Fault(
        "a certificate that has expired",
        acts.shows(partial(server_context, days=-1)),
        ConnectFailed,
        ConnectFailed,
        place=Place.CONNECTION,
        tls=True,
    ),
    Fault(
        "a certificate of an unknown authority",
        acts.shows(partial(server_context, authority="unknown")),
        ConnectFailed,
        ConnectFailed,
        place=Place.CONNECTION,
        tls=True,
    ),
    Fault(
        "plain HTTP on the TLS port", acts.plain, ConnectFailed, place=Place.CONNECTION, tls=True
    ),
    Fault(
        "the handshake is cut", acts.cut_handshake, ConnectFailed, place=Place.CONNECTION, tls=True
    ),
    Fault(
        "the handshake never ends",
        acts.deaf,
        ConnectFailed,
        place=Place.CONNECTION,
        tls=True,
        options=CONNECTING,
    ),
    Fault("a record that does not decrypt", acts.garbage_in_tls, Disconnected, tls=True),
    Fault(
        "closed in a text without TLS's goodbye",
        acts.close_after(broken_body(Framing.CLOSE, IN_THE_BODY["in a text"])),
        DecodeError,
        rows=True,
        tls=True,
    ),
]


DNS = [
    Fault("the name is not known", acts.unknown_name, ConnectFailed, place=Place.LOOKUP),
    Fault("no name server answers", acts.no_name_server, ConnectFailed, place=Place.LOOKUP),
    Fault(
        "a name server takes too long",
        partial(time.sleep, 0.5),
        ConnectFailed,
        place=Place.LOOKUP,
        options=CONNECTING,
    ),
]

FAULTS: dict[str, list[Fault]] = {
    "Latency": LATENCY,
    "Resets": RESETS,
    "Truncation": TRUNCATION,
    "Half-open connections": SILENT,
    "Statuses": STATUSES,
    "Bodies": BODIES,
    "TLS": TLS,
    "DNS": DNS,
}
