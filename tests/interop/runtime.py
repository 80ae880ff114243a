"""ASP.NET's runtime with the services of `peer/`: Mono behind nginx, on ports of this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.interop.bridge import Bridge

PEER = Path(__file__).parent / "peer"
PROGRAMS = ("mcs", "wsdl", "fastcgi-mono-server4", "nginx")
# Where Debian has nginx, which is not on everybody's path.
PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
# The server's clock is not UTC: .NET writes some times in its own zone.
ZONE = "Europe/Rome"

_LIBRARIES = (
    "System.Web",
    "System.Web.Extensions",
    "System.Web.Services",
    "System.Runtime.Serialization",
    "System.Xml",
)
# Less than the time limit of a test, so that what the programs say is seen.
PATIENCE = 40.0


def missing() -> list[str]:
    """The programs that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name, path=PATH) is None]


@dataclass(frozen=True)
class AspNet:
    """The running services, and what they ask."""

    url: str
    bridge: Bridge


@contextmanager
def runtime(bridge: str) -> Iterator[str]:
    """The address of the running services.

    Args:
        bridge: Where they ask what to answer.
    """
    with TemporaryDirectory(prefix="faxapi-interop-") as folder, ExitStack() as processes:
        root = Path(folder)
        site = root / "site"
        shutil.copytree(PEER, site)
        (site / "bin").mkdir()
        compile_sources(site.glob("*.cs"), site / "bin" / "peer.dll")
        (root / "temp").mkdir()
        port, fastcgi = _free_ports(2)
        user = "user root;" if os.geteuid() == 0 else ""
        template = (PEER / "nginx.conf").read_text()
        config = template.format(user=user, port=port, fastcgi=fastcgi, site=site)
        (root / "nginx.conf").write_text(config)
        # What Mono keeps for itself goes the way of the folder.
        own = dict.fromkeys(("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), folder)
        environment = {**os.environ, **own, "PATH": PATH, "TZ": ZONE, "BRIDGE_URL": bridge}
        commands = {
            "mono": [
                "fastcgi-mono-server4",
                f"/applications=/:{site}",
                f"/socket=tcp:127.0.0.1:{fastcgi}",
            ],
            "nginx": ["nginx", "-p", folder, "-c", str(root / "nginx.conf"), "-e", "stderr"],
        }
        logs = {name: root / f"{name}.log" for name in commands}
        running = [
            processes.enter_context(_running(command, environment, root, logs[name]))
            for name, command in commands.items()
        ]
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}/api/reporting.asmx?WSDL", running, logs)
        yield url


def compile_sources(sources: Iterable[Path], made: Path) -> None:
    """Compile C#, to a library or a program, by the name of what is to be made."""
    kind = "library" if made.suffix == ".dll" else "exe"
    references = [f"-r:{library}" for library in _LIBRARIES]
    command = ["mcs", f"-target:{kind}", f"-out:{made}", *references, *sorted(map(str, sources))]
    subprocess.run(command, check=True, timeout=PATIENCE)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as sockets:
        bound = [sockets.enter_context(socket.socket()) for _ in range(count)]
        for each in bound:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in bound]


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], folder: Path, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(url: str, running: list[subprocess.Popen[bytes]], logs: dict[str, Path]) -> None:
    until = time.monotonic() + PATIENCE
    last = "no answer"
    while time.monotonic() < until and all(process.poll() is None for process in running):
        try:
            answer = httpx.get(url, timeout=PATIENCE, trust_env=False)
        except httpx.TransportError as error:
            last = repr(error)
        else:
            if answer.is_success:
                return
            last = f"{answer.status_code} {answer.text}"
            if answer.status_code != HTTPStatus.BAD_GATEWAY:
                break
        time.sleep(0.1)
    told = "\n".join(f"{name}:\n{log.read_text(errors='replace')}" for name, log in logs.items())
    message = f"ASP.NET's runtime does not answer: {last}\n{told}"
    raise RuntimeError(message)
