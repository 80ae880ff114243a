"""An ASP.NET web service (.asmx) as its runtime answers: SOAP 1.1 and 1.2, document/literal.

Source of status codes, fault codes and texts: Microsoft, .NET reference source,
System.Web.Services.Protocols.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.message import Message
from html import escape as html
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, Response

from faxapi.sandbox.calls import Call
from faxapi.sandbox.elements import (
    XSI,
    Node,
    NotWellFormed,
    Unreadable,
    escape,
    parse,
    read,
    write,
)
from faxapi.sandbox.wsdl import describe
from faxapi.wire.soap import CONTENT_TYPES, Credential, Service, SoapOperation, SoapVersion

if TYPE_CHECKING:
    from starlette.requests import Request

Method = Callable[[dict[str, Any]], Mapping[str, Any]]
"""Takes a request's values by name and returns the answer's."""

_NAMESPACES = {
    SoapVersion.V1_1: "http://schemas.xmlsoap.org/soap/envelope/",
    SoapVersion.V1_2: "http://www.w3.org/2003/05/soap-envelope",
}
_VERSIONS = {"text/xml": SoapVersion.V1_1, "application/soap+xml": SoapVersion.V1_2}
_CLIENT = {SoapVersion.V1_1: "Client", SoapVersion.V1_2: "Sender"}
_SERVER = {SoapVersion.V1_1: "Server", SoapVersion.V1_2: "Receiver"}
_UNKNOWN_ACTION = {
    SoapVersion.V1_1: "Server did not recognize the value of HTTP Header SOAPAction: {}.",
    SoapVersion.V1_2: "Unable to handle request. The action '{}' was not recognized.",
}


class _Fault(Exception):
    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Asmx:
    """One service: its operations, each with the method that answers it."""

    def __init__(self, service: Service, methods: Mapping[SoapOperation[Any], Method]) -> None:
        self.service = service
        self._methods = {operation.name: (operation, run) for operation, run in methods.items()}
        self._actions = {service.action(name): name for name in self._methods}

    def read(self, request: Request, body: bytes) -> Call:
        """What a request asks for, or the refusal that it gets."""
        if request.method in {"GET", "HEAD"}:
            return Call("", lambda: self._page(request))
        content_type = _content_type(request)
        version = _VERSIONS.get(content_type.get_content_type())
        if version is None:
            return Call("", lambda: _empty(415, SoapVersion.V1_1))
        action = request.headers.get("soapaction")
        if version is SoapVersion.V1_2:
            # There it is an optional parameter of the content type (RFC 3902).
            named = content_type.get_param("action")
            action = named if isinstance(named, str) else None
        label = ""
        try:
            call = _body(parse(body), version)
            operation, run = self._methods[self._route(call, action, version)]
            label = operation.label
            values = read(operation.request, call, self.service.namespace)
        except NotWellFormed:
            return Call("", lambda: _empty(400, version))
        except Unreadable as problem:
            text = f"Server was unable to read request. ---> {problem}"
            fault = _Fault(_CLIENT[version], text)
        except _Fault as problem:
            fault = problem
        else:
            return _call(operation, run, values, version)
        return Call(label, lambda: _refuse(fault, version))

    def _route(self, call: Node, action: str | None, version: SoapVersion) -> str:
        """The operation's name: by the action, and in 1.2 by the body's element if there is none.

        Raises:
            _Fault: There is no such operation.
            Unreadable: The body's element is another operation's.
        """
        if action is not None:
            name = self._actions.get(action.strip().strip('"'))
            unknown = _UNKNOWN_ACTION[version].format(action)
        else:
            known = call.namespace == self.service.namespace and call.name in self._methods
            name = call.name if known and version is SoapVersion.V1_2 else None
            unknown = (
                "Unable to handle request without a valid action parameter. "
                "Please supply a valid soap action."
            )
        if name is None:
            raise _Fault(_CLIENT[version], unknown)
        if (call.namespace, call.name) != (self.service.namespace, name):
            raise Unreadable(call, f"{call} was not expected.")
        return name

    def _page(self, request: Request) -> Response:
        if request.url.query.lower() == "wsdl":
            address = str(request.url.replace(query=""))
            operations = [operation for operation, _ in self._methods.values()]
            return Response(
                describe(self.service, operations, address), media_type="text/xml; charset=utf-8"
            )
        title = html(self.service.name or "Service")
        names = "".join(f"<li>{html(name)}</li>" for name in self._methods)
        return HTMLResponse(
            f"<html><head><title>{title} Web Service</title></head><body><p>The following "
            f'operations are supported. See the <a href="?WSDL">Service Description</a>.</p>'
            f"<ul>{names}</ul></body></html>"
        )


def services(methods: Mapping[SoapOperation[Any], Method]) -> list[Asmx]:
    """The services that operations belong to."""
    found: dict[Service, dict[SoapOperation[Any], Method]] = {}
    for operation, run in methods.items():
        found.setdefault(operation.service, {})[operation] = run
    return [Asmx(service, own) for service, own in found.items()]


def _content_type(request: Request) -> Message:
    message = Message()
    message["content-type"] = request.headers.get("content-type", "application/octet-stream")
    return message


def _body(root: Node, version: SoapVersion) -> Node:
    """The element in the envelope's body.

    Raises:
        _Fault: It is an envelope of another version.
        Unreadable: It is no envelope with one element in its body.
    """
    expected = _NAMESPACES[version]
    if root.name == "Envelope" and root.namespace != expected:
        text = (
            f"Possible SOAP version mismatch: Envelope namespace {root.namespace} was unexpected. "
            f"Expecting {expected}."
        )
        raise _Fault("VersionMismatch", text)
    if root.name != "Envelope":
        raise Unreadable(root, f"{root} was not expected.")
    body = root.child(expected, "Body")
    if body is None or len(body.children) != 1:
        raise Unreadable(body or root, "The Body must hold one element.")
    return body.children[0]


def user_of(operation: SoapOperation[Any], values: Mapping[str, Any]) -> str:
    """Who calls, by the request; "" where it names nobody."""
    names = (each.name for each in operation.request if each.credential is Credential.USERNAME)
    return next((values[name] for name in names if values[name]), "")


def with_code(
    operation: SoapOperation[Any], answer: Mapping[str, Any], code: int
) -> dict[str, Any]:
    """The answer with its result code at the place that the operation declares."""
    step, _, inner = operation.code.partition("/")
    value = {**answer.get(step, {}), inner: code} if inner else code
    return {**answer, step: value}


def _call(
    operation: SoapOperation[Any], run: Method, values: dict[str, Any], version: SoapVersion
) -> Call:
    def result(code: int) -> Response:
        return _perform(operation, lambda _: with_code(operation, {}, code), {}, version)

    def fault(code: str, text: str) -> Response:
        codes = _CLIENT if code == _CLIENT[SoapVersion.V1_1] else _SERVER
        return _refuse(_Fault(codes[version], text), version)

    return Call(
        operation.label,
        lambda: _perform(operation, run, values, version),
        username=user_of(operation, values),
        soap_fault=fault,
        result_code=result if operation.code else None,
    )


def _perform(
    operation: SoapOperation[Any], run: Method, values: dict[str, Any], version: SoapVersion
) -> Response:
    try:
        content = write(operation.response, run(values))
    except Exception as error:  # noqa: BLE001 - ASP.NET turns whatever a method throws into a fault
        text = f"Server was unable to process request. ---> {error}"
        return _refuse(_Fault(_SERVER[version], text), version)
    name = f"{operation.name}Response"
    namespace = escape(operation.service.namespace)
    return _envelope(f'<{name} xmlns="{namespace}">{content}</{name}>', version, 200)


def _refuse(fault: _Fault, version: SoapVersion) -> Response:
    text = escape(str(fault))
    if version is SoapVersion.V1_1:
        content = (
            f"<faultcode>soap:{fault.code}</faultcode><faultstring>{text}</faultstring><detail />"
        )
    else:
        content = (
            f"<soap:Code><soap:Value>soap:{fault.code}</soap:Value></soap:Code>"
            f'<soap:Reason><soap:Text xml:lang="en">{text}</soap:Text></soap:Reason><soap:Detail />'
        )
    return _envelope(f"<soap:Fault>{content}</soap:Fault>", version, 500)


def _empty(status: int, version: SoapVersion) -> Response:
    return Response(status_code=status, headers={"Content-Type": CONTENT_TYPES[version]})


def _envelope(content: str, version: SoapVersion, status: int) -> Response:
    text = (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soap:Envelope xmlns:soap="{_NAMESPACES[version]}" xmlns:xsi="{XSI}" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f"<soap:Body>{content}</soap:Body></soap:Envelope>"
    )
    return Response(
        text.encode(), status_code=status, headers={"Content-Type": CONTENT_TYPES[version]}
    )
