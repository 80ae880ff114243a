"""Accounts travel as they stand in their file; a secret among them is refused first."""

from __future__ import annotations

from pathlib import Path

import pytest

from faxapi import ConfigurationError
from faxapi.config import read_tables

SECRET = "correct-horse-battery"
GOOD = 'provider = "interfax"\nusername = "acme"\npassword = { env = "NOT_SET_HERE" }\n'


def check(folder: Path, text: str) -> None:
    path = folder / "faxapi.toml"
    path.write_text(f"[[account]]\n{text}")
    tables, _ = read_tables(path)
    for table in tables:
        table.check()


def test_references_are_not_looked_up(tmp_path: Path) -> None:
    check(tmp_path, GOOD)
    check(tmp_path, GOOD.replace('env = "NOT_SET_HERE"', 'file = "not/here"'))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (GOOD.replace('{ env = "NOT_SET_HERE" }', f'"{SECRET}"'), "password is not given by ref"),
        (GOOD.replace("NOT_SET_HERE", f'A", x = "{SECRET}'), "password is not given by reference"),
        (f'{GOOD}pasword = "{SECRET}"\n', "unknown key 'pasword'"),
        (f'{GOOD}proxy = "http://bob:{SECRET}@proxy"\n', "proxy is not given by reference"),
        (f'{GOOD}proxy = {{ http = "{SECRET}" }}\n', "proxy must be"),
        (f'{GOOD}base_url = "https://bob:{SECRET}@host"\n', "an address with a login"),
        (GOOD.replace("interfax", "nofax"), "no provider is called 'nofax'"),
        (GOOD.replace('username = "acme"\n', ""), "username must be given"),
    ],
)
def test_what_is_wrong_is_said_before_anything_travels(
    tmp_path: Path, text: str, wrong: str
) -> None:
    with pytest.raises(ConfigurationError, match=wrong) as caught:
        check(tmp_path, text)
    assert "account 1" in str(caught.value)
    assert SECRET not in str(caught.value)
