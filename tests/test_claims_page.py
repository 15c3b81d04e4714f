"""docs/claims.md is what its script writes, and has every claim."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parent.parent / "docs"
TEXT = (DOCS / "claims.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("claims", DOCS / "claims.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_claim_has_a_table() -> None:
    for title in ("Duration mismatch", "Deflation", "Double leverage", "Correlation conv", "Collateral illusion"):
        _, _, section = TEXT.partition(f"\n## {title}")
        assert section.partition("\n## ")[0].count("\n|") >= 5, title


@pytest.mark.parametrize(
    ("with_it", "without", "said"),
    [(0.10, 0.01, "holds"), (0.10, 0.05, "holds in part"), (0.10, 0.06, "does not hold"), (9e-4, 0, "does not hold")],
)
def test_a_verdict_is_that_of_the_figures(script: ModuleType, with_it: float, without: float, said: str) -> None:
    assert script.Verdict("", "", "", with_it, without).word() == said


@pytest.mark.slow
def test_the_page_is_what_the_script_writes(script: ModuleType) -> None:
    assert script.page() == TEXT, "run `make claims`"
