"""An explanation's figures are the kernel's, bit for bit, and each line holds together."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tranche
from tests.small_deals import FLEET, STRESSED, cash
from tranche.explanation import Explanation
from tranche.files import loads

PATHS = 12


@pytest.fixture(scope="module")
def stressed() -> tuple[list[Explanation], tranche.Results]:
    deal = loads(STRESSED)
    results = tranche.run(deal, PATHS, collections=cash())
    return [tranche.explain(deal, path, collections=cash()) for path in range(PATHS)], results


@pytest.fixture(scope="module")
def fleet() -> tuple[list[Explanation], tranche.Results]:
    deal = loads(FLEET)
    return [tranche.explain(deal, path, seed=5) for path in range(PATHS)], tranche.run(deal, PATHS, seed=5)


@pytest.mark.parametrize("which", ["stressed", "fleet"])
def test_sums_by_record_are_the_kernels_totals(which: str, request: pytest.FixtureRequest) -> None:
    """The kernel ran the fused program over blocks, the explanation the slow twin of the unfused one."""
    explanations, results = request.getfixturevalue(which)
    flows = [r for r in results.program.records if r.flow and r.field not in ("breached", "lock_up", "default")]
    moved = set()
    for path, explanation in enumerate(explanations):
        sums = dict.fromkeys((record.name for record in flows), 0.0)
        for row in explanation.frame().itertuples():
            if row.record in sums:  # one after the other: pandas' sum adds up in another order
                sums[row.record] += row.short if row.record.endswith(("shortfall", "unfunded")) else row.paid
        for record in flows:
            assert sums[record.name] == results.total(record.name)[path], record.name
            moved |= {record.name} if sums[record.name] else set()
    still = {record.name for record in flows} - moved
    assert still <= {"servicing.shortfall", "mezz.prepaid", "loan.prepaid"}, "records that no path puts to the test"


def test_balances_and_tests_are_the_kernels(stressed: tuple[list[Explanation], tranche.Results]) -> None:
    explanations, results = stressed
    for path, explanation in enumerate(explanations):
        for name in ("senior", "mezz", "reserve"):
            assert explanation.days[-1].balances[name] == results.total(f"{name}.balance")[path]
        for field, words in (("breached", "trigger"), ("lock_up", "lock-up level"), ("default", "default level")):
            failed = sum(r.failed for day in explanation.days for r in day.readings if r.level_name == words)
            assert failed == results.total(f"dscr.{field}")[path]


def test_lines_hold_together(stressed: tuple[list[Explanation], tranche.Results]) -> None:
    verbs = set()
    for explanation in stressed[0]:
        for day in explanation.days:
            for line in day.lines:
                verbs.add(line.verb)
                assert line.why
                if line.verb in ("test", "unpaid"):
                    continue
                assert line.paid >= 0
                if not math.isnan(line.available) and line.verb != "receive":
                    assert line.paid <= line.available
                if not (math.isnan(line.due) or math.isnan(line.short)) and line.verb != "release":
                    assert line.paid + line.short == pytest.approx(line.due, abs=1e-6)
    assert verbs == {
        "receive", "test", "pay", "draw", "fund", "release", "sweep", "distribute", "capitalise", "unpaid"
    }  # fmt: skip


def test_status_is_what_the_levels_say(stressed: tuple[list[Explanation], tranche.Results]) -> None:
    seen = set()
    for explanation in stressed[0]:
        defaulted = False
        for day in explanation.days:
            failed = {r.level_name for r in day.readings if r.failed}
            defaulted |= "default level" in failed
            expected = "default" if defaulted else "lock-up" if "lock-up level" in failed else "performing"
            assert day.status == expected
            seen.add(day.status)
            lists = {line.step.split(".")[1].split("[")[0] for line in day.lines if line.step.startswith("waterfall")}
            assert lists == {{"lock-up": "lock_up", "default": "enforcement"}.get(day.status, day.status)}
    assert seen == {"performing", "lock-up", "default"}


def test_inputs_are_those_of_the_path(fleet: tuple[list[Explanation], tranche.Results]) -> None:
    rents = [[day.inputs["market.rent_h100"] for day in explanation.days] for explanation in fleet[0]]
    assert len({tuple(path) for path in rents}) == PATHS
    assert np.array(rents).min() > 0


def test_the_frame_has_every_date_in_order(stressed: tuple[list[Explanation], tranche.Results]) -> None:
    frame = stressed[0][0].frame()
    assert frame["period"].is_monotonic_increasing
    assert list(dict.fromkeys(frame["date"])) == list(stressed[1].program.dates[1:])
    assert list(frame.columns) == [
        "date", "period", "status", "step", "text", "record", "available", "due", "paid", "short", "why",
    ]  # fmt: skip
