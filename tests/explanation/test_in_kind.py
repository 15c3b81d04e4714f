"""Interest that is paid in kind does not fall due: it is no shortfall. Interest left unpaid and capitalised is one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import tranche
from tranche.explanation import Explanation
from tranche.files import loads

FILE = Path(__file__).parents[2] / "deals" / "features" / "pik_toggle.yaml"


def explain(amounts: str = "[20, 20, 2000]", more: str = "") -> Explanation:
    text = FILE.read_text(encoding="utf-8").replace("[20, 20, 2000]", amounts)
    return tranche.explain(loads(text.replace("    coupon: 12%\n", f"    coupon: 12%\n{more}")), 0)


def test_in_kind_is_told_as_that() -> None:
    explanation = explain()
    assert "Every due was paid in full and on its date." in explanation.story
    (notes,) = (one for one in explanation.story if one.startswith("notes: "))
    assert notes.endswith("; never short of a due; 11.03 of its interest was paid in kind, first on 2025-02-01.")
    text = explanation.text()
    assert "5.50       5.50          -  close of the period: interest paid in kind is added to the balance\n" in text
    assert "date 2, performing: collections 20.00; paid in kind notes.interest 5.53; notes 1,011.03, cash" in text
    assert "short" not in text.partition("Date by date")[2].replace("  short  step", "")


def test_in_kind_is_no_cause_of_a_loss() -> None:
    assert explain().why("notes").text() == (
        "notes lost nothing, and every due was paid in full and on its date; 11.03 of its interest was paid in kind.\n"
    )
    lost = " ".join(explain("[20, 20, 100]").why("notes").text().split())
    assert "11.03 of interest paid in kind" in lost
    assert "capitalised" not in lost
    assert "in kind: " not in lost
    assert "2025-02-01" not in lost


def test_unpaid_interest_that_is_capitalised_stays_a_shortfall() -> None:
    """2 of the 5 due in cash are paid on the first date; 3 are capitalised, beside 5.50 in kind."""
    explanation = explain("[2, 20, 2000]", "    unpaid_interest: capitalised\n")
    (first,) = (one for one in explanation.story if one.startswith("First shortfall"))
    assert first == (
        "First shortfall on 2025-02-01: notes.interest was short of 3.00 of the 5.00 due (not enough cash)."
    )
    (notes,) = (one for one in explanation.story if one.startswith("notes: "))
    assert "; short of a due on 1 date, first on 2025-02-01; " in notes
    assert "; 3.00 of its interest was capitalised, first on 2025-02-01." in notes
    (why,) = (cause for _, cause in explanation.why("notes").root.walk() if cause.kind == "shortfall")
    assert why.what.startswith("On 2025-02-01, notes.interest was short of 3.00: ")


UNLISTED = """\
format: 1
name: Unlisted
schedule: {closing: 2025-01-01, maturity: 2025-04-01}
collateral: {collections: {}}
tranches:
  a: {notional: 600, coupon: 12%, amortisation: none}
  b: {notional: 300, coupon: 12%, amortisation: none, unpaid_interest: capitalised}
  equity: residual
waterfall:
  - pay: a.interest
  - pay: equity
"""


def test_what_is_capitalised_without_a_step_is_short_of_its_amount() -> None:
    """A folded date had said "short b.deferred 0.00"."""
    explanation = tranche.explain(loads(UNLISTED), 0, collections=np.full((1, 3), 50.0))
    assert "date 2, performing: collections 50.00; short b.interest 3.03; a 600.00, b 306.03," in explanation.text()
