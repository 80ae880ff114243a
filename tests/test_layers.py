"""Imports run one way: a module may import from its own layer and from those to its right.

    cli → scale, store → api → check, collect, config, render, sandbox → report → export
        → providers → transport | wire → records, window, cursor, errors, files, notice, observe,
        telemetry

The reading is by `ast`, so that an import inside a function or under TYPE_CHECKING counts too.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "faxapi"

LAYERS = (
    {"cli", "__main__"},
    {"scale", "store"},
    {"api"},
    {"check", "collect", "config", "render", "sandbox"},
    {"report"},
    {"export"},
    {"providers"},
    {"transport", "wire"},
    {"records", "window", "cursor", "errors", "files", "notice", "observe", "telemetry"},
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}

# A provider is found by its entry point: these work with any package's provider, and name none.
NAME_NO_PROVIDER = {
    "api",
    "check",
    "collect",
    "config",
    "export",
    "render",
    "report",
    "scale",
    "store",
}

TASK_GROUPS = {"create_task_group", "TaskGroup", "open_nursery"}


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(module: str, tree: ast.AST, *, package: bool, known: set[str]) -> Iterator[str]:
    """Name each module that the tree imports, wherever in it the import stands."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(source, names, level):
                base = source or ""
                if level:
                    parts = module.split(".")
                    kept = parts[: len(parts) - level + package]
                    base = ".".join([*kept, base] if base else kept)
                for alias in names:
                    inner = f"{base}.{alias.name}"
                    yield inner if inner in known else base
            case ast.Call(ast.Name("import_module" | "__import__"), [ast.Constant(str(name)), *_]):
                yield name
            case ast.Call(ast.Attribute(attr="import_module"), [ast.Constant(str(name)), *_]):
                yield name


def provider_of(parts: list[str], known: set[str]) -> str | None:
    """Return the provider whose folder a module lies in, if it lies in one."""
    is_folder = len(parts) > 2 and any(
        name.startswith(".".join(parts[:3]) + ".") for name in {*known, ".".join(parts)}
    )
    return parts[2] if parts[1:2] == ["providers"] and is_folder else None


def complaint(module: str, target: str, known: set[str]) -> str | None:
    """Say what is wrong with one import, or None."""
    here, there = module.split("."), target.split(".")
    layer = here[1]
    if there[0] != "faxapi":
        rules = {
            "only faxapi/transport/http.py imports httpx": (
                there[0] == "httpx" and module != "faxapi.transport.http"
            ),
            "only faxapi/transport imports httpcore": (
                there[0] == "httpcore" and layer != "transport"
            ),
            "only faxapi/telemetry.py imports opentelemetry": (
                there[0] == "opentelemetry" and layer != "telemetry"
            ),
        }
    else:
        # The package itself re-exports everything down from the api, so it lies where the api lies.
        other = there[1] if len(there) > 1 else "api"
        mine, theirs = provider_of(here, known), provider_of(there, known)
        rules = {
            no_layer(other): other not in RANK,
            f"{layer} lies below {other}": RANK.get(other, RANK[layer]) < RANK[layer],
            "transport and wire do not know each other": {layer, other} == {"transport", "wire"},
            "a provider is known to no other, nor to what they share": (
                layer == "providers" and theirs not in {None, mine}
            ),
            f"{layer} names a provider": layer in NAME_NO_PROVIDER and theirs is not None,
        }
    return next((reason for reason, broken in rules.items() if broken), None)


def no_layer(name: str) -> str:
    return f"faxapi.{name} has no layer: give it one in LAYERS of tests/test_layers.py"


def violations(
    module: str, source: str, *, package: bool = False, known: set[str] | None = None
) -> list[str]:
    """List what a module's imports do against the layers, each with its reason."""
    if module == "faxapi":
        return []
    known = known if known is not None else set(FILES)
    layer = module.split(".")[1]
    if layer not in RANK:
        return [no_layer(layer)]
    tree = ast.parse(source)
    targets = dict.fromkeys(imported(module, tree, package=package, known=known))
    found = [
        f"{module} imports {target}: {reason}"
        for target in targets
        if (reason := complaint(module, target, known))
    ]
    if module not in {"faxapi.collect.activity", "faxapi.collect.tasks"}:
        names = {
            node.attr if isinstance(node, ast.Attribute) else node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute | ast.alias)
        }
        found += [
            f"{module} uses {name}: starts tasks, which is for faxapi/collect"
            for name in sorted(names & TASK_GROUPS)
        ]
    return found


def test_the_library_is_found() -> None:
    assert "faxapi.errors" in FILES


