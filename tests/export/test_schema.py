"""The schema is the records', and the documentation is the schema's."""

from datetime import datetime
from typing import get_type_hints

import pytest

from faxapi import FaxRecord, Kind
from faxapi.export import COLUMNS, SCHEMA_VERSION, ColumnType
from tests.export.samples import MODELS
from tests.marked import ROOT


@pytest.mark.parametrize("kind", Kind)
def test_the_columns_are_the_fields(kind: Kind) -> None:
    model = MODELS[kind]
    fields = [name for name in model.model_fields if name != "raw"]
    derived = ["at"] if kind is Kind.FAXES else []
    assert [column.name for column in COLUMNS[kind]] == fields + derived
    nullable = {column.name for column in COLUMNS[kind] if column.nullable} - set(derived)
    assert nullable == {name for name in fields if model.model_fields[name].default is None}
    assert all(column.meaning.endswith(".") for column in COLUMNS[kind])


def test_a_derived_column_has_its_propertys_type() -> None:
    (at,) = (column for column in COLUMNS[Kind.FAXES] if column.name == "at")
    getter = vars(FaxRecord)["at"].fget
    assert get_type_hints(getter)["return"] == datetime | None
    assert (at.type, at.nullable) == (ColumnType.TIME, True)


def test_the_documentation_names_the_version() -> None:
    page = ROOT / "docs/pages/reference/exports.md"
    assert f"The version is {SCHEMA_VERSION}" in page.read_text(encoding="utf-8")
