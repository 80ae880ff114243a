"""A file appears whole or not at all; a stream gets what there is."""

from __future__ import annotations

import gc
import io
import json
import os
import resource
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from faxapi import ConfigurationError, Direction, ExportFailed, FaxRecord, Kind, Report, Status
from faxapi.export import open_export
from tests.export.samples import FORMATS, restored

FAX = FaxRecord(
    provider="p", account="a", id="1", direction=Direction.OUTBOUND, status=Status.COMPLETED
)
REPORT = Report(faxes=[FAX])


def faxes(count: int) -> Iterator[FaxRecord]:
    for number in range(count):
        yield FAX.model_copy(update={"id": str(number), "subject": f"Fax {number * 7919}"})


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_appears_when_it_is_whole(form: str, tmp_path: Path) -> None:
    target = tmp_path / f"faxes.{form}"
    target.write_text("older")
    with open_export(target, form, kind="faxes") as export:
        export.write([FAX])
        export.write([])
        assert export.path is None
        assert target.read_text() == "older"
        export.finish(REPORT)
        assert export.path == target
    assert restored(target.read_bytes(), form, Kind.FAXES) == [FAX]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [target]


def write_and_fail(target: Path, form: str) -> None:
    with open_export(target, form, kind="faxes") as export:
        export.write([FAX])
        _ = 1 / 0


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_left_unfinished_leaves_nothing(form: str, tmp_path: Path) -> None:
    with open_export(str(tmp_path / "faxes"), form, kind="faxes") as export:
        export.write([FAX])
    with pytest.raises(ZeroDivisionError):
        write_and_fail(tmp_path / "faxes", form)
    gc.collect()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", FORMATS)
def test_a_part_gets_a_name_of_its_own(form: str, tmp_path: Path) -> None:
    target = tmp_path / "faxes"
    (tmp_path / "faxes.partial").write_text("somebody's")
    found = []
    for _ in range(2):
        with open_export(target, form, kind="faxes") as export:
            export.write([FAX])
            export.finish(REPORT, partial=True)
        assert export.path
        found.append(export.path.name)
        assert restored(export.path.read_bytes(), form, Kind.FAXES) == [FAX]
        assert stat.S_IMODE(export.path.stat().st_mode) == 0o600
    assert found == ["faxes.partial-2", "faxes.partial-3"]
    assert (tmp_path / "faxes.partial").read_text() == "somebody's"
    assert len(list(tmp_path.iterdir())) == 3


def test_a_part_says_inside_that_it_is_one(tmp_path: Path) -> None:
    said = []
    for form in ("json", "parquet"):
        with open_export(tmp_path / form, form, kind="faxes") as export:
            export.finish(REPORT, partial=True)
        assert export.path
        if form == "json":
            said.append(json.loads(export.path.read_text()))
        else:
            said.append(json.loads(pq.read_metadata(export.path).metadata[b"faxapi"]))
    assert [(each["partial"], each["complete"]) for each in said] == [(True, False)] * 2