@pytest.mark.parametrize("module", FILES)
def test_imports_run_one_way(module: str) -> None:
    path = FILES[module]
    source = path.read_text(encoding="utf-8")
    assert violations(module, source, package=path.name == "__init__.py") == []


KNOWN = {
    "faxapi",
    "faxapi.api",
    "faxapi.errors",
    "faxapi.records",
    "faxapi.report",
    "faxapi.providers",
    "faxapi.providers.base",
    "faxapi.providers.interfax",
    "faxapi.providers.interfax.client",
    "faxapi.providers.interfax.models",
    "faxapi.providers.openfax",
    "faxapi.providers.openfax.client",
    "faxapi.transport",
    "faxapi.transport.http",
    "faxapi.wire",
    "faxapi.wire.soap",
}


@pytest.mark.parametrize(
    ("module", "source", "reason"),
    [
        ("faxapi.errors", "import faxapi.report", "errors lies below report"),
        ("faxapi.errors", "from faxapi import report", "errors lies below report"),
        ("faxapi.errors", "from . import report", "errors lies below report"),
        ("faxapi.errors", "from .report import Report", "errors lies below report"),
        ("faxapi.report", "def f():\n    from faxapi.api import FaxApi", "report lies below api"),
        ("faxapi.report", "if TYPE_CHECKING:\n    import faxapi.api", "report lies below api"),
        ("faxapi.report", "import_module('faxapi.api')", "report lies below api"),
        ("faxapi.report", "importlib.import_module('faxapi.api')", "report lies below api"),
        ("faxapi.report", "from faxapi import Window", "report lies below api"),
        ("faxapi.wire.soap", "from faxapi.transport import http", "do not know each other"),
        ("faxapi.transport.http", "from ..wire import soap", "do not know each other"),
        (
            "faxapi.providers.interfax.client",
            "from faxapi.providers.openfax.client import Openfax",
            "a provider is known to no other",
        ),
        (
            "faxapi.providers.interfax.client",
            "from faxapi.providers import openfax",
            "a provider is known to no other",
        ),
        (
            "faxapi.providers.base",
            "from faxapi.providers.interfax import InterFax",
            "a provider is known to no other",
        ),
        ("faxapi.api", "from faxapi.providers.interfax import InterFax", "api names a provider"),
        ("faxapi.api", "import httpx", "imports httpx"),
        ("faxapi.transport.pool", "from httpx import AsyncClient", "imports httpx"),
        ("faxapi.wire.soap", "import httpcore", "imports httpcore"),
        ("faxapi.observe", "from opentelemetry import trace", "imports opentelemetry"),
        ("faxapi.api", "import anyio\nanyio.create_task_group()", "starts tasks"),
        ("faxapi.api", "from anyio import create_task_group", "starts tasks"),
        ("faxapi.api", "import asyncio\nasyncio.TaskGroup()", "starts tasks"),
        ("faxapi.novelty", "", "faxapi.novelty has no layer"),
        ("faxapi.api", "import faxapi.novelty", "faxapi.novelty has no layer"),
    ],
)
def test_a_violation_is_seen(module: str, source: str, reason: str) -> None:
    found = violations(module, source, known=KNOWN)
    assert len(found) == 1
    assert reason in found[0]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("faxapi", "from faxapi.api import FaxApi"),
        ("faxapi.cli.demo", "from faxapi import FaxApi"),
        ("faxapi.cli.demo", "from faxapi.providers.interfax import InterFax"),
        ("faxapi.report", "from faxapi.records import FaxRecord\nfrom . import errors"),
        ("faxapi.records", "from faxapi.errors import FaxApiError"),
        ("faxapi.providers.base", "from faxapi.transport.http import Transport"),
        ("faxapi.providers.interfax.client", "from faxapi.providers.base import Provider"),
        ("faxapi.providers.interfax.client", "from .models import FaxItemEx"),
        ("faxapi.providers.interfax.client", "from faxapi.providers.interfax import models"),
        ("faxapi.sandbox.app", "from faxapi.providers.interfax.models import FaxItemEx"),
        ("faxapi.transport.http", "import httpx\nimport httpcore"),
        ("faxapi.transport.pool", "import httpcore"),
        ("faxapi.collect.tasks", "import anyio\nanyio.create_task_group()"),
    ],
)
def test_a_lawful_import_passes(module: str, source: str) -> None:
    assert violations(module, source, known=KNOWN) == []


def test_a_package_imports_relative_to_itself() -> None:
    source = "from .client import InterFax\nfrom ..base import Provider"
    module = "faxapi.providers.interfax"
    tree = ast.parse(source)
    assert list(imported(module, tree, package=True, known=KNOWN)) == [
        "faxapi.providers.interfax.client",
        "faxapi.providers.base",
    ]
