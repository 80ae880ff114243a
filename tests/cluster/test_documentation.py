"""The guide's program and its query do what the guide says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.cluster.conftest import cluster
from tests.scale.reading import records, rows
from tests.test_docs import ROOT, examples, files

PAGE = ROOT / "docs/pages/how-to/scale-out.md"


@pytest.mark.usefixtures("accounts")
def test_the_guide_is_true(tmp_path: Path) -> None:
    out = tmp_path / "faxes"
    program = files(PAGE)["nightly.py"].replace("/srv/faxes", str(out))
    with cluster(2) as client:
        address = client.scheduler_info()["address"]
        program = program.replace("tcp://scheduler.example.com:8786", address)
        tmp_path.joinpath("nightly.py").write_text(program)
        said = []
        for _ in range(2):
            done = subprocess.run(
                [sys.executable, "-W", "error", "nightly.py"],
                capture_output=True,
                text=True,
                check=False,
                cwd=tmp_path,
                timeout=100,
            )
            assert (done.returncode, done.stderr) == (0, "")
            said.append(done.stdout)
    assert all("Kind.FAXES" in each for each in said)
    [query] = examples(PAGE, "sql")
    found = duckdb.execute(query.replace("/srv/faxes", str(out))).fetchall()
    assert len(found) == len(records(out)) < len(rows(out, "faxes"))
