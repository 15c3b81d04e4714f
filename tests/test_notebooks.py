"""What notebooks show, and that no text of a deal is markup in it."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

import tranche
from tests.report.hostile import SCRIPT, TEXT
from tests.small_deals import STRESSED, cash
from tranche.files import loads


class Tags(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)


@pytest.fixture(scope="module")
def deal() -> tranche.Deal:
    return loads(TEXT)


def test_deals_results_and_explanations(deal: tranche.Deal) -> None:
    results = tranche.run(deal)
    explained = tranche.explain(deal, path=0)
    debt = results.program.debts[0].name
    for shown in (deal, results, explained, explained.why(debt), results.losses(debt)):
        markup = shown._repr_html_()
        assert Tags(markup).found <= {"p", "b", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"}
        assert SCRIPT not in markup
    assert f"<td>{results.tranches()['expected_loss']['senior']:.3%}</td>" in results._repr_html_()


def test_money_and_shares_read_well(deal: tranche.Deal) -> None:
    """100m with separators, shares and their errors in percent; nothing in powers of ten."""
    rich = loads(STRESSED.replace("12m", "100m"))
    results = tranche.run(rich, collections=cash())
    table = results.tranches()
    assert "<td>100,000,000</td>" in rich._repr_html_()
    markup = results._repr_html_()
    assert f"<th>senior</th><td>100,000,000</td><td>{table['expected_loss']['senior']:.3%}</td>" in markup
    assert f"<td>{table['expected_loss_se']['senior']:.3%}</td>" in markup
    assert "e+" not in markup
    assert "nan" not in markup


def test_what_is_printed_is_a_line(deal: tranche.Deal) -> None:
    results = tranche.run(deal)
    explained = tranche.explain(deal, path=0)
    debt = results.program.debts[0].name
    for shown in (results, results.audit, results.program, explained, explained.why(debt), results.losses(debt)):
        assert "\n" not in repr(shown)
        assert len(repr(shown)) < 250
    assert repr(results).startswith("Results(\"<script>")
    assert repr(results).endswith(": 1 path, 4 payment dates, USD)")
    assert "array(" not in repr(tranche.explain(deal, path=0))
    assert Tags(results.audit._repr_html_()).found == {"p"}
