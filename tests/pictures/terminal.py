"""A terminal as an SVG that needs nothing from the network."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from io import StringIO

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

_COLUMNS = 88
# rich's own format fetches a font; the reader's monospace one does as well.
_FORMAT = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px;
}}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""


def picture_of_terminal(command: str, environment: Mapping[str, str]) -> str:
    """What a terminal shows after this command line."""
    console = Console(record=True, width=_COLUMNS, file=StringIO(), color_system="truecolor")
    console.print(Text.assemble(("$ ", "green"), (command, "bold")))
    console.print(Text.from_ansi(_output(command, environment)))
    return console.export_svg(title="", theme=MONOKAI, code_format=_FORMAT, unique_id="terminal")


def _output(command: str, environment: Mapping[str, str]) -> str:
    """What the program prints on stdout; it takes the pipe for a terminal."""
    done = subprocess.run(
        [sys.executable, "-m", *command.split(), "--format", "table"],
        env={**environment, "FORCE_COLOR": "1", "COLUMNS": str(_COLUMNS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    return done.stdout
