"""Cursors that somebody has changed by hand, or damaged."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import anyio
from hypothesis import strategies as st

from faxapi import Cursor, FaxApi, Window
from faxapi.errors import FaxApiError
from faxapi.sandbox import Sandbox
from faxapi.transport import pace
from tests.fuzz.answers import BACKENDS
from tests.fuzz.corpus import kept
from tests.fuzz.damage import forged
from tests.sandbox.wire import NOW


@cache
def _folder() -> Path:
    return Path(kept(tempfile.TemporaryDirectory()))


@cache
def _sandbox() -> Sandbox:
    sandbox = kept(Sandbox(seed=1, now=NOW, faxes=30, rate_limit=None))
    sandbox.interfax.add_fax(status=-3)
    sandbox.imagicle.add_fax(status="InProgress")
    sandbox.openfax.add_job(error_codes=[0, 1], running=True)
    return sandbox


async def _collect(cursor: Cursor | None) -> Cursor:
    sandbox = _sandbox()
    pace._BUCKETS.clear()
    sandbox.requests.clear()
    async with FaxApi(*sandbox.accounts(), clock=lambda: NOW) as api:
        window = Window(NOW - timedelta(days=5), NOW)
        report = await api.collect(window, cursor=cursor, deadline=10)
    for outcome in report.outcomes:
        assert all(isinstance(error, FaxApiError) for error in outcome.errors)
    assert len(sandbox.requests) < _MOST_REQUESTS, Counter(sandbox.requests)
    return report.cursor


# A state that somebody wrote may cost some, but not one for each day since year 1.
_MOST_REQUESTS = 200


@cache
def _cursors() -> list[Any]:
    first = anyio.run(_collect, None)
    _sandbox().imagicle.add_fax(status="InProgress", submit_time=NOW - timedelta(hours=3))
    second = anyio.run(_collect, first)
    return [each.model_dump(mode="json") for each in (first, second)]


@st.composite
def forgeries(draw: st.DrawFn) -> tuple[Any, str]:
    """Cursors with other values in some places, most of them in the state of one feed."""
    value = json.loads(json.dumps(draw(st.sampled_from(_cursors()))))
    if draw(st.integers(0, 7)):
        accounts = value["accounts"]
        feeds = accounts[draw(st.sampled_from(sorted(accounts)))]["feeds"]
        feed = draw(st.sampled_from(sorted(feeds)))
        part = draw(st.sampled_from(["state", "state", "state", "since", "through"]))
        feeds[feed][part] = draw(forged([feeds[feed][part]]))
    else:
        value = draw(forged([value]))
    return value, draw(BACKENDS)


def go_on(given: tuple[Any, str]) -> None:
    """Go on from a forged cursor; anything but a FaxApiError comes out."""
    value, backend = given
    path = _folder() / "faxes.cursor"
    path.write_text(json.dumps(value))
    with suppress(FaxApiError):
        cursor = Cursor.load(path)
        assert cursor is not None
        left = anyio.run(partial(_collect, cursor), backend=backend)
        left.save(path)
        again = Cursor.load(path)
        assert again is not None
        assert again.model_dump_json() == left.model_dump_json()
