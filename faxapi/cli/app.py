"""The commands and their options; what each does lies in a module of its own, loaded when it runs.

So `faxapi --version`, `--help` and shell completion answer at once.
"""

from __future__ import annotations

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
from faxapi.cli.common import (
    AccountOption,
    CollectFormat,
    ConfigOption,
    KindName,
    SandboxOption,
    StatusName,
)
from faxapi.cli.times import DeadlineOption, SinceOption, UntilOption, window

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
    from faxapi.cli.demo import main  # noqa: PLC0415 - late, see above

    raise typer.Exit(main())


@app.command()
def check(config: ConfigOption = None, *, sandbox: SandboxOption = False) -> None:
    """Try whether each account can be reached and logged into."""
    from faxapi.cli.check import check  # noqa: PLC0415 - late, see above
    from faxapi.cli.running import run  # noqa: PLC0415 - late, see above

    run(check, config=config, sandbox=sandbox)


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
    kind: Annotated[
        list[KindName] | None,
        typer.Option(
            "--kind",
            "-k",
            metavar="KIND",
            help="faxes, usage or jobs; may be repeated.",
            show_default="faxes",
        ),
    ] = None,
    status: Annotated[
        list[StatusName] | None,
        typer.Option(
            metavar="STATUS",
            help="Only queued, in_progress, completed, failed, canceled or unknown faxes; may be "
            "repeated.",
            show_default=False,
        ),
    ] = None,
    cursor: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Go on where this file says that the last run stopped, and write there where "
            "this one stops. What it does not know yet is read from --since on.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        CollectFormat | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="table, jsonl, json, csv or parquet.",
            show_default="what -o ends in; table on a terminal, else jsonl",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to this file, which appears when it is whole.",
            show_default="stdout",
        ),
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite", help="With a cursor: replace a file that is there, with its records."
        ),
    ] = False,
    limit: Annotated[
        int,
        typer.Option(min=1, metavar="N", help="How many records a table shows: the newest."),
    ] = 20,
    deadline: DeadlineOption = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show no progress; say only what is wrong.")
    ] = False,
) -> None:
    """Collect faxes, usage totals or jobs of all accounts at once.

    Ctrl-C, or the deadline, keeps what has come: in NAME.partial.EXT where a file was asked for.
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
    run(partial(collect, wanted=wanted), config=config, sandbox=sandbox)
