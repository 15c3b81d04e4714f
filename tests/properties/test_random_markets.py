"""Random markets: read back as they were written, drawn with the twin's bits, and moved by no dependence."""

from __future__ import annotations

import tempfile
from pathlib import Path

import attrs
import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from tranche.deal.check_market import market_problems
from tranche.files import dump_market, load_market
from tranche.market import twin
from tranche.market.dependence import NAMES
from tranche.market.lower import tape
from tranche.market.scenario import SAMPLINGS, scenario
from tranche.market.sobol import plan
from tranche.market.terms import (
    KINDS,
    Basis,
    Coin,
    Hashprice,
    Hashrate,
    Independent,
    Lognormal,
    Market,
    Power,
    Refinancing,
    Regime,
    Rent,
    Resale,
    Reverting,
    ShortRate,
    StressLink,
    Tenant,
    Tenants,
    Utilisation,
)
from tranche.testing.strategies import markets
from tranche.testing.strategies.markets import START

TIMES = [0.0, 0.25, 0.5, 1.0]
PATHS = 70  # more than a chunk
SHARES = (Refinancing, Reverting, Tenant, Tenants, Utilisation)
POSITIVE = (Basis, Coin, Hashprice, Hashrate, Lognormal, Power, Rent, Resale)


@pytest.mark.parametrize("kind", [*KINDS.values(), *NAMES, Independent], ids=lambda kind: kind.__name__)
def test_every_factor_and_dependence_is_drawn(kind: type) -> None:
    def shows(market: Market) -> bool:
        return any(isinstance(one, kind) for one in (*market.factors, market.dependence))

    find(markets(), shows, settings=settings(max_examples=2_000, phases=(Phase.generate,)))


@given(market=markets())
def test_a_market_is_valid_and_reads_back_as_it_was(market: Market) -> None:
    assert list(market_problems(market)) == []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "market.yaml"
        path.write_text(dump_market(market))
        assert load_market(path) == market


@given(market=markets(), sampling=st.sampled_from(SAMPLINGS), seed=st.integers(0, 2**64 - 1))
def test_one_path_alone_is_that_of_the_block_and_of_the_twin(market: Market, sampling: str, seed: int) -> None:
    source = scenario(market, TIMES, seed, start=START, sampling=sampling)
    block = source.rows(0, PATHS)
    made = tape(market, TIMES, START)
    points = None
    if sampling == "sobol":
        made, points = plan(made, TIMES, seed)
    for path in (0, 65):
        assert np.array_equal(source.rows(path, 1)[0], block[path])
        drawn = twin.draw(made, seed, path, antithetic=sampling == "antithetic", sobol=points)
        assert np.array_equal(block[path], drawn)
    assert np.array_equal(np.concatenate([source.rows(0, 33), source.rows(33, PATHS - 33)]), block)


@given(market=markets())
def test_every_number_is_one_and_prices_are_positive(market: Market) -> None:
    source = scenario(market, TIMES, 3, start=START)
    columns = dict(zip(source.columns, np.moveaxis(source.rows(0, PATHS), 2, 0), strict=True))
    assert all(np.isfinite(values).all() for values in columns.values())
    for factor in market.factors:
        values = columns[f"market.{factor.name}"]
        if isinstance(factor, Coin) and factor.ceiling is not None:
            assert (values <= factor.ceiling * (1.0 + 1e-14)).all()
        if isinstance(factor, SHARES):
            assert ((values >= 0.0) & (values <= 1.0)).all(), factor.name
        elif isinstance(factor, POSITIVE) or (isinstance(factor, ShortRate) and factor.model == "cir"):
            assert (values > 0.0).all(), factor.name
    if isinstance(market.dependence, Regime | StressLink):
        assert ((columns["market.stress"] >= 0.0) & (columns["market.stress"] <= 1.0)).all()


@given(market=markets())
def test_no_dependence_moves_the_first_driver(market: Market) -> None:
    """Nor what has no driver and reads no other: releases, which come as they would alone."""
    if not market.drivers:
        return
    joint = scenario(market, TIMES, 5, start=START)
    alone = scenario(attrs.evolve(market, dependence=Independent()), TIMES, 5, start=START)
    rows, other = joint.rows(0, PATHS), alone.rows(0, PATHS)
    kept = [market.drivers[0], *(factor.name for factor in market.factors if factor.name.endswith("_next"))]
    for name in kept:
        column = f"market.{name}"
        mine, theirs = rows[:, :, joint.columns.index(column)], other[:, :, alone.columns.index(column)]
        assert np.array_equal(mine, theirs), name
    stressed = isinstance(market.dependence, Regime | StressLink)
    assert (len(joint.columns) > len(alone.columns)) == stressed


@pytest.mark.slow
@settings(max_examples=200)
@given(market=markets(most_factors=3))
def test_no_dependence_moves_a_mean(market: Market) -> None:
    """Of what hangs on one driver, over 20,000 paths drawn apart. Hundreds of means are compared: five standard errors
    of the difference, which chance exceeds once in two million. Hashprice and basis hang on two drivers, so that
    dependence does move them."""
    other = attrs.evolve(market, dependence=Independent())
    joint = scenario(market, TIMES[:2], 5, start=START)
    alone = scenario(other, TIMES[:2], 6, start=START)
    a, b = (source.rows(0, 20_000)[:, 0] for source in (joint, alone))
    two = {factor.name for factor in market.factors if isinstance(factor, Basis | Hashprice | Hashrate | Resale)}
    for k, name in enumerate(alone.columns):
        if name.split(".")[1] in two:
            continue
        error = np.sqrt((a[:, k].var() + b[:, k].var()) / 20_000)
        assert abs(a[:, k].mean() - b[:, k].mean()) <= 5.0 * error + 1e-12, name
