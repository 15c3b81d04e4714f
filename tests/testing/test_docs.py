"""docs/testing-deals.md: what it shows is what is said, and what it offers works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.testing.test_plugin import run_pytest
from tranche.testing import invariants

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/testing-deals.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_failure_that_the_page_shows(tmp_path: Path) -> None:
    (tmp_path / "bad_deal.yaml").write_bytes((ROOT / "tests/testing/bad_deal.yaml").read_bytes())
    code, said = run_pytest(tmp_path, "--tranche", "-k", "residual_waits")
    assert code == 1
    (shown,) = [body for language, body in BLOCKS if language == "text"]
    assert shown.strip() in said.replace("\n\n\n", "\n\n")


def test_every_rule_is_on_the_page() -> None:
    for rule in (*invariants.ALWAYS, *invariants.EXPECTED):
        assert f"`{rule.__name__}`" in PAGE


@pytest.mark.parametrize("body", [body for language, body in BLOCKS if language == "yaml"])
def test_its_yaml_can_be_read(body: str) -> None:
    assert YAML(typ="safe").load(body)


def test_its_own_test_passes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = [body for language, body in BLOCKS if language == "python"]
    file = tmp_path / "test_of_the_page.py"  # Hypothesis reads the source of a test again
    file.write_text(code, encoding="utf-8")
    scope: dict[str, object] = {}
    exec(compile(code, str(file), "exec"), scope)
    test = scope["test_the_reserve_never_holds_more_than_its_target"]
    assert callable(test)
    test()
