"""The commands and their options; what each does lies in a module of its own, loaded when it runs.

So `faxapi --version`, `--help` and shell completion answer at once.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from faxapi.cli import record_commands
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
    CheckFormat,
    ConfigOption,
    ExitCode,
    SandboxOption,
    WatchFormat,
)
from faxapi.cli.times import (
    some_time,
    span,
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


app.command()(record_commands.collect)
app.command()(record_commands.sync)
app.command()(record_commands.report)
app.command()(record_commands.usage)


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
