"""What the command line loads: no more than a command needs, so that it answers at once."""

import subprocess
import sys

# What the library itself is built on, what only some commands use, and what none does.
# Trio is loaded by httpx's older versions, where it is there.
LIBRARY = {"anyio", "httpcore", "httpx", "pydantic", "stamina", "trio", "xmltodict"}
EXTRAS = {"altair", "jinja2", "pyarrow", "starlette", "uvicorn"}

PROGRAM = """
import sys
from faxapi.cli import main

for arguments in (["--version"], ["--help"], ["check", "--config", "no-such-file"]):
    sys.argv = ["faxapi", *arguments]
    try:
        main()
    except SystemExit as end:
        print("end", end.code, *{name.partition(".")[0] for name in sys.modules})
"""


def test_a_command_loads_what_it_needs() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )
    ends = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("end ")]
    assert [code for code, *_ in ends] == ["0", "0", "2"]
    version, shown, checked = (set(loaded) for _, *loaded in ends)
    assert (version | shown).isdisjoint(LIBRARY | EXTRAS)
    assert "pydantic" in checked
    assert checked.isdisjoint(EXTRAS)
