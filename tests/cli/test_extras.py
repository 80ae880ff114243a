"""A command whose extra is not installed says so, and which one that is."""

import subprocess
import sys

import pytest

# What is None there cannot be imported.
PROGRAM = "import sys; sys.modules[sys.argv.pop(1)] = None; from faxapi.cli import main; main()"


@pytest.mark.parametrize(
    ("package", "extra", "command"),
    [("jinja2", "report", ["report", "--sandbox"]), ("starlette", "sandbox", ["sandbox"])],
)
def test_a_missing_extra_is_named(package: str, extra: str, command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, package, *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("faxapi: ")
    assert done.stderr.endswith(
        f'{package}, which is not installed: pip install "faxapi[{extra}]"\n'
    )
