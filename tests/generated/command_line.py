"""The reference of the command line, from the commands' own parameters and help texts."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

from typer.models import ArgumentInfo, ParameterInfo, ParamMeta
from typer.utils import get_params_from_function

from faxapi.cli.app import app
from tests.marked import table

_VALUES = {int: "INTEGER", float: "NUMBER", Path: "PATH"}


def command_line() -> str:
    """Every command with its arguments and options."""
    own = app.registered_callback
    sections = [_section("faxapi", own.callback)] if own and own.callback else []
    for each in app.registered_commands:
        if each.callback:
            name = each.name or each.callback.__name__.replace("_", "-")
            sections.append(_section(f"faxapi {name}", each.callback))
    return "\n".join(sections)


def _section(name: str, run: Callable[..., Any]) -> str:
    takes = get_params_from_function(run).values()
    options = [_Parameter(each) for each in takes if isinstance(each.default, ParameterInfo)]
    shown = [each for each in options if not each.info.hidden]
    usage = " ".join([name, "[OPTIONS]", *(each.usage for each in shown if each.is_argument)])
    text = inspect.getdoc(run) or ""
    section = f"## {name}\n\n{text}\n\n```text\n{usage}\n```\n"
    if not shown:
        return section
    return f"{section}\n{table(('Option', 'What it does'), [(e.spelling, e.text) for e in shown])}"


class _Parameter:
    """An argument or an option of a command."""

    def __init__(self, parameter: ParamMeta) -> None:
        [inner] = {each for each in get_args(parameter.annotation) if each is not NoneType} or {
            parameter.annotation
        }
        self.info: Any = parameter.default
        self.is_argument = isinstance(self.info, ArgumentInfo)
        self._repeated = get_origin(inner) is list
        self._type = get_args(inner)[0] if self._repeated else inner
        self._name = parameter.name

    @property
    def value(self) -> str:
        """What stands for its value in a usage line."""
        if self.info.metavar or self.is_argument:
            return str(self.info.metavar or self._name.upper())
        name = self._options[-1].strip("-").upper()
        return name if issubclass(self._type, Enum) else _VALUES.get(self._type, "TEXT")

    @property
    def usage(self) -> str:
        """An argument in a usage line."""
        value = self.value if self.info.default is ... else f"[{self.value}]"
        return f"{value} …" if self._repeated else value

    @property
    def spelling(self) -> str:
        """How it is written."""
        if self.is_argument:
            return f"`{self.value}`"
        value = "" if self._type is bool else f" {self.value}"
        return f"`{', '.join(self._options)}{value}`"

    @property
    def _options(self) -> list[str]:
        """Its names, short ones first."""
        option = f"--{self._name.replace('_', '-')}"
        negated = [f"--no-{option[2:]}"] if self._type is bool else []
        return sorted(self.info.param_decls or [option, *negated], key=len)

    @property
    def text(self) -> str:
        """What it does, what it may be, and what it is unless given."""
        texts = [self.info.help or ""]
        choices = [str(each.value) for each in self._type] if issubclass(self._type, Enum) else []
        if not all(each in texts[0] for each in choices):
            texts.append(f"One of {', '.join(f'`{each}`' for each in choices)}.")
        shown, default = self.info.show_default, self.info.default
        if isinstance(shown, str):
            texts.append(f"Default: {shown}.")
        elif shown and default not in (None, ...) and not isinstance(default, bool):
            texts.append(f"Default: `{getattr(default, 'value', default)}`.")
        if self.info.envvar:
            texts.append(f"Environment: `{self.info.envvar}`.")
        return " ".join(texts).replace("|", "\\|")
