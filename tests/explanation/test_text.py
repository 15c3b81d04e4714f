"""The text: a story that the figures bear out, every date in it once; the JSON: the same as data."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import tranche
from tests.small_deals import FLEET, STRESSED, cash
from tranche.explanation import Explanation
from tranche.explanation.words import level, money, ratio, share
from tranche.files import loads


@pytest.fixture(scope="module", params=range(0, 32, 3))
def explanation(request: pytest.FixtureRequest) -> Explanation:
    return tranche.explain(loads(STRESSED), request.param, collections=cash())


def dates_told(text: str) -> dict[str, list[str]]:
    """Dates by how they are told, from the beginnings of lines."""
    body = text.split("Date by date\n")[1]
    return {
        "full": re.findall(r"^(\S+)  date \d+ of \d+,", body, re.MULTILINE),
        "brief": re.findall(r"^(\S+)  date \d+, ", body, re.MULTILINE),
        "folded": re.findall(r"^(?:\S+ to )?(\S+)  (?:1 date|\d+ dates), ", body, re.MULTILINE),
    }


def test_every_eventful_date_is_told(explanation: Explanation) -> None:
    told = dates_told(explanation.text())
    shown = set(told["full"]) | set(told["brief"])
    status = "performing"
    for day in explanation.days:
        breached = any(reading.failed for reading in day.readings)
        short = any(line.verb in ("unpaid", "capitalise") for line in day.lines)
        drawn = any(line.verb == "draw" and line.paid > 0 and line.due > 0 for line in day.lines)
        if breached or short or drawn or day.status != status or day.number in (1, 24):
            assert str(day.date) in shown
        if day.status != status or day.number in (1, 24):
            assert str(day.date) in told["full"]
        status = day.status
    for name in ("trigger", "lock-up level", "default level"):
        failed = [day.date for day in explanation.days for r in day.readings if r.failed and r.level_name == name]
        assert {str(date) for date in failed[:1]} <= set(told["full"]), "the first failure of a level is told in full"
    counted = len(shown) + sum(int(n or 1) for n in re.findall(r"^\S+ to \S+  (\d+) dates|^\S+  1 date,",
                                                               explanation.text(), re.MULTILINE))  # fmt: skip
    assert counted == 24


def test_every_date_in_full_when_asked(explanation: Explanation) -> None:
    told = dates_told(explanation.text(every=True))
    assert told["full"] == [str(day.date) for day in explanation.days]
    assert not told["brief"]
    assert not told["folded"]


def test_the_story_is_borne_out_by_the_table(explanation: Explanation) -> None:
    story, row = explanation.story, explanation.results.paths("senior").iloc[0]
    (senior,) = (sentence for sentence in story if sentence.startswith("senior: "))
    assert f"received interest {money(row['interest'])} and principal {money(row['principal'])}" in senior
    if row["loss"] > 1:
        assert senior.startswith(f"senior: lost USD {money(row['loss'])}, {100 * row['loss'] / 12e6:.2f}% of")
    else:
        assert "repaid in full on 20" in senior
    (test,) = (sentence for sentence in story if sentence.startswith("dscr: "))
    breached = int(explanation.results.total("dscr.breached")[0])
    assert (f"below its trigger of 1.25x on {breached} date" in test) == (breached > 0)
    assert ("never below its trigger" in test) == (breached == 0)
    (reserve,) = (sentence for sentence in story if sentence.startswith("reserve: "))
    draws = [line.paid for day in explanation.days for line in day.lines if line.verb == "draw" and line.paid > 0]
    assert ("never drawn" in reserve) == (not draws)
    assert not draws or f"USD {money(sum(draws))} drawn on " in reserve
    changes = sum(a.status != b.status for a, b in zip(explanation.days, explanation.days[1:], strict=False))
    changes += explanation.days[0].status != "performing"
    assert sum(" → " in sentence for sentence in story) == changes
    short = any(line.short > 1 for day in explanation.days for line in day.lines if line.verb == "unpaid")
    assert any(sentence.startswith("First shortfall on ") for sentence in story) or not short


def test_the_market_is_part_of_the_story() -> None:
    explanation = tranche.explain(loads(FLEET), 2, seed=5)
    head = "Small fleet, path 2 of seed 5\n12 payment dates from 2025-04-01 to 2028-01-01;"
    assert explanation.text().startswith(head)
    rent = explanation.days[0].inputs["market.rent_h100"]
    assert any(sentence.startswith(f"market.rent_h100: {level(rent)} on 2025-04-01") for sentence in explanation.story)
    assert f"performing; rent_h100 {level(rent)}\n" in explanation.text()


def test_rent_that_does_not_cover_the_cost_is_part_of_the_story() -> None:
    deal, paths = loads(FLEET), 60
    missing = tranche.run(deal, paths, seed=5).total("collateral.unfunded")
    path = int(missing.argmax())
    assert missing[path] > 0
    story = "\n".join(tranche.explain(deal, path, seed=5).story)
    assert f": USD {money(missing[path])} is missing in all." in story


def test_json_is_strict_and_complete(explanation: Explanation) -> None:
    data = json.loads(json.dumps(explanation.json(), allow_nan=False))
    assert [day["date"] for day in data["dates"]] == [str(day.date) for day in explanation.days]
    assert sum(len(day["lines"]) for day in data["dates"]) == len(explanation.frame())
    paid = 0.0
    for day in data["dates"]:
        for line in day["lines"]:
            paid += line["paid"] if line["record"] == "senior.interest" else 0.0
    assert paid == data["totals"]["senior.interest"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.2, "1.20x"), (1.125, "1.125x"), (0.99996, "1.00x"), (0.0, "0.00x"), (float("inf"), "∞"), (2.34567, "2.3457x")],
)
def test_ratios_in_words(value: float, text: str) -> None:
    assert ratio(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.75, "75%"), (0.7143, "71.43%"), (1.0, "100%"), (0.005, "0.5%"), (0.0, "0%"), (12.0, "1,200%")],
)
def test_shares_in_words(value: float, text: str) -> None:
    assert share(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1234567.891, "1,234,567.89"), (-0.0, "0.00"), (-5.0, "-5.00"), (float("inf"), "all there is")]
)
def test_money_in_words(value: float, text: str) -> None:
    assert money(value) == text


def test_what_is_written_down_is_lost() -> None:
    """deals/features/write_down.yaml by hand: 100 of the junior class were written down, 20 came back."""
    deal = tranche.load(Path(__file__).parents[2] / "deals" / "features" / "write_down.yaml")
    explanation = tranche.explain(deal, 0)
    told = next(sentence for sentence in explanation.story if sentence.startswith("junior"))
    assert "junior: lost USD 80.00, 80.00% of its notional" in told
    assert "80.00" in explanation.why("junior").text().splitlines()[0]


def test_what_a_lender_puts_in_is_received() -> None:
    deal = Path(__file__).parents[2] / "deals/features/revolver.yaml"
    frame = tranche.explain(deal, 0).frame()
    drawn = frame[frame["record"].str.endswith(".drawn") & (frame["paid"] > 0)]
    assert len(drawn)
    assert set(drawn["why"]) == {"received"}
    (owner,) = {record.partition(".")[0] for record in drawn["record"]}
    assert drawn["paid"].sum() == tranche.run(deal).total(f"{owner}.drawn")[0]
