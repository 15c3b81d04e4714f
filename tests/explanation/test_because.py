"""The causal chain: hand-worked deals whose causes are known, figures against runs made another way."""

from __future__ import annotations

import json

import numpy as np
import pytest

import tranche
from tests.small_deals import FLEET, STRESSED, cash
from tranche.errors import UsageError
from tranche.explanation import Cause, Why, worst_path
from tranche.explanation.trace import Trace
from tranche.files import loads

# 4 quarters; a test below whose trigger the senior is swept ahead of the mezzanine
SWEPT = """\
format: 1
name: Swept
schedule: {closing: 2025-01-01, maturity: 2026-01-01, frequency: quarterly, day_count: 30/360}
collateral: {collections: {}}
tranches:
  senior: {notional: 400, coupon: 4%, amortisation: {schedule: {amounts: [50, 50, 50, 50], balloon: false}}}
  mezz: {notional: 100, coupon: 8%}
  equity: {residual: {}}
tests:
  dscr: {ratio: collections / senior.debt_service, trigger: 1.50x}
waterfall:
  - pay: senior.interest
  - pay: senior.principal
  - sweep: senior.principal
    when: dscr.breached
  - pay: mezz.interest
  - pay: mezz.principal
  - pay: equity
"""
GOOD, BAD = [100.0, 100.0, 100.0, 200.0], [100.0, 70.0, 70.0, 70.0]


def why(text: str, name: str, rows: list[list[float]], path: int) -> Why:
    return tranche.explain(loads(text), path, collections=np.array(rows)).why(name)


def of_kind(found: Why, kind: str) -> list[Cause]:
    return [cause for _, cause in found.root.walk() if cause.kind == kind]


def test_a_loss_by_hand() -> None:
    """On the bad path the debt service of date 2 is 50 + 3.5 = 53.5, and 70 < 1.5 × 53.5: the remaining 16.5 is swept.
    So with dates 3 and 4 (52.835 and 52.16375…): the mezzanine never sees a cent of those dates."""
    found = why(SWEPT, "mezz", [GOOD, BAD], 1)
    balance = 350.0
    swept = 0.0
    for _ in range(3):
        interest = balance * 0.01
        swept += 70.0 - interest - 50.0
        balance -= 70.0 - interest
    root = found.root
    assert root.amount == pytest.approx(106.0)  # 100 and three dates of 2.00 in interest
    assert root.what == "mezz lost USD 106.00, 106.00% of its notional of 100.00."
    episodes = of_kind(found, "shortfall")
    assert [(one.name, one.first, one.last) for one in episodes] == [("mezz.interest", 2, 4), ("mezz.principal", 4, 4)]
    assert [one.amount for one in episodes] == pytest.approx([6.0, 100.0])
    (first, _) = of_kind(found, "cash")
    assert (first.name, first.amount) == ("cash", pytest.approx(210.0))
    taken = {cause.name: cause for cause in first.because}
    assert list(taken) == ["senior.interest", "senior.principal", "senior.prepaid"]
    assert taken["senior.prepaid"].amount == pytest.approx(swept)
    assert taken["senior.principal"].amount == pytest.approx(150.0)
    assert sum(cause.amount for cause in first.because) == pytest.approx(210.0)
    (test,) = taken["senior.prepaid"].because  # the sweep has a condition: the test that it reads
    assert (test.kind, test.name, test.first) == ("test", "dscr", 2)
    assert test.amount == pytest.approx(70.0 / 53.5)
    assert "on 2025-04-01 it was 1.8519x (100.00 over 54.00)" in test.what
    assert taken["senior.principal"].because == ()


def test_the_factor_behind_a_test_and_what_would_have_been() -> None:
    """On the mean path of date 2, 85, the test would be 85 / 53.5 = 1.5888x, and the mezzanine paid."""
    found = why(SWEPT, "mezz", [GOOD, BAD], 1)
    factor = of_kind(found, "factor")[0]
    assert (factor.name, factor.amount) == ("collections.cash", 70.0)
    assert "its mean at 85.00; on its mean path up to then the test would be 1.5888x, which passes 1.50x" in factor.what
    (other,) = of_kind(found, "alternative")
    lost = tranche.run(loads(SWEPT), collections=np.mean([GOOD, BAD], axis=0)[None]).paths("mezz")["loss"].iloc[0]
    assert other.amount == pytest.approx(lost)
    assert lost != pytest.approx(106.0)
    (collateral,) = {(c.amount, c.what) for c in of_kind(found, "collateral") if c.first == 2}
    assert collateral[0] == 210.0
    assert "would have 305.00 with all inputs on their mean paths" in collateral[1]


def test_one_path_has_no_mean_to_compare_with() -> None:
    found = why(SWEPT, "mezz", [BAD], 0)
    assert {"alternative", "collateral"}.isdisjoint(cause.kind for _, cause in found.root.walk())