def test_through_a_link_the_file_it_names_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    link = tmp_path / "faxes.jsonl"
    link.symlink_to(tmp_path / "data" / "real.jsonl")
    with open_export(link, "jsonl") as export:
        export.finish(REPORT)
    assert link.is_symlink()
    assert export.path == tmp_path / "data" / "real.jsonl"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".", "A folder or a device is there"),
        ("pipe", "A folder or a device is there"),
        ("none/faxes.csv", "No such file or directory"),
        ("file/faxes.csv", "Not a directory"),
        ("n" * 300, "File name too long"),
        ("nul\0", "embedded null byte"),
    ],
)
def test_a_place_where_no_file_can_be_is_refused_at_once(
    name: str, text: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    before = sorted(tmp_path.iterdir())
    with (
        pytest.raises(ConfigurationError, match=rf"cannot be written: {text}\. Name a file"),
        open_export(tmp_path / name, "csv", kind="faxes"),
    ):
        pass
    assert sorted(tmp_path.iterdir()) == before


@contextmanager
def small_disk(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def write_many(target: Path | BinaryIO, form: str) -> None:
    with open_export(target, form, kind="faxes") as export:
        export.write(faxes(3_000))
        export.finish(REPORT)


@pytest.mark.parametrize("form", FORMATS)
def test_a_full_disk_is_told_and_leaves_nothing(form: str, tmp_path: Path) -> None:
    text = r"cannot be written: File too large\. Nothing is left"
    with pytest.raises(ExportFailed, match=text), small_disk(8_000):
        write_many(tmp_path / "faxes", form)
    gc.collect()
    assert list(tmp_path.iterdir()) == []


class Unbuffered(io.RawIOBase):
    """A stream that takes a few bytes at a time."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        part = bytes(data)[:11]  # type: ignore[call-overload]
        self.taken += part
        return len(part)


@pytest.mark.parametrize("form", FORMATS)
def test_a_stream_may_take_a_part_at_a_time_and_stays_open(form: str) -> None:
    stream = Unbuffered()
    with open_export(stream, form, kind="faxes") as export:  # type: ignore[arg-type]
        export.write([FAX])
        export.finish(REPORT)
    assert export.path is None
    assert not stream.closed
    assert restored(stream.taken, form, Kind.FAXES) == [FAX]


@pytest.mark.parametrize("form", FORMATS)
def test_a_pipe_gets_a_whole_file(form: str) -> None:
    reading, writing = os.pipe()
    found: list[bytes] = []
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb") as pipe:
        reader = threading.Thread(target=lambda: found.append(source.read()))
        reader.start()
        write_many(pipe, form)
        pipe.close()
        reader.join()
    assert restored(found[0], form, Kind.FAXES) == list(faxes(3_000))


def test_lines_reach_a_pipe_as_they_come() -> None:
    reading, writing = os.pipe()
    with (
        os.fdopen(reading, "rb") as source,
        os.fdopen(writing, "wb") as pipe,
        open_export(pipe, "jsonl") as export,
    ):
        export.write([FAX])
        assert json.loads(source.readline())["id"] == "1"


@pytest.mark.parametrize("form", FORMATS)
def test_a_reader_who_has_enough_is_no_failure_of_the_export(form: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb", buffering=0) as pipe, pytest.raises(BrokenPipeError):
        write_many(pipe, form)
    gc.collect()


def test_a_stream_that_fails_is_told() -> None:
    text = "the output cannot be written: No space left on device"
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(ExportFailed, match=text):
        write_many(full, "jsonl")


def test_a_stream_of_parquet_that_is_left_is_no_valid_file() -> None:
    stream = io.BytesIO()
    with open_export(stream, "parquet", kind="faxes") as export:
        export.write([FAX])
    gc.collect()
    with pytest.raises(pa.ArrowInvalid):
        pq.read_table(io.BytesIO(stream.getvalue()))


def test_a_terminal_is_steered_by_no_subject() -> None:
    outer, inner = os.openpty()
    fax = FAX.model_copy(update={"subject": "a\x1b[2Jb\x9b2Jc"})
    with os.fdopen(outer, "rb", buffering=0) as screen, os.fdopen(inner, "wb") as terminal:
        shown = []
        for form in ("csv", "jsonl"):
            with open_export(terminal, form, kind="faxes") as export:
                export.write([fax])
                export.finish(REPORT)
            shown.append(screen.read(10_000).decode())
        text = "Parquet is nothing to show on a terminal. Name a file"
        with (
            pytest.raises(ConfigurationError, match=text),
            open_export(terminal, "parquet", kind="faxes"),
        ):
            pass
    assert "a\ufffd[2Jb\ufffd2Jc" in shown[0]
    assert json.loads(shown[1])["subject"] == fax.subject
    assert not {"\x1b", "\x9b"} & set("".join(shown))
