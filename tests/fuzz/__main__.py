"""Fuzz for some minutes, and say how many inputs each target had: `--minutes 10`, `--only cursors`.

Each target has the same share of the time, in rounds with seeds of their own.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
import traceback
from collections import Counter
from dataclasses import replace

from tests.fuzz.targets import TARGETS, Target, run


def main() -> int:
    """Fuzz; the exit code says whether something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--only", choices=TARGETS)
    asked = parser.parse_args()
    names = [asked.only] if asked.only else [*TARGETS]
    tried, finds = Counter[str](), Counter[str]()
    share = asked.minutes * 60 / len(names)
    for name in names:
        end = time.monotonic() + share
        while time.monotonic() < end:
            tried[name] += _round(name, finds)
        print(f"{name:32} {tried[name]:9,} inputs {finds[name]:3} finds", flush=True)  # noqa: T201 - its output
    print(f"{'in all':32} {tried.total():9,} inputs {finds.total():3} finds")  # noqa: T201 - its output
    return 1 if finds else 0


def _round(name: str, finds: Counter[str]) -> int:
    """Try inputs with a new seed, and print what comes out; returns how many."""
    target, tried = TARGETS[name], 0

    def check(value: object) -> None:
        nonlocal tried
        tried += 1
        target.check(value)

    counted: Target = replace(target, check=check)
    number = secrets.randbits(32)
    try:
        run(counted, 5 * target.few, number)
    except Exception:  # noqa: BLE001 - whatever comes out is a find
        finds[name] += 1
        print(f"{name}, seed {number}:", file=sys.stderr)  # noqa: T201 - its output
        traceback.print_exc()
    return tried


if __name__ == "__main__":
    sys.exit(main())