def test_a_path_without_a_loss() -> None:
    found = why(SWEPT, "mezz", [GOOD, [200.0] * 4], 1)
    assert found.root.what == "mezz lost nothing, and every due was paid in full and on its date."
    assert found.root.because == ()


def test_a_loss_without_a_shortfall() -> None:
    """Four instalments of 50 of a notional of 400, and no balloon."""
    found = why(SWEPT, "senior", [GOOD, [200.0] * 4], 1)
    assert found.root.amount == 200.0
    assert [cause.what for cause in of_kind(found, "schedule")] == [
        "senior was never short of a due: what is left of it never fell due."
    ]
    assert of_kind(found, "shortfall") == []


HELD = SWEPT.replace("  - pay: mezz.interest\n", "  - pay: mezz.interest\n    limit: 1\n").replace(
    "  - pay: mezz.principal\n", "  - pay: mezz.principal\n    when: dscr > 3\n"
)


def test_limits_and_conditions() -> None:
    found = why(HELD, "mezz", [[150.0] * 4, [140.0] * 4], 0)
    limit, condition = of_kind(found, "limit")[0], of_kind(found, "condition")[0]
    assert limit.what == "The step says limit: 1: limited to 1.00 on 2025-04-01."
    assert condition.what == "The step says when: dscr > 3: condition not met on 2026-01-01."
    (test,) = condition.because  # it reads the ratio of the test, and not its outcome
    assert (test.kind, test.name) == ("test", "dscr")
    assert test.amount == pytest.approx(150.0 / 52.5)  # 250 of senior left before the last date, 1% a quarter
    went_on = [cause for cause in of_kind(found, "taken") if "after it" in cause.what]
    assert [cause.name for cause in went_on] == ["mezz.principal", "equity.distribution"][1:] * 2


STATUS = SWEPT.replace("trigger: 1.50x", "trigger: 1.50x, default: 1.20x")


def test_a_status_and_the_test_that_led_to_it() -> None:
    found = why(STATUS, "mezz", [GOOD, [100.0, 60.0, 100.0, 100.0]], 1)
    (status, *again) = of_kind(found, "status")
    assert (status.name, status.first) == ("default", 2)
    (test,) = status.because
    assert test.amount == pytest.approx(60.0 / 53.5)
    assert all("(see above)" in one.what and one.because == () for one in again)


def test_unlisted() -> None:
    text = SWEPT.replace("  - pay: mezz.interest\n", "")
    episode = of_kind(why(text, "mezz", [[300.0] * 4], 0), "shortfall")[0]
    assert episode.what.endswith("no step of the waterfall that applied pays it.")
    assert episode.step == ""


@pytest.mark.parametrize("name", ["senior", "mezz", "servicing", "equity", "dscr"])
@pytest.mark.parametrize("path", range(0, 32, 5))
def test_figures_agree_with_the_kernel(name: str, path: int) -> None:
    deal = loads(STRESSED)
    explanation = tranche.explain(deal, path, collections=cash())
    found = explanation.why(name)
    row = tranche.run(deal, collections=cash()).paths(name).loc[path]
    if name in ("senior", "mezz"):
        assert found.root.amount == row["loss"]
    if name == "equity":
        assert found.root.amount == row["distribution"]
    frame = explanation.frame()
    for cause in of_kind(found, "taken"):
        lines = frame[(frame["step"] == cause.step) & (frame["record"] == cause.name)]
        assert 0 < cause.amount <= lines["paid"].sum() * (1 + 1e-12)
    for cause in of_kind(found, "cash"):
        if all("ahead" in one.what for one in cause.because):
            assert sum(one.amount for one in cause.because) <= cause.amount * (1 + 1e-9) + 1e-6
    for cause in of_kind(found, "test"):
        rows = frame[(frame["period"] == cause.first) & frame["record"].str.startswith(f"{cause.name}.")]
        assert cause.amount == pytest.approx(rows["available"].iloc[0] / rows["due"].iloc[0])
    assert len(found.frame()) == sum(1 for _ in found.root.walk())
    assert json.loads(json.dumps(found.json(), allow_nan=False))["name"] == name
    assert found.text().splitlines()[0] == found.root.what


def test_with_every_input_held_the_fleet_is_run_on_the_mean_path() -> None:
    """The alternative is a run of its own: the loan's loss on a market that is the mean path of 1,000 paths."""
    deal = loads(FLEET)
    found = tranche.explain(deal, 11, seed=5).why("loan")
    (rent,) = [cause for cause in of_kind(found, "alternative") if cause.name == "market.rent_h100"]
    from tranche.inputs import prepare
    from tranche.reference import run_path

    inputs = prepare(deal, seed=5)
    twin = run_path(inputs.program, inputs.rows(0, 1000).mean(axis=0))
    totals = dict(zip((record.name for record in inputs.program.records), twin.totals, strict=True))
    assert rent.amount == totals["loan.balance"] + totals.get("loan.arrears", 0.0)


