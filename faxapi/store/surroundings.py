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
    ("runtime", "log_level"): "ERROR",
    # Otherwise the rows of the last load lie in the destination twice.
    ("load", "truncate_staging_dataset"): True,
}


class _PrivateContext(RunContext):
    """dlt's own surroundings, but for the folder it works in and some settings that come first."""

    def __init__(self, folder: Path) -> None:
        super().__init__(None)
        # Settings for any destination may lie in the user's own folder of dlt.
        self._providers = super().initial_providers()
        self._global_dir = str(folder)

    def initial_providers(self) -> list[ConfigProvider]:
        settings = DictionaryProvider()
        for (*sections, key), value in _SETTINGS.items():
            settings.set_value(key, value, "", *sections)
        return [settings, *self._providers]


@contextmanager
def private_folder(destination: str) -> Iterator[Path]:
    """A folder for this user alone, where dlt works; wiped before and after, whatever happened.

    All that it held is in the destination, or is asked for again: dlt's state comes from there.

    Args:
        destination: What is loaded into: there is one run at a time for each.

    Raises:
        ConfigurationError: Another run is under way, or the folder cannot be made.
    """
    folder = _home() / hashlib.blake2s(destination.encode(), digest_size=8).hexdigest()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(folder / "lock", mode=0o600)
        lock.acquire(blocking=False)
    except Timeout:
        text = "another sync into this destination is under way on this machine"
        raise ConfigurationError(text, hint="Wait for its end") from None
    except OSError as error:
        text = f"the working folder {folder} cannot be used: {error.strerror}"
        raise ConfigurationError(text, hint="XDG_STATE_HOME says where it lies") from None
    work = folder / "work"
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        with Container().injectable_context(PluggableRunContext(_PrivateContext(work))):
            yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        lock.release()


def _home() -> Path:
    """Where programs keep what they need between runs."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "faxapi" / "sync"
