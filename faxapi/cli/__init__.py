"""The command line, `faxapi`; needs the extra `faxapi[cli]`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line on this process's arguments; it ends the process."""
    try:
        from faxapi.cli.app import app  # noqa: PLC0415 - it may be missing, which is said below
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package not in {"rich", "typer"}:
            raise
        sys.exit(
            f"The command line needs {package}, which is not installed: "
            'python -m pip install "faxapi[cli]"'
        )
    app(prog_name="faxapi")
