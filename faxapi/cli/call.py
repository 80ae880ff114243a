"""`faxapi call`: any operation of a vendor, by its name."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from faxapi.cli.answers import notices_of, usual_format, write, write_stream
from faxapi.cli.arguments import Key, build, keys, missing, parse, parse_file
from faxapi.cli.call_options import AnswerFormat
from faxapi.cli.common import ExitCode
from faxapi.cli.consoles import tell
from faxapi.cli.operations import every_method, find, methods_of, show_help, show_list
from faxapi.cli.questions import asked_for, confirm
from faxapi.cli.running import opened, run_async
from faxapi.cli.signals import interruptible, signals_caught
from faxapi.cli.waits import waits_told
from faxapi.errors import ConfigurationError, Unconfirmed
from faxapi.providers import registered
from faxapi.providers.methods import methods
from faxapi.wire.soap import SoapOperation

if TYPE_CHECKING:
    from faxapi.api import FaxApi
    from faxapi.providers import Provider
    from faxapi.providers.methods import Method


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line."""

    config: Path | None = None
    sandbox: bool = False
    account: str | None = None
    yes: bool = False
    form: AnswerFormat | None = None
    source: Path | None = None


def run(operation: str | None, texts: Sequence[str], options: Options, *, helped: bool) -> NoReturn:
    """Call an operation, or tell what there is, and end with the exit code."""

    async def main() -> ExitCode:
        if operation is None:
            show_list(await _configured(options))
            return ExitCode.COMPLETE
        found = find(operation)
        if found[0].name == operation and not helped:
            return await _call(found[0], texts, options)
        if texts and not helped:
            hint = f"faxapi call {operation} lists them"
            raise ConfigurationError(f"{operation} is several operations", hint=hint)
        if found[0].name == operation:
            show_help(found[0])
        else:
            show_list(found)
        return ExitCode.COMPLETE

    run_async(main)


async def _configured(options: Options) -> Iterable[Method]:
    """The configured providers' methods; every provider's where no account is configured."""
    try:
        async with opened(options.config, sandbox=options.sandbox) as api:
            used = {api[name].provider for name in api}
    except ConfigurationError:
        if options.config:
            raise
        return every_method().values()
    return methods_of(registered()[provider] for provider in sorted(used)).values()


async def _call(method: Method, texts: Sequence[str], options: Options) -> ExitCode:
    takes = keys(method)
    given = _given(method, texts, takes, options.source)
    changes = not method.operation.idempotent
    async with opened(options.config, sandbox=options.sandbox) as api:
        account = _account(api, method.provider.provider, options.account)
        # Questions come before signals are caught: until then, Ctrl-C ends the program at once.
        try:
            given |= asked_for(takes, given, twice=changes)
            arguments = build(method, given)
            if changes and not options.yes:
                confirm(method, account, given)
        except typer.Abort:
            tell("faxapi: nothing was sent")
            return ExitCode.FAILED
        with signals_caught(), interruptible():
            return await _perform(method, account, arguments, options.form or usual_format())
    if changes:
        tell(f"faxapi: interrupted: the change may have been made. {_how_to_look(method)}")
    return ExitCode.INTERRUPTED


def _given(
    method: Method, texts: Sequence[str], takes: Mapping[str, Key], source: Path | None
) -> dict[str, Any]:
    """What a file gives, and the command line above it; whatever else is needed are secrets."""
    given = (parse_file(source, takes) if source else {}) | parse(texts, takes)
    needed = [name for name in missing(method, given) if not takes[name].keyword.secret]
    if needed:
        hint = f"It takes {', '.join(takes)}; faxapi call {method.name} --help tells more"
        raise ConfigurationError(f"{', '.join(needed)} must be given", hint=hint)
    return given


def _account(api: FaxApi, provider: str, name: str | None) -> Provider:
    """The account to call: the one that is named, or the provider's only one."""
    found: dict[str, Provider] = {each: api[each] for each in api if api[each].provider == provider}
    if not found:
        others = ", ".join(sorted({api[each].provider for each in api}))
        hint = f"Configured are accounts of {others}"
        raise ConfigurationError(f"no account of {provider} is configured", hint=hint)
    listed = ", ".join(found)
    if name is not None and name not in found:
        hint = f"It has {listed}"
        raise ConfigurationError(f"{provider} has no account called {name!r}", hint=hint)
    if name is None and len(found) > 1:
        hint = f"Name one with --account: {listed}"
        raise ConfigurationError(f"{provider} has several accounts", hint=hint)
    return found[name or next(iter(found))]


async def _perform(
    method: Method, account: Provider, arguments: Mapping[str, Any], form: AnswerFormat
) -> ExitCode:
    """Send it, and write what is answered."""
    answer = method.of(account)(**arguments)
    with waits_told():
        if method.streams:
            await _write_items(answer, form)
        else:
            answer = await _answer(method, answer)
            write(answer, form)
    notices = notices_of(answer)
    for notice in notices:
        tell(f"{'missing' if notice.gap else 'note'}: {notice}")
    return ExitCode.PARTIAL if any(notice.gap for notice in notices) else ExitCode.COMPLETE


async def _answer(method: Method, sent: Awaitable[object]) -> object:
    try:
        return await sent
    except Unconfirmed as error:
        error.hint = _how_to_look(method)
        raise


async def _write_items(answer: Any, form: AnswerFormat) -> None:  # noqa: ANN401 - an iterator of anything
    """Write what an iterator brings; one that holds a connection is closed."""
    held = isinstance(answer, AbstractAsyncContextManager)
    async with answer if held else nullcontext():
        await write_stream(answer, form)


def _how_to_look(method: Method) -> str:
    """How to find out whether a change was made."""
    operation = method.operation
    shown_by = operation.shown_by if isinstance(operation, SoapOperation) else ""
    for each in methods(method.provider).values():
        if each.operation.label == shown_by:
            return f"Look before you send it again: faxapi call {each.name}"
    return "Look before you send it again"
