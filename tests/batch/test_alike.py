"""Cases that differ in figures only are not compiled each: what they are played as is what they are compiled to."""

from __future__ import annotations

import re
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


# FLEET with a fee, an index and words, for the ways in which a figure can be written
WORDY = (
    FLEET.replace("tranches:", "fees: {agent: {amount: 5k}}\ntranches:")
    .replace("  - pay: loan.interest", "  - pay: agent\n  - pay: loan.interest")
    .replace("  factors:", "  description: seen in 5 quotes\n  factors:")
)


@pytest.mark.parametrize(
    ("written", "instead", "values"),
    [
        ("coupon: 9%", "coupon: {}e-2", ("5", "6", "7", "8", "9.5")),
        ("coupon: 9%", "coupon: +0.0{}", ("5", "6", "7", "8", "9")),
        ("coupon: 9%", "coupon: +{}E-2", ("5", "6", "7", "8", "9")),
        ("volatility: 60%", "volatility: {}e-2", ("50", "60", "70", "80", "90")),
        ("volatility: 60%", "volatility: +{}", ("0.5", "0.6", "0.7", "0.8", "0.9")),
        ("in 5 quotes", "in {} quotes", ("5", "6", "7", "8", "9")),
        ("9%", "{}%, call: {{first: 2026-01-01, make_whole: {{rate: 20%}}}}", ("5", "6", "7", "40", "50")),
        ("notional: 8m", "notional: {}", ("8_000", "9_000", "7_000", "8__000", "9_000_")),
        ("coupon: 9%", "coupon: {{index: rent_h100, spread: 1%, floor: -{}}}", ("0.01", "0.02", "0.0", "0", "0.00")),
    ],
)  # fmt: skip
def test_ways_to_write_a_figure(
    tmp_path: Path, compiled: list[str], written: str, instead: str, values: Sequence[str]
) -> None:
    """With a sign, an exponent, underscores; as a zero; in words of the market, which a run keeps; where decimals are
    made of it."""
    for k, value in enumerate(values):
        (tmp_path / f"{k}.yaml").write_text(WORDY.replace(written, instead.format(value)))
    assert_as_compiled(grid(sorted(tmp_path.glob("*.yaml"))))


@pytest.mark.parametrize(
    ("written", "instead", "value", "said"),
    [
        ("amount: 5k", 'amount: "min(5k, {}e150 * 5e150)"', "9999999999", "an infinite number"),
        ("amount: 5k", 'amount: "min(5k, {}e150 / 5e-150)"', "9999999999", "an infinite number"),
        ("amount: 5k", 'amount: "5k ' + " " * 1980 + '+ {}"', "44.1251234567890123", "characters long"),
        ("Small fleet", '"Fleet {} ' + "x" * 185 + '"', "44.1251234567890123", "a deal cannot be called"),
        ("loan.interest: 2.5m", "{{loan.balance @ {}: 1 ± 1, loan.balance @ 6: 2 ± 1}} #", "6", "written twice"),
    ],
)  # fmt: skip
def test_what_is_refused_of_the_text_is_never_played(
    tmp_path: Path, compiled: list[str], written: str, instead: str, value: str, said: str
) -> None:
    """Too large, too long, or a name that is there twice: of the text of the recording it was not."""
    text = WORDY.replace("  figures:\n    audit.relative: 0 ± 1e-9\n    ", "  figures: ") if "{{" in instead else WORDY
    for k, number in enumerate(("2", "3", "4", "5", value)):
        (tmp_path / f"{k}.yaml").write_text(text.replace(written, instead.format(number)), encoding="utf-8")
    *good, wrong = grid(sorted(tmp_path.glob("*.yaml")))
    assert_as_compiled(good)
    with pytest.raises(TrancheError, match=said):
        prepare.prepare_case(wrong, 0)


def test_an_anchor_with_a_number(tmp_path: Path, compiled: list[str]) -> None:
    """Which of two anchors an alias names depends on their numbers."""
    lists = ", ".join(f"{k}m" for k in range(1, 13))
    series = f"series:\n  a: &1 [{lists}]\n  b: &NUMBER [9m, {lists[4:]}]\n  c: *1\nfees:"
    text = WORDY.replace("fees:", series).replace("amount: 5k", "amount: c / 1k")
    for k, number in enumerate("23451"):
        (tmp_path / f"{k}.yaml").write_text(text.replace("&NUMBER", f"&{number}"))
    assert_as_compiled(grid(sorted(tmp_path.glob("*.yaml"))))


@pytest.mark.parametrize("note", ["é".encode("latin-1"), b"-" * 100_000], ids=["not UTF-8", "large"])
def test_tables_that_a_deal_names(tmp_path: Path, compiled: list[str], note: bytes) -> None:
    """They need not be such texts as a deal is."""
    rows = [b"%d,%d,%b,%b\n" % (k, 1_000 * k, note, note) for k in range(1, 13)]
    (tmp_path / "fees.csv").write_bytes(b"period,fee,source,note\n" + b"".join(rows))
    text = WORDY.replace("fees:", "series: {agreed: {file: fees.csv, column: fee}}\nfees:")
    for k in range(6):
        (tmp_path / f"{k}.yaml").write_text(text.replace("amount: 5k", f"amount: agreed + {k}k"))
    assert_as_compiled(grid(sorted(tmp_path.glob("*.yaml"))))
    assert len(compiled) < 12, "those here, two, and the one that is recorded"


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


def test_a_recording_that_plays_another_case_wrongly_is_not_kept() -> None:
    """As one that took a figure for a constant: it gives the case that it is made from."""
    form = Form()
    for k in range(4):
        spelled = Spelled.of(FLEET.replace("9%", f"9.{k + 1}%"))
        made = Prepared(ingredients(loads(spelled.text())), ())

        def constant(text: str, coupon: str = f"coupon: 9.{k + 1}%") -> Ingredients:
            return ingredients(loads(re.sub(r"coupon: 9\.\d+%", coupon, text)))

        form.compiled_to(spelled, made, constant, [])
    assert form.recordings and not len(form.templates)


def test_the_dataset_does_not_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    write_deals(tmp_path / "deals", 12)
    cases = grid(sorted((tmp_path / "deals").glob("*.yaml")))
    run_batch(cases, tmp_path / "played", paths=200, workers=0)
    monkeypatch.setattr(Form, "played", lambda *_: None)
    run_batch(cases, tmp_path / "compiled", paths=200, workers=0)
    assert dataset(tmp_path / "played") == dataset(tmp_path / "compiled")
