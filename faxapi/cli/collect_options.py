"""What `faxapi collect` takes; light, since every command loads it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from faxapi.cli.common import CollectFormat, KindName, StatusName

KindOption = Annotated[
    list[KindName] | None,
    typer.Option(
        "--kind",
        "-k",
        metavar="KIND",
        help="faxes, usage or jobs; may be repeated.",
        show_default="faxes",
    ),
]
StatusOption = Annotated[
    list[StatusName] | None,
    typer.Option(
        metavar="STATUS",
        help="Only queued, in_progress, completed, failed, canceled or unknown faxes; may be "
        "repeated.",
        show_default=False,
    ),
]
CursorOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Go on where this file says that the last run stopped, and write there where "
        "this one stops. What it does not know yet is read from --since on.",
        show_default=False,
    ),
]
CollectFormatOption = Annotated[
    CollectFormat | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="table, jsonl, json, csv or parquet.",
        show_default="what -o ends in; table on a terminal, else jsonl",
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write to this file, which appears when it is whole.",
        show_default="stdout",
    ),
]
OverwriteOption = Annotated[
    bool,
    typer.Option(
        "--overwrite", help="With a cursor: replace a file that is there, with its records."
    ),
]
LimitOption = Annotated[
    int,
    typer.Option(min=1, metavar="N", help="How many records a table shows: the newest."),
]
DaskOption = Annotated[
    str | None,
    typer.Option(
        metavar="CLUSTER",
        help="Collect on a Dask cluster, such as tcp://10.0.0.1:8786, or local for the cores of "
        "this machine, into a dataset of Parquet files in the folder -o, which holds the cursors "
        "too.",
        show_default=False,
    ),
]
