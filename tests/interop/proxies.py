"""A client of .NET's own, by the classes that its `wsdl` makes of descriptions."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from tests.interop.bridge import to_texts
from tests.interop.calls import ForeignCall
from tests.interop.runtime import PATIENCE, PEER, compile_sources

CLIENT = PEER.parent / "client"


def make_client(url: str, paths: list[str], folder: Path) -> Path:
    """The program, made of the descriptions of the services at these paths."""
    # The descriptions of two services may name a type alike.
    for path in paths:
        command = ["wsdl", f"-out:{folder / _class(path)}.cs", f"-namespace:{_class(path)}Client"]
        subprocess.run(
            [*command, f"{url}{path}?WSDL"],
            check=True,
            timeout=PATIENCE,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(folder)},
        )
    sources = [PEER / "Text.cs", CLIENT / "Client.cs", *folder.glob("*.cs")]
    program = folder / "client.exe"
    compile_sources(sources, program)
    return program


class NetClient:
    """The running program.

    Args:
        process: It.
        url: Where the services are.
        version: The envelope's version.
    """

    def __init__(self, process: subprocess.Popen[str], url: str, version: str) -> None:
        self._process = process
        self._url = url
        self._version = version

    def __call__(self, call: ForeignCall) -> dict[str, Any]:
        """What the method of a call returns, by no name, and its by-ref parameters.

        Raises:
            RuntimeError: What it throws.
        """
        path, _ = call.service
        name = _class(path)
        asked = {
            "type": f"{name}Client.{name}",
            "url": self._url + path,
            "version": self._version,
            "name": call.name,
            "arguments": to_texts(call.arguments),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer


@contextmanager
def net_client(program: Path, url: str, version: str) -> Iterator[NetClient]:
    """.NET's client of the services at an address."""
    environment = {**os.environ, "HOME": str(program.parent)}
    pipe = subprocess.PIPE
    command = ["mono", str(program)]
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, env=environment, encoding="utf-8"
    ) as process:
        # Its input's end is the program's.
        yield NetClient(process, url, version)


def _class(path: str) -> str:
    return PurePosixPath(path).stem.capitalize()
