"""The metrics of the page "Streaming from FastAPI", as Prometheus reads them."""

from __future__ import annotations

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import Reply
from tests.cli.accounts import configured
from tests.services.served import served


def sums(page: bytes) -> dict[tuple[str, str], float]:
    """What each counter of faxapi's comes to, by provider."""
    found: dict[tuple[str, str], float] = {}
    for family in text_string_to_metric_families(page.decode()):
        for name, labels, value, *_ in family.samples:
            if family.type == "counter" and "faxapi_provider" in labels:
                key = (name, labels["faxapi_provider"])
                found[key] = found.get(key, 0) + value
    return found


def test_prometheus_can_ask_how_the_collections_went(tmp_path: Path) -> None:
    with Sandbox(seed=1, faxes=40, rate_limit=None) as sandbox:
        config = configured(
            tmp_path,
            sandbox,
            acme={"provider": "interfax", "pace": False},
            east={"provider": "openfax"},
        )
        sandbox.faults.add(Reply(403), provider="openfax", times=None)
        with served("tests.services.whole:app", config) as service:
            *faxes, _ = service.get("/faxes.jsonl").splitlines()
            page = service.get("/metrics")
    asked = len([call for call in sandbox.requests if call.provider == "interfax"])
    counted = sums(page)
    assert counted["faxapi_requests_total", "interfax"] == asked
    assert counted["faxapi_records_total", "interfax"] == len(faxes) > 0
    assert counted["faxapi_errors_total", "openfax"] == 1
    assert b"process_resident_memory_bytes" in page
    # Neither account nor login is told.
    assert b"acme" not in page
