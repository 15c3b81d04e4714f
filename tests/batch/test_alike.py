"""Cases that differ in figures only are not compiled each: what they are played as is what they are compiled to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.batch.small_grid import dataset, write_deals, write_markets
from tests.small_deals import FLEET
from tranche import inputs
from tranche.batch import grid, prepare, run_batch
from tranche.batch.alike import Form, Prepared
from tranche.batch.grid import Case, crossed
from tranche.compiler import compile_deal
from tranche.errors import TrancheError
from tranche.files import load, loads, read_market_file
from tranche.inputs import Ingredients, in_market, ingredients
from tranche.replay import Figure, Spelled


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the deals that were compiled since."""
    names: list[str] = []

    def noted(deal: Any, **more: Any) -> Any:
        names.append(deal.name)
        return compile_deal(deal, **more)

    monkeypatch.setattr(inputs, "compile_deal", noted)
    prepare.forget()
    yield names
    prepare.forget()


def assert_as_compiled(cases: Sequence[Case]) -> None:
    """Every case has the Program, and the market, that its deal has alone."""
    for seed, case in enumerate(cases):
        made = prepare.prepare_case(case, seed)
        deal = load(case.deal).with_(dict(case.overrides))
        if case.market:
            deal = in_market(deal, read_market_file(case.market, deal.currency), case.market)
        wanted = compile_deal(deal)
        assert (made.inputs.program.hash, made.inputs.program.name) == (wanted.hash, wanted.name)
        assert (made.inputs.market, made.inputs.seed) == (deal.market, seed)


def test_a_folder_of_deals_of_one_form(tmp_path: Path, compiled: list[str]) -> None:
    write_deals(tmp_path, 40)
    assert_as_compiled(grid(sorted(tmp_path.glob("*.yaml"))))
    assert 3 <= len(compiled) <= 8, "three, a recording, and the few where two figures are the same by chance"


def test_a_grid_of_overrides_and_markets(tmp_path: Path, compiled: list[str]) -> None:
    write_deals(tmp_path / "deals", 1)
    write_markets(tmp_path / "markets", 2)
    coupons = [("loan.coupon", f"{rate}bp") for rate in range(710, 730)]
    overrides = crossed([*coupons, ("dscr.lock_up", "1.21x"), ("dscr.lock_up", "1.3x")])
    cases = grid(sorted((tmp_path / "deals").glob("*")), sorted((tmp_path / "markets").glob("*")), overrides)
    assert_as_compiled(cases)
    assert len(cases) == 80 and len(compiled) < 40


def test_what_no_recording_can_follow(tmp_path: Path, compiled: list[str]) -> None:
    """Dates and counts that differ: a recording for each; market figures: every case is compiled."""
    for k in range(12):
        text = FLEET.replace("9%", f"9.{k + 1}%").replace("2026-07-01", f"2026-0{7 + k % 2}-01")
        (tmp_path / f"a_{k:02}.yaml").write_text(text)
        text = FLEET.replace("drift: -40%", f"drift: -{40 + k}%").replace("9%", f"9.{k + 1}%")
        (tmp_path / f"b_{k:02}.yaml").write_text(text)
    first, second = (grid(sorted(tmp_path.glob(f"{kind}_*"))) for kind in "ab")
    assert_as_compiled(first)
    assert len(compiled) < 12
    compiled.clear()
    assert_as_compiled(second)
    assert len(compiled) >= 12


def test_a_figure_that_is_refused_is_refused_as_ever(tmp_path: Path, compiled: list[str]) -> None:
    for k in range(12):
        (tmp_path / f"{k:02}.yaml").write_text(FLEET.replace("9%", f"{9 + 0.5 * k}%" if k != 10 else "900%"))
    *good, wrong, last = grid(sorted(tmp_path.glob("*.yaml")))
    assert_as_compiled([*good, last])
    with pytest.raises(TrancheError, match=r"10.yaml:18 tranches.loan.coupon: spread is 9"):
        prepare.prepare_case(wrong, 0)


def test_files_that_a_deal_names(tmp_path: Path, compiled: list[str]) -> None:
    """A market file beside the deals is part of all of them; once it changes, they are compiled again."""
    market = FLEET[FLEET.index("market:\n") + len("market:\n") : FLEET.index("tranches:")]
    stated = market.replace("\n    ", "\n  ").replace("  factors", "factors", 1)
    (tmp_path / "market.yaml").write_text("format: 1\n" + stated)
    body = FLEET.replace("market:\n" + market, "market: market.yaml\n")
    for k in range(12):
        (tmp_path / f"deal_{k:02}.yaml").write_text(body.replace("9%", f"9.{k + 1}%"))
    cases = grid(sorted(tmp_path.glob("deal_*")))
    assert_as_compiled(cases)
    assert len(compiled) < 10
    assert prepare.prepare_case(cases[0], 0).files[0][0] == "market.yaml"
    (tmp_path / "market.yaml").write_text("format: 1\n" + stated.replace("-40%", "-30%"))
    prepare._deal.cache_clear()  # a batch reads a deal once
    assert_as_compiled(cases)


def test_figures_that_lead_another_way_get_a_recording_of_their_own(tmp_path: Path, compiled: list[str]) -> None:
    """The case that is recorded has a coupon of nothing, which plays none of the others."""
    for k in range(60):
        coupon = "0%" if k == 2 else f"{5 + 0.01 * k:.2f}%"
        text = FLEET.replace("9%", coupon).replace("notional: 20m", f"notional: {20_000 + k}k")
        (tmp_path / f"{k:02}.yaml").write_text(text)
    assert_as_compiled(grid(sorted(tmp_path.glob("*.yaml"))))
    assert len(compiled) < 15


def other_notional(inputs: Ingredients) -> Ingredients:
    first, *rest = inputs.program.claims
    return attrs.evolve(inputs, program=attrs.evolve(inputs.program, claims=(attrs.evolve(first, rank=9), *rest)))


def figure_in_the_market(inputs: Ingredients) -> Ingredients:
    figures = [one.initial for one in inputs.program.registers if isinstance(one.initial, Figure)]
    found = attrs.evolve(inputs.market, assumptions=())
    object.__setattr__(found, "assumptions", tuple(figures[:1]))
    return attrs.evolve(inputs, market=found)


@pytest.mark.parametrize("wrong", [other_notional, figure_in_the_market])
def test_a_recording_that_is_not_the_case_is_not_kept(wrong: Callable[[Ingredients], Ingredients]) -> None:
    """Whatever a recording makes: it is compared with what was compiled, and the market is not played at all."""

    def build(text: str) -> Ingredients:
        return ingredients(loads(text))

    for change, kept in ((lambda made: made, True), (wrong, False)):
        form = Form()
        for k in range(4):
            spelled = Spelled.of(FLEET.replace("9%", f"9.{k + 1}%"))
            made = Prepared(build(spelled.text()), ())
            form.compiled_to(spelled, made, lambda text, change=change: change(build(text)), [])
        assert bool(len(form.templates)) == kept


def test_the_dataset_does_not_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    write_deals(tmp_path / "deals", 12)
    cases = grid(sorted((tmp_path / "deals").glob("*.yaml")))
    run_batch(cases, tmp_path / "played", paths=200, workers=0)
    monkeypatch.setattr(Form, "played", lambda *_: None)
    run_batch(cases, tmp_path / "compiled", paths=200, workers=0)
    assert dataset(tmp_path / "played") == dataset(tmp_path / "compiled")
