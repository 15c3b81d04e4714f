"""What notebooks show, and that no text of a deal is markup in it."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

import tranche
from tests.report.hostile import SCRIPT, TEXT
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
    for shown in (deal, results, tranche.explain(deal, path=0)):
        markup = shown._repr_html_()
        assert Tags(markup).found <= {"p", "b", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"}
        assert SCRIPT not in markup
    assert f"{results.tranches()['expected_loss']['senior']:,.6g}" in results._repr_html_()
