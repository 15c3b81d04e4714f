"""The simulated factors: same bits however they are drawn, and the laws that the terms promise (3 standard errors)."""

import math
import pickle

import attrs
import numpy as np
import pytest
from scipy.stats import kstest

from tranche.errors import DealError, UsageError
from tranche.market import twin
from tranche.market.factors.parts import reversion
from tranche.market.lower import tape
from tranche.market.scenario import scenario
from tranche.market.terms import Lognormal, Market, Reverting

PATHS = 40_000


@pytest.mark.parametrize("path", [0, 17, 2**32 - 1, 2**32 + 5, 2**62])
@pytest.mark.parametrize("seed", [0, 7, 2**64 - 1])
def test_equals_the_twin_bit_for_bit(market, times, seed, path):
    drawn = scenario(market, times, seed).rows(path, 1)[0]
    assert np.array_equal(drawn, twin.draw(tape(market, times), seed, path))


def test_paths_before_and_after_a_word_boundary_are_neighbours(market, times):
    source = scenario(market, times, seed=3)
    block = source.rows(2**32 - 10, 20)
    assert np.array_equal(block[12], source.rows(2**32 + 2, 1)[0])


@pytest.mark.parametrize(("width", "lanes"), [(32, 32), (64, 64), (128, 128), (128, 100), (1, 1), (200, 137), (64, 3)])
@pytest.mark.parametrize("extra", [0, 2])
def test_block_shape_changes_no_bit_and_nothing_else_is_written(market, times, fill, width, lanes, extra):
    source = scenario(market, times, seed=3)
    block = fill(source, 1000, lanes, width, extra)
    assert np.array_equal(block[:, :3, :lanes].transpose(2, 0, 1), source.rows(1000, lanes))
    assert np.isnan(block[:, 3:]).all() and np.isnan(block[:, :, lanes:]).all()


def test_slices_and_single_paths_have_the_bits_of_the_whole(market, times):
    source = scenario(market, times, seed=3)
    whole = source.rows(0, 2500)
    slices = [source.rows(first, 250) for first in range(0, 2500, 250)]
    assert np.array_equal(np.concatenate(slices), whole)
    for path in (0, 1, 63, 64, 1023, 1024, 2499):
        assert np.array_equal(source.rows(path, 1)[0], whole[path])


def test_a_pickled_source_draws_the_same(market, times):
    source = scenario(market, times, seed=2**63 + 1)
    again = pickle.loads(pickle.dumps(source))
    assert (again.columns, again.seed, again.periods, again.paths) == (source.columns, source.seed, 24, None)
    assert np.array_equal(again.rows(5, 70), source.rows(5, 70))


def test_lognormal_mean_volatility_and_correlation(market, times):
    rows = scenario(market, times, seed=1).rows(0, PATHS)
    rent, btc = rows[:, :, 0], rows[:, :, 1]
    for levels, factor in ((rent, market.factors[0]), (btc, market.factors[1])):
        for t in (1, 12, 24):
            spot = levels[:, t - 1]
            error = spot.std() / math.sqrt(PATHS)
            assert spot.mean() == pytest.approx(factor.initial * math.exp(factor.drift * times[t]), abs=3 * error)
        yearly = np.log(levels[:, 23] / levels[:, 11])
        error = factor.volatility / math.sqrt(2 * PATHS)
        assert yearly.std() == pytest.approx(factor.volatility, abs=3 * error)
    steps = [np.diff(np.log(levels), axis=1).ravel() for levels in (rent, btc)]
    assert np.corrcoef(steps)[0, 1] == pytest.approx(0.3, abs=3 * (1 - 0.3**2) / math.sqrt(steps[0].size))


def test_reverting_mean_deviation_and_correlation(market, times):
    free = attrs.evolve(market.factors[2], low=-math.inf, high=math.inf)
    rows = scenario(attrs.evolve(market, factors=(*market.factors[:2], free)), times, seed=2).rows(0, PATHS)
    level = rows[:, :, 2]
    for t in (1, 6, 24):
        mean = 0.8 + 0.05 * math.exp(-2.0 * times[t])
        deviation = 0.12 * math.sqrt((1 - math.exp(-4.0 * times[t])) / 4.0)
        assert level[:, t - 1].mean() == pytest.approx(mean, abs=3 * deviation / math.sqrt(PATHS))
        assert level[:, t - 1].std() == pytest.approx(deviation, abs=3 * deviation / math.sqrt(2 * PATHS))
    decay = math.exp(-2.0 / 12)
    shocks = (level[:, 1:] - 0.8) - decay * (level[:, :-1] - 0.8)
    rent = np.diff(np.log(rows[:, :, 0]), axis=1)
    error = (1 - 0.4**2) / math.sqrt(rent.size)
    assert np.corrcoef(rent.ravel(), shocks.ravel())[0, 1] == pytest.approx(0.4, abs=3 * error)
    assert abs(np.corrcoef(shocks[:, 0], shocks[:, 1])[0, 1]) < 3 / math.sqrt(PATHS)


def test_clipping_is_of_what_is_read_not_of_the_process(times):
    loose = Reverting(name="u", initial=0.9, mean=0.8, speed=2.0, volatility=0.6, low=-9.0, high=9.0)
    tight = attrs.evolve(loose, low=0.5, high=1.0)
    free, held = (scenario(Market(factors=(f,)), times, seed=4).rows(0, 500) for f in (loose, tight))
    assert (free > 1).any() and (free < 0.5).any()
    assert np.array_equal(held, np.clip(free, 0.5, 1.0))


