"""The commands and their options; what each does lies in a module of its own, loaded when it runs.

So `faxapi --version`, `--help` and shell completion answer at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from faxapi.cli.call_options import (
    AnswerFormatOption,
    HelpOption,
    OneAccountOption,
    OperationArgument,
    SourceOption,
    ValuesArgument,
    YesOption,
)
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
    CheckFormat,
    ConfigOption,
    ExitCode,
    QuietOption,
    SandboxOption,
    UsageFormat,
    WatchFormat,
)
from faxapi.cli.times import (
    DeadlineOption,
    MonthOption,
    SinceOption,
    UntilOption,
    moment,
    month_window,
    some_time,
    span,
    window,
)

app = typer.Typer(
    name="faxapi",
    no_args_is_help=True,
    # A traceback with its local variables would show what must stay secret.
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer hands on a flag so
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - late, see above

        typer.echo(f"faxapi {version('faxapi')}")
        raise typer.Exit


@app.callback()
def faxapi(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and end."
        ),
    ] = False,
) -> None:
    """Fax activity from every provider at once.

    Exit codes: 0 complete, 3 partial, 1 failed, 2 wrong usage, 130 interrupted.
    """


@app.command()
def demo() -> None:
    """Collect a week from three simulated providers, and show what came."""
    from faxapi.cli.demo import demo  # noqa: PLC0415 - late, see above
    from faxapi.cli.running import run  # noqa: PLC0415 - late, see above

    run(demo, sandbox=True)


@app.command()
def check(
    config: ConfigOption = None,
    *,
    sandbox: SandboxOption = False,
    account: AccountOption = None,
    form: Annotated[
        CheckFormat, typer.Option("--format", "-f", help="How to show it.")
    ] = CheckFormat.TABLE,
    deadline: Annotated[
        timedelta | None,
        typer.Option(
            parser=some_time,
            metavar="SPAN",
            help="Wait no longer than this for an answer.",
            show_default="30s",
        ),
    ] = None,
) -> None:
    """Try whether each account can be reached and logged into, and say what it can report."""
    from functools import partial  # noqa: PLC0415 - late, see above

    from faxapi.cli.check import check  # noqa: PLC0415 - late, see above
    from faxapi.cli.running import run  # noqa: PLC0415 - late, see above

    run(
        partial(check, accounts=account or None, form=form, deadline=deadline or span("30s")),
        config=config,
        sandbox=sandbox,
    )


@app.command(add_help_option=False)
def call(
    context: typer.Context,
    operation: OperationArgument = None,
    values: ValuesArgument = None,
    *,
    account: OneAccountOption = None,
    config: ConfigOption = None,
    sandbox: SandboxOption = False,
    source: SourceOption = None,
    yes: YesOption = False,
    form: AnswerFormatOption = None,
    helped: HelpOption = False,
) -> None:
    """Call any operation of a vendor; one that changes something asks first.

    Secrets are no part of a command line: be asked, or write key=env:A_VARIABLE.
    """
    if helped and operation is None:
        typer.echo(context.get_help())
        raise typer.Exit
    from faxapi.cli.call import Options, run  # noqa: PLC0415 - late, see above

    options = Options(config, sandbox, account, yes, form, source)
    run(operation, values or (), options, helped=helped)


@app.command()
def providers(form: AnswerFormatOption = None) -> None:
    """Tell what each provider can do; needs no account."""
    from faxapi.cli.providers import show  # noqa: PLC0415 - late, see above

    show(form)


@app.command()
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
    from functools import partial  # noqa: PLC0415 - late, see above

    from faxapi.cli.collect import Wanted, collect  # noqa: PLC0415 - late, see above
    from faxapi.cli.running import run  # noqa: PLC0415 - late, see above
    from faxapi.records import Kind  # noqa: PLC0415 - late, see above

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
        from faxapi.cli.cluster import run_on  # noqa: PLC0415 - late, see above

        run_on(dask, wanted, config, sandbox=sandbox)
    run(partial(collect, wanted=wanted), config=config, sandbox=sandbox)


@app.command()
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
    from functools import partial  # noqa: PLC0415 - late, see above

    from faxapi.cli.running import finish  # noqa: PLC0415 - late, see above
    from faxapi.cli.sync import sync  # noqa: PLC0415 - late, see above

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


@app.command()
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
    from functools import partial  # noqa: PLC0415 - late, see above

    from faxapi.cli.report import report, report_stored  # noqa: PLC0415 - late, see above
    from faxapi.cli.running import finish, run  # noqa: PLC0415 - late, see above

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


@app.command()
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
    from functools import partial  # noqa: PLC0415 - late, see above

    from faxapi.cli.running import run  # noqa: PLC0415 - late, see above
    from faxapi.cli.usage import usage  # noqa: PLC0415 - late, see above

    command = partial(
        usage,
        window=month_window(month, since, until),
        accounts=account or None,
        form=form,
        quiet=quiet,
    )
    run(command, config=config, sandbox=sandbox)


@app.command()
def watch(
    config: ConfigOption = None,
    *,
    sandbox: SandboxOption = False,
    account: AccountOption = None,
    interval: Annotated[
        timedelta | None,
        typer.Option(
            parser=some_time,
            metavar="SPAN",
            help="How often each account is asked; a provider's limits may make it less.",
            show_default="30s; with --sandbox 5s",
        ),
    ] = None,
    since: Annotated[
        timedelta | None,
        typer.Option(
            parser=some_time,
            metavar="SPAN",
            help="How far back the first look goes.",
            show_default="48h",
        ),
    ] = None,
    form: Annotated[
        WatchFormat | None,
        typer.Option(
            "--format",
            "-f",
            help="How to show it.",
            show_default="screen on a terminal, else lines",
        ),
    ] = None,
) -> None:
    """Show running jobs and faxes in process, live; Ctrl-C ends it.

    Where the output is no terminal, it is a line for each change.
    """
    from functools import partial  # noqa: PLC0415 - late, see above

    from faxapi.cli.running import run  # noqa: PLC0415 - late, see above
    from faxapi.cli.watch import Wanted, watch  # noqa: PLC0415 - late, see above

    wanted = Wanted(
        accounts=account or None,
        interval=interval or span("5s" if sandbox else "30s"),
        since=since or span("48h"),
        form=form,
    )
    run(
        partial(watch, wanted=wanted),
        config=config,
        sandbox=sandbox,
        traffic=True,
        interrupted=ExitCode.COMPLETE,
    )


@app.command()
def sandbox(
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 for a free one.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="What the data is made from.")] = 1,
    faxes: Annotated[
        int, typer.Option(min=0, help="Faxes of each provider over the last 40 days.")
    ] = 600,
    accounts: Annotated[
        int, typer.Option(min=0, help="Further accounts at InterFax, of 20 faxes each.")
    ] = 0,
    broadcasts: Annotated[
        int, typer.Option(min=0, help="Further jobs at Openfax, of 10,000 faxes each.")
    ] = 0,
    rate_limit: Annotated[
        bool, typer.Option(help="Whether InterFax allows 6 queries a minute, or any number.")
    ] = True,
    traffic: Annotated[
        bool, typer.Option("--traffic", help="Send faxes, and let them end, while it runs.")
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option(
            "--write-config",
            metavar="FILE",
            help="Write its accounts to this file, for --config.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Serve the simulated providers until Ctrl-C; the first line on stdout is JSON."""
    from faxapi.cli.sandbox import serve  # noqa: PLC0415 - late, see above

    code = serve(
        port=port,
        seed=seed,
        faxes=faxes,
        accounts=accounts,
        broadcasts=broadcasts,
        rate_limit=rate_limit,
        traffic=traffic,
        config=config,
    )
    raise typer.Exit(code)
