"""A PostgreSQL server of the tests' own, on a Unix socket."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_PROGRAMS = ("initdb", "pg_ctl", "createdb")
USER = "faxapi"


def _program(name: str) -> str | None:
    """Where a program lies: Debian puts the server's beside no path."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(places[-1]) if places else None)


def missing() -> list[str]:
    """The programs that are not installed."""
    return [name for name in _PROGRAMS if _program(name) is None]


def run(name: str, *arguments: str, before: Sequence[str] = ()) -> None:
    """Run one of them."""
    command = [*before, _program(name) or name, *arguments]
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


@contextmanager
def server() -> Iterator[Path]:
    """Run a server for everyone who can reach its socket's folder, which is given."""
    # A socket's path has no room for pytest's long folders.
    folder = Path(tempfile.mkdtemp(prefix="faxapi-"))
    data = folder / "data"
    # It refuses to run as root.
    as_user: list[str] = []
    if os.geteuid() == 0:
        other = pwd.getpwnam("postgres")
        os.chown(folder, other.pw_uid, other.pw_gid)
        as_user = [
            "setpriv",
            f"--reuid={other.pw_uid}",
            f"--regid={other.pw_gid}",
            "--clear-groups",
        ]

    try:
        rights = ("--auth=trust", f"--username={USER}")
        run("initdb", f"--pgdata={data}", *rights, "--no-sync", before=as_user)
        options = f"-c listen_addresses='' -c fsync=off -k {folder}"
        log = f"--log={folder / 'log'}"
        run(
            "pg_ctl",
            f"--pgdata={data}",
            log,
            f"--options={options}",
            "--wait",
            "start",
            before=as_user,
        )
        try:
            yield folder
        finally:
            run("pg_ctl", f"--pgdata={data}", "--mode=immediate", "stop", before=as_user)
    finally:
        shutil.rmtree(folder)
