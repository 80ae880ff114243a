"""The command line, `faxapi`; needs the extra `faxapi[cli]`."""

from __future__ import annotations

import signal
import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command line on this process's arguments; it ends the process."""
    try:
        from faxapi.cli.app import app  # noqa: PLC0415 - it may be missing, which is said below
        from faxapi.cli.common import ExitCode, leave  # noqa: PLC0415 - likewise
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package not in {"rich", "typer"}:
            raise
        sys.exit(
            f"The command line needs {package}, which is not installed: "
            'python -m pip install "faxapi[cli]"'
        )
    # Until a command catches it, Ctrl-C ends the program, and without a traceback.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)
    # The first process of a container would ignore it, as whatever it has no handler for.
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, leave)
    if isinstance(sys.stdout, TextIOWrapper):
        # A character that the terminal's encoding lacks is no reason to fail.
        sys.stdout.reconfigure(errors="replace")
    try:
        app(prog_name="faxapi")
    except ImportError as missing:
        # So the modules of an extra say that it is not installed.
        if "pip install" not in str(missing):
            raise
        sys.stderr.write(f"faxapi: {missing}\n")
        sys.exit(ExitCode.USAGE)
