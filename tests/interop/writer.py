"""Requests that zeep writes by a WSDL, to send to whomever."""

from __future__ import annotations

import zeep
from zeep.wsdl.utils import etree_to_string

from tests.interop.calls import ForeignCall
from tests.sandbox.wire import CONTENT_TYPES


def reader_of(url: str) -> zeep.Client:
    """zeep for the service with this WSDL."""
    transport = zeep.Transport()
    transport.session.trust_env = False
    return zeep.Client(url, transport=transport)


def port_of(client: zeep.Client, version: str) -> tuple[str, str]:
    """The names of a service and of its port for a version of SOAP."""
    (service,) = client.wsdl.services.values()
    (port,) = (name for name in service.ports if name.endswith("Soap12") == (version == "1.2"))
    return service.name, port


class Writer:
    """Writes requests by the WSDLs that are served at an address."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._clients: dict[str, zeep.Client] = {}

    def request(self, call: ForeignCall, version: str) -> tuple[bytes, dict[str, str]]:
        """A request's content and its headers."""
        path, namespace = call.service
        if path not in self._clients:
            self._clients[path] = reader_of(f"{self._url}{path}?WSDL")
        client = self._clients[path]
        service = client.bind(*port_of(client, version))
        body = client.create_message(service, call.name, **call.arguments)
        slash = "" if namespace.endswith("/") else "/"
        headers = {"Content-Type": CONTENT_TYPES[version]}
        if version == "1.1":
            headers["SOAPAction"] = f'"{namespace}{slash}{call.name}"'
        return etree_to_string(body), headers
