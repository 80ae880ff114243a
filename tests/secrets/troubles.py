"""Servers that repeat whatever they were sent, in every place where an answer has room for it."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

from tests.contract.proxy import Answer, Ask, Choose
from tests.transport.server import Request, reply

FAULTS = {
    "1.1": (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
        "<faultcode>s:{code}</faultcode><faultstring>{text}</faultstring><detail>{text}</detail>"
        "</s:Fault></s:Body></s:Envelope>"
    ),
    "1.2": (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault>'
        "<s:Code><s:Value>s:{code}</s:Value></s:Code><s:Reason><s:Text>{text}</s:Text></s:Reason>"
        "</s:Fault></s:Body></s:Envelope>"
    ),
}


def echo(request: Request) -> str:
    """All that a request says, as it stood there and as a server may write it when it has read it.

    What a server puts first is what an error's short text would show.
    """
    body = request.body.decode()
    texts = [html.unescape(body), body]
    for login in request.header("authorization") + request.header("proxy-authorization"):
        plain = base64.b64decode(login.removeprefix("Basic ")).decode()
        texts += [plain, plain.partition(":")[2], login]
    texts += [form(text) for text in texts for form in (quote, quote_plus, repr, ascii, json.dumps)]
    return " | ".join([*texts, request.target, repr(request.headers)])


Telling = Callable[[str], bytes]
"""Makes an answer of what it is to repeat."""


def repeating(answer: Telling) -> Choose:
    """Give an answer that repeats the request."""
    return lambda request, _: answer(echo(request))


def pieces(answer: Telling) -> Choose:
    """The same, with one form of one thing alone, another one each time."""
    asked = 0

    def choose(request: Request, _: Ask) -> bytes:
        nonlocal asked
        texts = [text for text in echo(request).split(" | ") if text]
        asked += 1
        return answer(texts[asked % len(texts)])

    return choose


def page(status: str, kind: str = "text/html; charset=utf-8") -> Telling:
    return lambda said: reply(
        f"<!DOCTYPE html><html><body>{html.escape(said)}</body></html>".encode(),
        status=status,
        kind=kind,
    )


def fault(version: str, code: str, status: str = "500 Internal Server Error") -> Telling:
    return lambda said: reply(
        FAULTS[version].format(code=code, text=html.escape(said)).encode(),
        status=status,
        kind="text/xml",
    )


def refusal(status: str, kind: str = "application/json") -> Telling:
    def answer(said: str) -> bytes:
        # Cut between what is repeated: half a secret is no secret that anybody could look for.
        short = said if len(said) < 150 else said[:150].rpartition(" | ")[0]
        content = json.dumps({"reason": short, "message": said})
        return reply(content.encode(), status=status, kind=kind)

    return answer


def header(name: str, value: str = "{}", status: str = "200 OK") -> Telling:
    def answer(said: str) -> bytes:
        plain = value.format("".join(letter if letter >= " " else "?" for letter in said))
        raw = plain.encode().decode("latin-1")
        return reply(b"", f"{name}: {raw[:20000]}", status=status)

    return answer


def raw(before: bytes = b"", after: bytes = b"\r\n\r\n") -> Telling:
    return lambda said: before + said.encode()[:4000].replace(b"\n", b" ") + after


def broken_off(_request: Request, ask: Ask) -> Answer:
    return ask().half()


def no_answer(_request: Request, _ask: Ask) -> None:
    """Silence."""


def among_the_elements(request: Request, ask: Ask) -> Answer:
    """The true answer, with more in it than anybody knows."""
    answer = ask()
    said = echo(request)
    if answer.body.startswith(b"{"):
        more = f'{{"Echo": {json.dumps(said)}, "q": {{"Echo": {json.dumps(said)}}}, '.encode()
        return Answer(answer.status, answer.kind, answer.body.replace(b"{", more, 3))
    more = f"<Echo>{html.escape(said)}</Echo></".encode()
    return Answer(answer.status, answer.kind, answer.body.replace(b"</", more, 9))


def among_the_values(request: Request, ask: Ask) -> Answer:
    """The true answer with something else in place of each value."""
    answer = ask()
    said = echo(request)[:500]
    if answer.body.startswith(b"{"):
        tree = json.loads(answer.body, object_hook=lambda found: _spoiled(found, said))
        return Answer(answer.status, answer.kind, json.dumps(tree).encode())
    parts = answer.body.split(b"</")
    for number, part in enumerate(parts[:-1]):
        start, _, value = part.rpartition(b">")
        if value:
            parts[number] = start + b">" + html.escape(said).encode()
    return Answer(answer.status, answer.kind, b"</".join(parts))


def _spoiled(found: dict[str, object], said: str) -> dict[str, object]:
    return {
        name: value if isinstance(value, dict | list) else said for name, value in found.items()
    }


ERROR = "500 Internal Server Error"
BAD = "400 Bad Request"
REDIRECT = "302 Found"
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n"

TROUBLES: dict[str, Choose] = {
    **{
        f"fault of {version}, {kind.__name__}": kind(fault(version, code))
        for version, code in (("1.1", "Client"), ("1.2", "Server"))
        for kind in (repeating, pieces)
    },
    "fault with status 200": repeating(fault("1.1", "Server", "200 OK")),
    "fault whose code repeats": lambda request, _: fault("1.1", html.escape(echo(request)))("No"),
    "refusal": repeating(refusal(BAD)),
    "refusal piece by piece": pieces(refusal(BAD)),
    "refusal by status 403": pieces(refusal("403 Forbidden")),
    "nothing there": pieces(refusal("404 Not Found", "text/plain")),
    "failing for now": pieces(refusal("503 Service Unavailable", "")),
    "login rejected": repeating(refusal("401 Unauthorized")),
    "login rejected by a page": repeating(page("401 Unauthorized")),
    "error page": repeating(page(ERROR)),
    "error page of WCF": repeating(page(BAD)),
    "error page as XML": repeating(page(ERROR, "text/xml")),
    "good page": repeating(page("200 OK")),
    "good page as XML": repeating(page("200 OK", "text/xml")),
    "good page as JSON": repeating(page("200 OK", "application/json")),
    "JSON that is none of theirs": repeating(refusal("200 OK")),
    "no XML and no JSON": repeating(lambda said: reply(said.encode(), kind="")),
    "content type": repeating(header("Content-Type")),
    "content type of a piece": pieces(header("Content-Type")),
    "compression": repeating(header("Content-Encoding")),
    "retry after": repeating(header("Retry-After", status="503 Service Unavailable")),
    "cookie": repeating(header("Set-Cookie", "login={}", status=ERROR)),
    "redirect by query": repeating(header("Location", "http://localhost:{{}}/in?to={}", REDIRECT)),
    "redirect by path": pieces(header("Location", "https://other.example/in/{}", REDIRECT)),
    "redirect by login": pieces(header("Location", "https://{}@other.example/in", REDIRECT)),
    "redirect by host": pieces(header("Location", "https://{}.example/in", REDIRECT)),
    "redirect to anything": pieces(header("Location", "{}", REDIRECT)),
    "no HTTP": repeating(raw()),
    "no HTTP status": repeating(raw(b"HTTP/1.1 ")),
    "no HTTP header": repeating(raw(b"HTTP/1.1 200 OK\r\nBad header ")),
    "no chunk": repeating(raw(CHUNKED)),
    "more elements": among_the_elements,
    "other values": among_the_values,
    "broken off": broken_off,
}
