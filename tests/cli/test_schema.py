"""`tranche schema`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Command
from tranche.files.schema import deal_schema, market_schema


def test_it_prints_or_writes_the_schema(command: Command, tmp_path: Path) -> None:
    assert json.loads(command("schema").stdout) == deal_schema()
    assert json.loads(command("schema", "--market").stdout) == market_schema()
    result = command("schema", "--out", tmp_path / "deal.schema.json")
    assert result.exit_code == 0
    assert json.loads((tmp_path / "deal.schema.json").read_text()) == deal_schema()


def test_a_file_that_cannot_be_written(command: Command, tmp_path: Path) -> None:
    result = command("schema", "--out", tmp_path / "missing" / "deal.schema.json")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
