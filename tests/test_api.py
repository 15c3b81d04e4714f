"""The names that stay: load, compile, run, project, explain."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tranche
from tests.small_deals import FLEET, STRESSED, cash
from tranche.errors import DataError, DealError, UsageError
from tranche.files import loads
from tranche.market.terms import Lognormal, Market


@pytest.fixture(scope="module")
def stressed() -> tranche.Deal:
    return loads(STRESSED)


@pytest.fixture(scope="module")
def fleet() -> tranche.Deal:
    return loads(FLEET)


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, tranche; print(sorted({'numpy', 'pandas', 'QuantLib', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_rooms_do_not_hide_functions() -> None:
    """Importing every room of the package leaves `tranche.run` and its kin callable."""
    code = (
        "import importlib, pkgutil, tranche\n"
        "for m in pkgutil.iter_modules(tranche.__path__): importlib.import_module(f'tranche.{m.name}')\n"
        "print([n for n in ('load', 'compile', 'run', 'project', 'explain') if not callable(getattr(tranche, n))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_exported_name_is_there() -> None:
    for name in tranche.__all__:
        assert getattr(tranche, name).__name__ == name
        assert name in dir(tranche)
    with pytest.raises(AttributeError, match="no attribute 'rum'"):
        tranche.rum


def test_a_path_does_for_a_deal(tmp_path: Path, stressed: tranche.Deal) -> None:
    file = tmp_path / "deal.yaml"
    file.write_text(STRESSED, encoding="utf-8")
    assert tranche.load(file) == stressed
    assert tranche.compile(str(file)).hash == tranche.compile(stressed).hash
    assert (tranche.run(file, collections=cash()).totals == tranche.run(stressed, collections=cash()).totals).all()


def test_collections_come_from_the_deals_file(tmp_path: Path, stressed: tranche.Deal) -> None:
    (tmp_path / "deal.yaml").write_text(STRESSED.replace("{collections: {}}", "{collections: {file: cash.csv}}"))
    rows = [f"{path},{t + 1},{amount!r}" for path, line in enumerate(cash(5).tolist()) for t, amount in enumerate(line)]
    (tmp_path / "cash.csv").write_text("\n".join(["path,period,cash", *rows]) + "\n")
    mine = tranche.run(tmp_path / "deal.yaml", paths=1_000)
    assert mine.count == 5
    assert (mine.totals == tranche.run(stressed, collections=cash(5)).totals).all()


def test_collections_by_component(stressed: tranche.Deal) -> None:
    text = STRESSED.replace("{collections: {}}", "{collections: {components: [interest, principal]}}")
    split = {"interest": cash() * 0.25, "principal": cash() * 0.75}
    ours, theirs = tranche.run(loads(text), collections=split), tranche.run(stressed, collections=cash())
    np.testing.assert_allclose(ours.total("equity.distribution"), theirs.total("equity.distribution"), rtol=1e-9)


def test_no_collections_says_what_to_do(stressed: tranche.Deal) -> None:
    with pytest.raises(DataError, match=r"<text>:4 .*names no file.*collections="):
        tranche.run(stressed)


def test_a_fleet_takes_no_collections(fleet: tranche.Deal) -> None:
    with pytest.raises(DataError, match="makes its own collections"):
        tranche.run(fleet, collections=cash())


@pytest.mark.parametrize(("first", "asked", "got"), [(0, 10_000, 32), (30, 10_000, 2), (4, 3, 3)])
def test_no_more_paths_than_there_are(stressed: tranche.Deal, first: int, asked: int, got: int) -> None:
    results = tranche.run(stressed, asked, collections=cash(), first_path=first)
    assert (results.count, results.first_path) == (got, first)


@pytest.mark.parametrize(
    "arguments",
    [{"paths": 0}, {"paths": -3}, {"seed": -1}, {"seed": 2**64}, {"seed": 1.5}, {"seed": True}, {"threads": 0},
     {"width": 7}, {"first_path": -1}, {"first_path": 32}],
)  # fmt: skip
def test_arguments_that_make_no_sense(stressed: tranche.Deal, arguments: dict[str, int]) -> None:
    with pytest.raises(UsageError, match=";"):
        tranche.run(stressed, **{"collections": cash(), **arguments})


def test_the_seed_decides_and_progress_tells(fleet: tranche.Deal) -> None:
    done: list[int] = []
    first = tranche.run(fleet, 200, seed=3, progress=done.append)
    again = tranche.run(fleet, 200, seed=3, threads=1, width=32)
    other = tranche.run(fleet, 200, seed=4)
    assert sum(done) == 200
    assert first.seed == 3
    assert (first.totals == again.totals).all()
    assert (first.totals != other.totals).any()


def test_another_market(fleet: tranche.Deal) -> None:
    rent = Lognormal(name="rent_h100", initial=2.0, drift=0.3, volatility=0.1)
    boom = tranche.run(fleet, 300, market=Market(factors=(rent,))).tranches()
    slump = tranche.run(fleet, 300).tranches()
    assert boom["expected_loss"]["loan"] < slump["expected_loss"]["loan"]
    with pytest.raises(DealError, match="rent_h100"):
        tranche.run(fleet, 10, market=Market(factors=(Lognormal(name="other", initial=1.0, volatility=0.1),)))


def test_numbers_of_numpy_are_numbers(stressed: tranche.Deal, fleet: tranche.Deal) -> None:
    for number in (np.int64(2_000_000), np.float32(2e6), np.float64(2e6), np.array(2e6)):
        assert stressed.with_({"senior.notional": number}) == stressed.with_({"senior.notional": 2e6})
    run = tranche.run(fleet, np.int64(20), np.uint64(3), threads=np.int32(1), keep_paths=np.bool_(False))  # type: ignore[arg-type]
    assert (run.totals, run.count, run.seed) == (None, 20, 3)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda deal: deal.with_([("senior.coupon", 1)]), "the overrides are a list; give a mapping"),
        (lambda deal: tranche.run(deal, market=3), "the market is the number 3; give a market, or the name"),
        (lambda _: tranche.load(None), "the deal is nothing; give a deal, or the name of its file"),
        (lambda _: tranche.run(3), "the deal is the number 3"),
    ],
)
def test_what_is_no_deal_or_market_is_refused_in_words(stressed: tranche.Deal, call: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        call(stressed)


def test_a_path_of_an_override_is_text(stressed: tranche.Deal) -> None:
    with pytest.raises(DealError, match="the number 1 is not a path; write names with dots"):
        stressed.with_({1: 2})  # type: ignore[dict-item]
