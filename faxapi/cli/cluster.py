"""`faxapi collect --dask`."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from faxapi.cli.collect import Wanted
from faxapi.cli.common import CollectFormat, ExitCode, leave
from faxapi.cli.consoles import tell
from faxapi.cli.running import exit_code, finish
from faxapi.errors import ConfigurationError, FaxApiError
from faxapi.render import tables
from faxapi.report import Summary

if TYPE_CHECKING:
    from distributed import Client

_LOCAL = "local"


def run_on(address: str, wanted: Wanted, config: Path | None, *, sandbox: bool) -> NoReturn:
    """Collect on a cluster into a dataset, and end with the exit code.

    Args:
        address: The scheduler's; or "local" for a cluster of this machine's cores.
        wanted: What is to be collected, and the dataset's folder.
        config: The file of the accounts.
        sandbox: Whether simulated providers were asked for, which no worker would reach.
    """

    def main() -> ExitCode:
        out = _dataset(wanted, sandbox=sandbox)
        from faxapi.scale import collect  # noqa: PLC0415 - an extra of its own

        try:
            with (
                _on_signal((signal.SIGINT, signal.SIGTERM), leave),
                _client(address) as client,
                _drawn(quiet=wanted.quiet) as draw,
            ):
                summary = collect(
                    config,
                    wanted.window,
                    client=client,
                    out=out,
                    accounts=wanted.accounts,
                    kinds=wanted.kinds,
                    on_progress=draw,
                )
        except SystemExit:
            tell(f"Interrupted: the shares that were done are in {out}.")
            tell("Run the same command again: it goes on where this one stopped.")
            return ExitCode.INTERRUPTED
        _tell(summary, wanted, out)
        return exit_code(summary)

    finish(main)


def _dataset(wanted: Wanted, *, sandbox: bool) -> Path:
    """The dataset's folder.

    Raises:
        ConfigurationError: None is named, or an option is given that has no meaning there.
    """
    unfit = {
        "--sandbox": sandbox,
        "--status": wanted.statuses,
        "--cursor": wanted.cursor,
        "--format": wanted.form not in {None, CollectFormat.PARQUET},
        "--overwrite": wanted.overwrite,
        "--deadline": wanted.deadline is not None,
    }
    if given := [option for option, is_given in unfit.items() if is_given]:
        text = f"--dask does not go with {', '.join(given)}"
        raise ConfigurationError(text, hint="It collects everything into a dataset of Parquet")
    if wanted.file is None or wanted.file.is_file():
        text = "--dask writes a dataset of many files"
        raise ConfigurationError(text, hint="Name its folder with -o")
    return wanted.file


@contextmanager
def _client(address: str) -> Iterator[Client]:
    from distributed import Client, LocalCluster  # noqa: PLC0415 - an extra of its own

    with ExitStack() as stack:
        cluster: LocalCluster | str = address
        if address == _LOCAL:
            # Dask declares the first as a text. What has gone wrong is said at the end.
            options: dict[str, Any] = {"dashboard_address": None, "silence_logs": logging.CRITICAL}
            cores = os.cpu_count() or 1
            # The programs that this starts do not hear Ctrl-C: it is for this one.
            with _on_signal([signal.SIGINT], signal.SIG_IGN):
                cluster = LocalCluster(n_workers=cores, threads_per_worker=1, **options)
            stack.enter_context(cluster)
        try:
            client = Client(cluster)
        except (OSError, ValueError):
            problem = f"no cluster answers at {address!r}"
        else:
            yield stack.enter_context(client)
            return
    raise FaxApiError(problem, hint="Give its scheduler's address, such as tcp://10.0.0.1:8786")


@contextmanager
def _on_signal(
    numbers: Iterable[signal.Signals], do: Callable[[int, FrameType | None], None] | signal.Handlers
) -> Iterator[None]:
    before = {number: signal.signal(number, do) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _drawn(*, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """What draws how many shares are done, where somebody looks at stderr."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    columns = (
        TextColumn("shares of the accounts"),
        BarColumn(20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("", total=None)
        yield lambda done, of: progress.update(bar, completed=done, total=of)


def _tell(summary: Summary, wanted: Wanted, out: Path) -> None:
    records = f"{sum(summary.counts.values()):,} records are in {out}"
    if problems := [*tables.missing(summary)]:
        tell(f"{records}, and some are missing:", *problems)
    elif not wanted.quiet and sys.stderr and sys.stderr.isatty():
        tell(f"{records}; it took {summary.elapsed.total_seconds():.1f} s.")
