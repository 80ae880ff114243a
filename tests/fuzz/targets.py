"""What is fuzzed: for each target its inputs, and what must hold for every one of them.

Nothing but a FaxApiError comes out, in bounded time and memory.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz import answers, cursors, readers
from tests.fuzz import settings as options


@dataclass(frozen=True)
class Target:
    """A part of faxapi that strangers reach.

    Attributes:
        inputs: Makes the strategy.
        check: What must hold.
        few: How many inputs a run of the tests tries.
    """

    inputs: Callable[[], st.SearchStrategy[Any]]
    check: Callable[[Any], None]
    few: int


TARGETS = {
    "answers by the readers": Target(readers.damaged_bodies, readers.read, 200),
    "64 KB in time": Target(
        lambda: readers.swollen_bodies(1, 7, 1000, readers.SIZE), readers.read_in_time, 40
    ),
    "64 KB in memory": Target(
        lambda: readers.swollen_bodies(1000, readers.SIZE), readers.read_in_memory, 30
    ),
    "rows by pattern and by expat": Target(readers.documents, readers.compare, 200),
    "good rows before the damage": Target(answers.streams, answers.read_before_damage, 150),
    "answers by the clients": Target(answers.conversations, answers.converse, 120),
    "heads and bodies on a socket": Target(answers.talks, answers.talk, 80),
    "WSDL": Target(answers.descriptions, answers.discover, 100),
    "configuration files": Target(options.files, options.configure, 200),
    "environment variables": Target(options.variables, options.configure_by_variables, 60),
    "keywords of accounts": Target(options.options, options.make_and_call, 150),
    "windows": Target(options.windows, options.make_window, 200),
    "arguments of collect": Target(options.questions, options.ask, 100),
    "cursors": Target(cursors.forgeries, cursors.go_on, 15),
}


def run(target: Target, most: int, number: int | None = None) -> None:
    """Try some inputs, the same ones every time unless a number is given."""

    @settings(
        max_examples=most,
        deadline=None,
        database=None,
        derandomize=number is None,
        # Reproducing is not needed where each find becomes a test of its own.
        print_blob=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(target.inputs())
    def body(value: Any) -> None:  # noqa: ANN401 - any target's
        with warnings.catch_warnings():
            # A coroutine that nobody awaits, or a socket that nobody closes, is a find, too.
            warnings.simplefilter("error")
            target.check(value)

    (body if number is None else seed(number)(body))()
