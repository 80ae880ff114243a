"""What InterFax tells anyone: time zones, and places where numbers can be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from faxapi.sandbox.data import Row

# Minutes from GMT; the names are those of Windows.
TIME_ZONES = {
    "Pacific Standard Time": -480,
    "Eastern Standard Time": -300,
    "GMT Standard Time": 0,
    "W. Europe Standard Time": 60,
    "Israel Standard Time": 120,
    "India Standard Time": 330,
    "Tokyo Standard Time": 540,
}


class Node(NamedTuple):
    """A place where numbers can be had."""

    id: int
    country: str
    description: str
    country_code: int
    prefix: int


NODES = (
    Node(1, "US", "New York", 1, 212),
    Node(2, "US", "Chicago", 1, 312),
    Node(3, "GB", "London", 44, 20),
    Node(4, "IT", "Milano", 39, 2),
    Node(5, "IL", "Tel Aviv", 972, 3),
)


def get_inbound_nodes(values: Row) -> Row:
    """GetInboundNodes: the nodes of a country."""
    found = [
        {
            "ID": node.id,
            "Description": node.description,
            "CountryCode": node.country_code,
            "Prefix": node.prefix,
        }
        for node in NODES
        if node.country == values["Country"]
    ]
    return {"GetInboundNodesResult": found or None}


def get_time_zones(_values: Row) -> Row:
    """GetTimeZones."""
    zones = [{"Name": name, "GMTOffset": offset} for name, offset in TIME_ZONES.items()]
    return {"GetTimeZonesResult": zones}


def get_time_zones_xml(_values: Row) -> Row:
    """GetTimeZonesXML in the vendor's documented form: malformed, each GMTOffset opened twice."""
    zones = "".join(
        f"   <Name>{name}</Name>\n   <GMTOffset>{offset}<GMTOffset>\n"
        for name, offset in TIME_ZONES.items()
    )
    return {"GetTimeZonesXMLResult": f"<TimeZones>\n{zones}</TimeZones>"}
