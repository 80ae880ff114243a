"""`faxapi check`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from faxapi.cli.common import ExitCode

if TYPE_CHECKING:
    from faxapi.api import FaxApi


async def check(api: FaxApi) -> ExitCode:
    """Try every account, a line for each."""
    checks = await api.check()
    for each in checks:
        sys.stdout.write(f"{each}\n")
    if all(each.ok for each in checks):
        return ExitCode.COMPLETE
    return ExitCode.PARTIAL if any(each.ok for each in checks) else ExitCode.FAILED
