"""The commands whose work is records: collect, sync, report and usage; see `app`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from faxapi.cli.collect_options import (
    CollectFormatOption,
    CursorOption,
    DaskOption,
    KindOption,
    LimitOption,
    OutputOption,
    OverwriteOption,
    StatusOption,
)
from faxapi.cli.common import (
    AccountOption,
    ConfigOption,
    QuietOption,
    SandboxOption,
    UsageFormat,
)
from faxapi.cli.times import (
    DeadlineOption,
    MonthOption,
    SinceOption,
    UntilOption,
    moment,
    month_window,
    window,
)


def collect(
    config: ConfigOption = None,
    *,
    sandbox: SandboxOption = False,
    since: SinceOption = None,
    until: UntilOption = None,
    account: AccountOption = None,
    kind: KindOption = None,
    status: StatusOption = None,
    cursor: CursorOption = None,
    form: CollectFormatOption = None,
    output: OutputOption = None,
    overwrite: OverwriteOption = False,
    limit: LimitOption = 20,
    deadline: DeadlineOption = None,
    dask: DaskOption = None,
    quiet: QuietOption = False,
) -> None:
    """Collect faxes, usage totals or jobs of all accounts at once.

    Ctrl-C keeps what has come: in NAME.partial.EXT where a file was asked for.
    What is missing, and why, is said on stderr.
    """
    from functools import partial  # noqa: PLC0415 - late, see app.py

    from faxapi.cli.collect import Wanted, collect  # noqa: PLC0415 - late, see app.py
    from faxapi.cli.running import run  # noqa: PLC0415 - late, see app.py
    from faxapi.records import Kind  # noqa: PLC0415 - late, see app.py

    wanted = Wanted(
        window=window(since, until),
        accounts=account or None,
        kinds=list(dict.fromkeys(map(Kind, kind or ("faxes",)))),
        statuses=[*(status or ())],
        cursor=cursor,
        form=form,
        file=None if output == Path("-") else output,
        overwrite=overwrite,
        limit=limit,
        deadline=deadline,
        quiet=quiet,
    )
    if dask:
        from faxapi.cli.cluster import run_on  # noqa: PLC0415 - late, see app.py

        run_on(dask, wanted, config, sandbox=sandbox)
    run(partial(collect, wanted=wanted), config=config, sandbox=sandbox)


def sync(
    config: ConfigOption = None,
    *,
    sandbox: SandboxOption = False,
    to: Annotated[
        str,
        typer.Option(
            metavar="STORE",
            envvar="FAXAPI_STORE",
            help="duckdb:///FILE, postgresql://HOST/DATABASE, a folder/ or s3://bucket/ for "
            "Parquet files, or the name of a dlt destination.",
        ),
    ] = "duckdb:///faxes.duckdb",
    since: SinceOption = None,
    account: AccountOption = None,
    deadline: DeadlineOption = None,
    quiet: QuietOption = False,
) -> None:
    """Bring a database up to date: new faxes, changed ones, usage totals and jobs.

    What the store knows goes on where the last sync stopped; --since is for the rest. It may be
    stopped at any moment: the next sync asks for what the store has not got.
    """
    from functools import partial  # noqa: PLC0415 - late, see app.py

    from faxapi.cli.running import finish  # noqa: PLC0415 - late, see app.py
    from faxapi.cli.sync import sync  # noqa: PLC0415 - late, see app.py

    work = partial(
        sync,
        config,
        to,
        sandbox=sandbox,
        window=window(since, None),
        accounts=account or None,
        deadline=deadline,
        quiet=quiet,
    )
    finish(work)


def report(
    config: ConfigOption = None,
    *,
    sandbox: SandboxOption = False,
    since: SinceOption = None,
    until: UntilOption = None,
    account: AccountOption = None,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to this file, which appears when it is whole; - for stdout.",
        ),
    ] = Path("report.html"),
    store: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="STORE",
            help="Report what `faxapi sync` has stored there, and ask no provider: duckdb:///FILE "
            "or postgresql://HOST/DATABASE.",
            show_default=False,
        ),
    ] = None,
    show_recipients: Annotated[
        bool,
        typer.Option(
            "--show-recipients",
            help="Show numbers whole, and names and subjects; else a number's last two digits.",
        ),
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Write an HTML page: what is missing and why, then totals, failures, costs and destinations.

    It is one file that needs no network and no script, for screens, telephones and paper.
    """
    from functools import partial  # noqa: PLC0415 - late, see app.py

    from faxapi.cli.report import report, report_stored  # noqa: PLC0415 - late, see app.py
    from faxapi.cli.running import finish, run  # noqa: PLC0415 - late, see app.py

    file = None if output == Path("-") else output
    if store:
        if sandbox:
            raise typer.BadParameter("--from goes without --sandbox")
        stored = partial(
            report_stored,
            store,
            since=since,
            until=until,
            accounts=account or None,
            file=file,
            show_recipients=show_recipients,
            quiet=quiet,
        )
        finish(stored)
    command = partial(
        report,
        window=window(since, until),
        accounts=account or None,
        file=file,
        show_recipients=show_recipients,
        quiet=quiet,
    )
    run(command, config=config, sandbox=sandbox)


def usage(
    config: ConfigOption = None,
    *,
    sandbox: SandboxOption = False,
    month: MonthOption = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            parser=moment,
            metavar="TIME",
            help="From this time on, instead of --month; its months are told apart.",
            show_default=False,
        ),
    ] = None,
    until: UntilOption = None,
    account: AccountOption = None,
    form: Annotated[
        UsageFormat | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="table, jsonl, json or csv.",
            show_default="table on a terminal, else jsonl",
        ),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Show cost and pages by account, user and month.

    They are the provider's own totals where it has any for the account. Else
    the account's faxes are added up; each row says which.

    Where there is no price there is no cost, which is not 0.
    """
    from functools import partial  # noqa: PLC0415 - late, see app.py

    from faxapi.cli.running import run  # noqa: PLC0415 - late, see app.py
    from faxapi.cli.usage import usage  # noqa: PLC0415 - late, see app.py

    command = partial(
        usage,
        window=month_window(month, since, until),
        accounts=account or None,
        form=form,
        quiet=quiet,
    )
    run(command, config=config, sandbox=sandbox)
