"""`import faxapi` needs its core dependencies and nothing else."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Hides what is installed and not core. A search of sys.modules would not do: some dependencies
# import a package only because it happens to be there.
GUARD = """
import json, sys

class Guard:
    refused = frozenset(json.loads(sys.argv[1]))

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.refused:
            raise ModuleNotFoundError(f"{name} is refused here", name=name)

sys.meta_path.insert(0, Guard())
"""


def needed(name: str, seen: set[str]) -> Iterator[str]:
    """Name a distribution and all that it requires without extras."""
    name = canonicalize_name(name)
    if name in seen:
        return
    seen.add(name)
    yield name
    for text in metadata.requires(name) or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield from needed(requirement.name, seen)


def refused() -> list[str]:
    """List the top-level modules of what is installed besides the core dependencies."""
    core = set(needed("faxapi", set()))
    return [
        module
        for module, owners in metadata.packages_distributions().items()
        if not any(canonicalize_name(owner) in core for owner in owners)
    ]


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", GUARD + program, json.dumps(refused())],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


def test_the_core_dependencies_are_enough() -> None:
    done = run("import faxapi\nfor name in faxapi.__all__: getattr(faxapi, name)")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_guard_refuses_the_rest() -> None:
    for name in ("starlette", "uvicorn", "rich", "trio", "pytest"):
        assert f"{name} is refused here" in run(f"import {name}").stderr


def test_the_sandbox_is_loaded_only_when_asked_for() -> None:
    program = "import faxapi, sys; print(*{m.partition('.')[0] for m in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50
    ).stdout.split()
    assert {"opentelemetry", "starlette", "uvicorn", "zeep", "pytest"}.isdisjoint(loaded)
