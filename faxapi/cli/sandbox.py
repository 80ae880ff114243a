"""`faxapi sandbox`: the simulated providers, and what others need to use them."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from faxapi.cli.common import ExitCode, leave
from faxapi.cli.consoles import tell
from faxapi.errors import ConfigurationError
from faxapi.files import write_private
from faxapi.providers.keywords import keywords
from faxapi.sandbox.serve import serving, tell_logins, wait

if TYPE_CHECKING:
    from faxapi.providers.base import Provider
    from faxapi.sandbox import Sandbox

_WRITTEN_BY = "# Written by `faxapi sandbox`, for a sandbox on this machine."


def serve(
    *,
    port: int,
    seed: int,
    faxes: int,
    accounts: int,
    broadcasts: int,
    rate_limit: bool,
    traffic: bool,
    config: Path | None,
) -> ExitCode:
    """Serve until Ctrl-C; on a terminal, say how to use it from another one.

    Args:
        port: As in `serving`, and so are the next six.
        seed: What the data is made from.
        faxes: Of each provider.
        accounts: Further ones at InterFax.
        broadcasts: Large jobs at Openfax.
        rate_limit: Whether InterFax has one.
        traffic: Whether faxes are sent, and end.
        config: The file to write for `--config`.
    """
    if signal.getsignal(signal.SIGINT) is leave:
        # It is how the sandbox is meant to end, and no interruption.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if config:
            _check_replaceable(config)
        with serving(
            port=port,
            seed=seed,
            faxes=faxes,
            accounts=accounts,
            broadcasts=broadcasts,
            rate_limit=rate_limit,
            traffic=traffic,
        ) as sandbox:
            if config:
                _write(config, sandbox)
            tell_logins(sandbox)
            if sys.stderr and sys.stderr.isatty():
                sys.stderr.write(_how_to_use(sandbox, config))
            wait()
    except ConfigurationError as error:
        tell(f"faxapi: {error}")
        return ExitCode.USAGE
    except OSError as error:
        tell(f"faxapi: port {port}: {error.strerror}. Choose another --port")
        return ExitCode.FAILED
    return ExitCode.COMPLETE


def _check_replaceable(path: Path) -> None:
    """Refuse a file that somebody else wrote."""
    try:
        ours = path.read_text(encoding="utf-8").startswith(_WRITTEN_BY)
    except FileNotFoundError:
        return
    except (OSError, ValueError):
        ours = False
    if not ours:
        raise ConfigurationError(
            f"{path} exists, and `faxapi sandbox` has not written it",
            hint="Give --write-config another name",
        )


def _write(path: Path, sandbox: Sandbox) -> None:
    """Write the configuration, and beside it the files of its secrets."""
    folder = path.with_name(f"{path.name}.secrets")
    tables = [f"{_WRITTEN_BY}\n"]
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        for account, login in _accounts(sandbox):
            secret = next(key for key in login if keywords(type(account))[key].secret)
            write_private(folder / account.name, login[secret].encode())
            given: dict[str, object] = {**login, secret: {"file": f"{folder.name}/{account.name}"}}
            tables.append(_table(account, given))
        write_private(path, "".join(tables).encode())
    except OSError as error:
        text = f"{path} cannot be written: {error.strerror}"
    else:
        return
    raise ConfigurationError(text)


def _accounts(sandbox: Sandbox) -> Iterator[tuple[Provider, dict[str, str]]]:
    for provider in sandbox.credentials:
        yield from zip(sandbox.accounts_of(provider), sandbox.logins(provider), strict=True)


def _settings(account: Provider, given: dict[str, object]) -> dict[str, object]:
    """What an account of the sandbox needs besides its login."""
    own = account.settings
    settings = {**given, "timezone": str(own.zone)}
    if own.currency:
        settings["currency"] = own.currency
    if account.default_pace and not own.pace:
        settings["pace"] = False
    return settings


def _table(account: Provider, given: dict[str, object]) -> str:
    settings = {"provider": account.provider, "name": account.name, **_settings(account, given)}
    lines = [f"{key} = {_toml(value)}\n" for key, value in settings.items()]
    return f"\n[[account]]\n{''.join(lines)}"


def _toml(value: object) -> str:
    """A text, a truth or a table of them in TOML; the first two are written as in JSON."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(part)}' for key, part in value.items())} }}"
    return json.dumps(value)


def _how_to_use(sandbox: Sandbox, config: Path | None) -> str:
    if config:
        steps = [f"faxapi collect --config {shlex.quote(str(config))}"]
    else:
        unset = ["unset FAXAPI_CONFIG"] if "FAXAPI_CONFIG" in os.environ else []
        steps = [*unset, *_exports(sandbox), "faxapi collect"]
    shown = "".join(f"  {step}\n" for step in steps)
    return (
        f"\nSimulated providers at {sandbox.url}: nothing is sent anywhere.\n"
        f"In another terminal:\n\n{shown}\nCtrl-C ends it.\n"
    )


def _exports(sandbox: Sandbox) -> Iterator[str]:
    """Lines for a shell: the environment is enough for one account of each provider."""
    for account, login in zip(sandbox.accounts(), sandbox.credentials.values(), strict=True):
        for key, value in _settings(account, {**login}).items():
            text = value if isinstance(value, str) else json.dumps(value)
            variable = f"{account.provider}_{key}".upper()
            yield f"export {variable}={shlex.quote(text)}"