def test_half_a_year_in_one_step_has_the_law_of_six_months(market):
    months, half = ([0.0, *(k / 12 for k in range(1, 7))], [0.0, 0.5])
    fine = scenario(market, months, seed=5).rows(0, PATHS)[:, -1]
    coarse = scenario(market, half, seed=6).rows(0, PATHS)[:, -1]
    error = np.sqrt((fine.var(axis=0) + coarse.var(axis=0)) / PATHS)
    assert (np.abs(fine.mean(axis=0) - coarse.mean(axis=0)) < 3 * error).all()
    assert coarse.std(axis=0) == pytest.approx(fine.std(axis=0), rel=0.03)


def test_correlation_moves_no_marginal_and_not_the_first_factor(correlated, times):
    def drawn(rho: float) -> np.ndarray:
        pairs = ((a, b, rho) for a, b in (("rent", "btc"), ("btc", "utilisation"), ("rent", "utilisation")))
        return scenario(correlated(*pairs), times, seed=8).rows(0, PATHS)

    independent, joint = drawn(0.0), drawn(0.9)
    assert np.array_equal(joint[:, :, 0], independent[:, :, 0])
    assert not np.array_equal(joint[:, :, 1], independent[:, :, 1])
    for rows in (independent, joint):
        shocks = (np.log(rows[:, 11, 1] / 65_000.0) - (0.1 - 0.55**2 / 2)) / 0.55
        assert kstest(shocks, "norm").pvalue > 1e-3
        deviation = 0.12 * math.sqrt((1 - math.exp(-4.0)) / 4.0)
        inside = rows[:, 11, 2] < 1
        assert inside.mean() == pytest.approx(0.998, abs=0.002)
        median = 3 * math.sqrt(math.pi / 2.0) * deviation / math.sqrt(PATHS)  # three standard errors of a median
        assert np.median(rows[:, 11, 2]) == pytest.approx(0.8 + 0.05 * math.exp(-2.0), abs=median)


def test_a_factor_added_at_the_end_moves_no_other(market, times):
    more = attrs.evolve(market, factors=(*market.factors, Lognormal(name="eth", initial=1.0, volatility=0.7)))
    before, after = (scenario(m, times, seed=8).rows(0, 100) for m in (market, more))
    assert np.array_equal(after[:, :, :3], before)


def test_without_volatility_a_factor_is_its_mean(times):
    still = Market(
        factors=(
            Lognormal(name="rent", initial=2.0, drift=-0.3, volatility=0.0),
            Reverting(name="u", initial=0.5, mean=0.8, speed=1.5, volatility=0.0),
        )
    )
    rows = scenario(still, times, seed=0).rows(0, 3)
    t = np.array(times[1:])
    assert rows[:, :, 0] == pytest.approx(np.tile(2.0 * np.exp(-0.3 * t), (3, 1)), rel=1e-14)
    assert rows[:, :, 1] == pytest.approx(np.tile(0.8 - 0.3 * np.exp(-1.5 * t), (3, 1)), rel=1e-14)


def test_no_reversion_is_brownian_motion(times):
    walk = Reverting(name="x", initial=0.0, mean=0.0, speed=0.0, volatility=0.2, low=-math.inf, high=math.inf)
    slow = attrs.evolve(walk, speed=1e-12)
    rows, near = (scenario(Market(factors=(f,)), times, seed=0).rows(0, 200) for f in (walk, slow))
    assert near == pytest.approx(rows, abs=1e-11)
    assert reversion(0.0, 0.2, 1 / 12)[2] == pytest.approx(0.2 * math.sqrt(1 / 12), rel=1e-14)


@pytest.mark.parametrize("speed", [1e-6, 0.01, 0.2, 2.0, 2.9, 3.1, 50.0])
def test_scale_of_reversion(speed):
    got = reversion(speed, 0.2, 1 / 12)[2]
    assert got == pytest.approx(0.2 * math.sqrt(-math.expm1(-speed / 6) / (2 * speed)), rel=2e-15)


def test_a_market_without_factors(times, fill):
    source = scenario(Market(), times, seed=0)
    assert source.rows(0, 4).shape == (4, 24, 0)
    assert source.columns == ()
    assert fill(source, 0, 64, 64).size == 0


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_seeds_out_of_range(market, times, seed):
    with pytest.raises(UsageError, match="seed"):
        scenario(market, times, seed)


@pytest.mark.parametrize("bad", [[], [0.0], [0.5, 1.0], [0.0, 1.0, 1.0], [0.0, 1.0, 0.5], [0.0, math.nan]])
def test_times_that_do_not_rise_from_zero(market, bad):
    with pytest.raises(UsageError, match="rise from 0"):
        scenario(market, bad, seed=0)


def test_a_factor_beyond_floating_point_is_refused_with_its_place(times):
    absurd = Market(factors=(Lognormal(name="rent", initial=2.0, drift=35.0, volatility=40.0),))
    with pytest.raises(DealError, match="beyond floating point") as caught:
        scenario(absurd, times, seed=0)
    assert [problem.place.path for problem in caught.value] == ["market.factors.rent"]
