"""Where dlt works: in a private folder that is wiped, without telemetry, with one run at a time."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dlt.common.configuration.container import Container
from dlt.common.configuration.providers import DictionaryProvider
from dlt.common.configuration.providers.provider import ConfigProvider
from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext
from dlt.common.runtime.run_context import RunContext
from filelock import FileLock, Timeout

from faxapi.errors import ConfigurationError

_SETTINGS = {
    ("runtime", "dlthub_telemetry"): False,
    # What is wrong is raised; the rest of what dlt logs is for its own developers.
    ("runtime", "log_level"): "CRITICAL",
    # Ctrl-C ends a run at once: nothing is lost by it.
    ("runtime", "intercept_signals"): False,
    # Otherwise the rows of the last load lie in the destination twice.
    ("load", "truncate_staging_dataset"): True,
    # A database that is away is told of, and not asked for minutes.
    ("load", "raise_on_max_retries"): 3,
}


class _PrivateContext(RunContext):
    """dlt's surroundings: a folder of ours, and settings of ours before those of the user."""

    def __init__(self, folder: Path, *, users_settings: bool) -> None:
        super().__init__(None)
        # Asked for first: the user's own folder of dlt is one of their places.
        self._users = super().initial_providers() if users_settings else []
        self._global_dir = str(folder)

    @property
    def data_dir(self) -> str:
        """Where pipelines work, whatever DLT_DATA_DIR says."""
        return self.global_dir

    @property
    def module(self) -> None:
        """The program's own module, for which dlt would import what lies in the current folder."""

    def initial_providers(self) -> list[ConfigProvider]:
        """Where settings come from."""
        settings = DictionaryProvider()
        for (*sections, key), value in _SETTINGS.items():
            settings.set_value(key, value, "", *sections)
        return [settings, *self._users]


@contextmanager
def private_folder(destination: str, *, users_settings: bool) -> Iterator[Path]:
    """A folder for this user alone, where dlt works; wiped before and after, whatever happened.

    All that it held is in the destination, or is asked for again: dlt's state comes from there.
    Meanwhile, files that this process makes are for this user alone.

    Args:
        destination: What is loaded into: there is one run at a time for each.
        users_settings: Whether dlt reads its settings from the environment and its own files.

    Raises:
        ConfigurationError: Another run is under way, or the folder cannot be made.
    """
    folder = _home() / hashlib.blake2s(destination.encode(), digest_size=8).hexdigest()
    work = folder / "work"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(folder / "lock", mode=0o600)
        lock.acquire(blocking=False)
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
    except Timeout:
        text = "another sync into this destination is under way on this machine"
        raise ConfigurationError(text, hint="Wait for its end") from None
    except OSError as error:
        text = f"the working folder {folder} cannot be used: {error.strerror}"
        raise ConfigurationError(text, hint="XDG_STATE_HOME says where it lies") from None
    umask = os.umask(0o077)
    try:
        context = _PrivateContext(work, users_settings=users_settings)
        with Container().injectable_context(PluggableRunContext(context)):
            yield work
    finally:
        os.umask(umask)
        shutil.rmtree(work, ignore_errors=True)
        lock.release()


def _home() -> Path:
    """Where programs keep what they need between runs."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "faxapi" / "sync"
