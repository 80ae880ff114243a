"""A sync that is killed at any moment loses nothing, and doubles nothing."""

from __future__ import annotations

import random
import subprocess
import time

import pytest

from tests.store.stores import STRUCK, Target
from tests.store.struck import POINTS

# Some thirty syncs one after the other, each a process: a loaded machine takes minutes.
pytestmark = pytest.mark.timeout(900)

KILLS = 20
SIGKILLED = -9


def test_a_killed_sync_is_made_good_by_the_next(target: Target) -> None:
    for point in POINTS:
        target.send_faxes()
        struck = target.start([*STRUCK, point])
        struck.communicate(timeout=120)
        assert struck.returncode == SIGKILLED, point
        target.sync()
        target.check()


def test_twenty_kills_at_random_moments(target: Target) -> None:
    moments = random.Random(1)  # noqa: S311 - no secret
    begun = time.monotonic()
    target.start([*STRUCK, "committed"]).communicate(timeout=120)
    whole = time.monotonic() - begun
    killed = 0
    while killed < KILLS:
        target.send_faxes()
        running = target.start()
        try:
            _, said = running.communicate(timeout=moments.uniform(0.2, 1.1) * whole)
        except subprocess.TimeoutExpired:
            running.kill()
            running.communicate()
            killed += 1
        else:
            assert running.returncode == 0, said
    target.sync()
    target.check()