@pytest.mark.parametrize(
    ("name", "column", "sign"), [("mezz", "loss", 1), ("equity", "distribution", -1), ("servicing", "shortfall", 1)]
)
def test_the_worst_path(name: str, column: str, sign: int) -> None:
    deal = loads(STRESSED)
    paths = tranche.run(deal, collections=cash()).paths(name)
    key = sign * paths[column].to_numpy()
    assert worst_path(deal, name, collections=cash()) in set(np.flatnonzero(key == key.max()))
    few = worst_path(deal, name, 7, collections=cash())
    assert few < 7
    assert key[few] == key[:7].max()


def test_the_first_of_equally_bad_paths() -> None:
    rows = np.array([GOOD, BAD, BAD, GOOD])
    assert worst_path(loads(SWEPT), "mezz", collections=rows) == 1


@pytest.mark.parametrize("name", ["mez", "cash", "status"])
def test_what_cannot_lose(name: str) -> None:
    deal = loads(STATUS)
    with pytest.raises(UsageError, match="tranche, fee or test"):
        tranche.explain(deal, 0, collections=np.array([GOOD])).why(name)
    with pytest.raises(UsageError, match="is no tranche, fee or test"):
        worst_path(deal, name, collections=np.array([GOOD]))


def test_origins() -> None:
    """A test stands for what it compares; a condition leads to the test whose ratio it compares itself."""
    from tranche.compiler import compile_deal

    program = compile_deal(loads(HELD), fuse=False)
    trace = Trace(program)
    (test,) = (k for k in range(len(program.instructions)) if trace.operand(k, "denominator") is not None)
    assert trace.origin(test, "numerator").inputs == ("collections.cash",)
    assert set(trace.origin(test, "denominator").states) == {"senior.interest", "senior.principal"}
    steps = {step.path: step for step in program.steps}

    def tests(path: str) -> set[int]:
        step = steps[path]
        return {t for k in range(step.first, step.last) for t in trace.origin(k, "limit").tests}

    assert tests("waterfall.performing[2]") == {test}  # dscr.breached
    assert tests("waterfall.performing[4]") == {test}  # dscr > 3
    assert tests("waterfall.performing[3]") == set()  # a plain limit


def test_only_a_date_and_a_step() -> None:
    explanation = tranche.explain(loads(STRESSED), 3, collections=cash())
    part = explanation.only(5, "waterfall[4]")
    assert set(part.frame()["step"]) == {"waterfall.performing[4]"}
    assert set(part.frame()["period"]) == {5}
    assert [day["period"] for day in part.json()["dates"]] == [5]
    assert "fund reserve" in part.text()
    assert "pay servicing" not in part.text()
    assert part.story == explanation.story
    assert len(explanation.only(step="waterfall.performing[4]").shown) <= 24
    with pytest.raises(UsageError, match="no period 25; a number from 1 to 24"):
        explanation.only(25)
    with pytest.raises(UsageError, match="unknown step"):
        explanation.only(step="waterfall.performing[99]")


def test_one_input_is_held_and_the_others_stay() -> None:
    text = SWEPT.replace("{collections: {}}", "{collections: {components: [interest, principal]}}")
    cash = {"interest": np.array([[9.0, 9, 9, 9], [1.0, 2, 3, 4]]), "principal": np.array([[90.0] * 4, [60.0] * 4])}
    explanation = tranche.explain(loads(text), 1, collections=cash)
    paid = set()
    for name, values in cash.items():
        rows = {component: both[1:] for component, both in cash.items()} | {name: values.mean(axis=0, keepdims=True)}
        run = tranche.run(loads(text), collections=rows)
        held = explanation.alternatives.held(f"collections.{name}").totals
        assert held["mezz.balance"] + held["mezz.arrears"] == run.paths("mezz")["loss"].iloc[0]
        assert held["senior.prepaid"] == run.total("senior.prepaid")[0]
        paid.add(held["senior.prepaid"])
    assert len(paid) == 2, "each input matters"


def test_who_was_paid_out_of_another_account_took_nothing_here() -> None:
    text = (
        SWEPT.replace("waterfall:\n", "waterfall:\n  - transfer: {from: cash, to: box}\n    limit: 5\n"
                      "  - pay: agent\n    from: box\n")
        .replace("tests:\n", "accounts:\n  box: {}\nfees:\n  agent: {amount: 3}\ntests:\n")
    )  # fmt: skip
    found = why(text, "mezz", [[60.0] * 4], 0)
    (cause, *_) = of_kind(found, "cash")
    assert {taken.name for taken in cause.because} == {"senior.interest", "senior.principal", "senior.prepaid"}
