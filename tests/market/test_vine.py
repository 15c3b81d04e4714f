"""Vines: conditional distribution functions and draws against pyvinecopulib, tails against closed forms."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from scipy.special import ndtr
from scipy.stats import kendalltau

from tests.market.markets import C_VINE, D_VINE, vine_pair, walks
from tranche.closed_forms.quantile_dependence import quantile_dependence as exact
from tranche.closed_forms.tail_dependence import tail_dependence as limit
from tranche.diagnostics.changes import market_changes
from tranche.diagnostics.tail_dependence import tail_dependence
from tranche.errors import Invalid
from tranche.market import twin
from tranche.market.dependence.pair_copula import PairCopula
from tranche.market.dependence.vine_structure import sampling_order
from tranche.market.scenario import scenario
from tranche.market.terms import Clayton, Gaussian, Independent, Market, Student, Vine
from tranche.testing.strategies import vines

PV_NAMES = {"gaussian": "gaussian", "t": "student", "clayton": "clayton", "gumbel": "gumbel", "frank": "frank",
            "independent": "indep"}  # fmt: skip
EDGES = (2.0**-53, 1e-12, 1e-6, 1.0 - 1e-9, 1.0 - 2.0**-53)
GRID = (*EDGES, 0.001, 0.05, 0.3, 0.5, 0.8, 0.97)


def bicop(copula: PairCopula, swapped: bool = False) -> object:
    """The same copula in pyvinecopulib; `swapped`: of (second, first)."""
    pv = pytest.importorskip("pyvinecopulib")
    from pyvinecopulib import families

    rotation = {90: 270, 270: 90}.get(copula.rotation, copula.rotation) if swapped else copula.rotation
    values = {"independent": [], "t": [[copula.parameter], [copula.dof]]}.get(copula.family, [[copula.parameter]])
    family = getattr(families, PV_NAMES[copula.family])
    return pv.Bicop.from_family(family=family, rotation=rotation, parameters=np.array(values).reshape(-1, 1))


def vinecop(vine: Vine, order: list[str]) -> object:
    """The same vine in pyvinecopulib, drawn in this order: column e of its matrix has the driver that is drawn e-th
    from the end, and above it the other ends of its pairs, tree by tree."""
    pv = pytest.importorskip("pyvinecopulib")
    count = len(order)
    matrix = np.zeros((count, count), dtype=np.uint64)
    copulas: list[list[object]] = [[] for _ in range(count - 1)]
    for e, name in enumerate(reversed(order)):
        matrix[count - 1 - e, e] = order.index(name) + 1
        before = set(order[: count - 1 - e])
        mine = [pair for pair in vine.pairs if name in pair.ends and pair.members - {name} <= before]
        for tree, pair in enumerate(sorted(mine, key=lambda pair: len(pair.given))):
            other = pair.second if name == pair.first else pair.first
            matrix[tree, e] = order.index(other) + 1
            copulas[tree].append(bicop(pair.copula, swapped=name == pair.second))
    return pv.Vinecop.from_structure(structure=pv.RVineStructure.from_matrix(matrix), pair_copulas=copulas)


def uniforms(dependence: object, paths: int, count: int = 4, seed: int = 7) -> np.ndarray:
    """The uniforms behind one period of driftless walks, [paths, drivers]."""
    levels = scenario(walks(dependence, count), [0.0, 0.25], seed).rows(0, paths)[:, 0, :count]
    return ndtr((np.log(levels / 2.0) + 0.08 / 4) / (0.4 * 0.5))


def by_definition(family: str, u: float, v: float, theta: float) -> float:
    """∂C(u, v)/∂v in 60 digits."""
    with localcontext() as context:
        context.prec, context.Emin, context.Emax = 60, -999_999, 999_999
        a, b, t = Decimal(u), Decimal(v), Decimal(theta)
        if family == "clayton":
            return float(b ** (-t - 1) * (a**-t + b**-t - 1) ** (-1 - 1 / t))
        if family == "gumbel":
            x, y = -a.ln(), -b.ln()
            total = x**t + y**t
            return float((-(total ** (1 / t))).exp() / b * y ** (t - 1) * total ** (1 / t - 1))
        eu, ev, e = (-t * a).exp(), (-t * b).exp(), (-t).exp()
        return float(ev * (eu - 1) / (e - 1 + (eu - 1) * (ev - 1)))


@pytest.mark.oracle
@pytest.mark.parametrize("theta", [0.01, 0.5, 3.0, 20.0, 49.0])
@pytest.mark.parametrize("family", ["clayton", "gumbel", "frank"])
def test_conditional_distribution_functions(family, theta):
    """To a few units of the last digit of their logarithm, by definition; and pyvinecopulib's, which at Frank's θ of 20
    is 9e-9 off."""
    theta = theta + 1.0 if family == "gumbel" else theta
    law = {"clayton": twin.clayton_h, "gumbel": twin.gumbel_h, "frank": twin.frank_h}[family]
    theirs = bicop(PairCopula(family=family, parameter=min(theta, 20.0)))
    for u, v in product(GRID, GRID):
        wanted = by_definition(family, u, v, theta)
        assert law(u, v, theta) == pytest.approx(wanted, rel=1e-13 * (1.0 + theta), abs=1e-300), (u, v)
        if theta <= 20.0 and u not in EDGES and v not in EDGES:  # it holds its arguments within 1e-10
            assert wanted == pytest.approx(theirs.hfunc2(np.array([[u, v]]))[0], abs=2e-8), (u, v)


@pytest.mark.parametrize("theta", [0.01, 0.5, 3.0, 20.0, 49.0])
@pytest.mark.parametrize("family", ["clayton", "gumbel", "frank"])
def test_inverses_bring_back_what_was_conditioned(family, theta):
    """h(h⁻¹(w | v) | v) = w: to some rounding errors of w, times how steep h is there."""
    theta = theta + 1.0 if family == "gumbel" else theta
    law = {"clayton": twin.clayton_h, "gumbel": twin.gumbel_h, "frank": twin.frank_h}[family]
    for w, v in product(GRID, GRID):
        u = inverse(family, w, v, theta)
        if not 2.0**-53 <= u <= 1.0 - 2.0**-53:  # held at the draws' own range
            continue
        reach = abs(law(min(u * (1 + 1e-14), 1 - 2.0**-53), v, theta) - law(u * (1 - 1e-14), v, theta))
        assert law(u, v, theta) == pytest.approx(w, abs=reach + 1e-13 * max(w, 1e-3)), (w, v, u)


def inverse(family: str, w: float, v: float, theta: float) -> float:
    """By the steps that the vine writes."""
    if family == "frank":
        return twin.frank_h_inverse(w, v, theta)
    total = -theta * twin.log(v) if family == "clayton" else -twin.log(v)
    registers = [0.0, w, total]
    step = twin.STEPS[twin.Op.CLAYTON if family == "clayton" else twin.Op.GUMBEL]
    step(registers, [0, 1, 2, 1], [], [theta, 1.0])
    return registers[0]


@pytest.mark.oracle
@pytest.mark.parametrize("vine", [D_VINE, C_VINE], ids=["d", "c"])
def test_rosenblatts_transform_of_the_draws_is_the_independent_draws(vine):
    """Draw by draw: pyvinecopulib finds the uniforms that every driver was drawn from."""
    order = sampling_order(vine.pairs, "abcd")
    columns = ["abcd".index(name) for name in order]
    joined, alone = uniforms(vine, 3_000)[:, columns], uniforms(Independent(), 3_000)[:, columns]
    assert np.array_equal(joined[:, 0], alone[:, 0])
    theirs = vinecop(vine, order).rosenblatt(joined)
    assert theirs == pytest.approx(alone, abs=1e-9)
    assert not np.allclose(joined[:, -1], alone[:, -1], atol=0.05)


@pytest.mark.oracle
def test_kendall_of_every_pair_is_that_of_their_draws():
    """Three standard errors of the difference, the largest of the six pairs of both vines."""
    paths = 60_000
    for vine in (D_VINE, C_VINE):
        order = sampling_order(vine.pairs, "abcd")
        theirs = vinecop(vine, order).sample(paths, seeds=[1, 2, 3])
        ours = uniforms(vine, paths)[:, ["abcd".index(name) for name in order]]
        for i, j in combinations(range(4), 2):
            a, b = (kendalltau(u[:, i], u[:, j]).statistic for u in (ours, theirs))
            error = math.sqrt(2.0 * 2.0 * (1.0 - b * b) / paths)  # of the difference of two, an upper bound
            assert abs(a - b) < 3.0 * error, (order[i], order[j])


def test_pairs_of_the_first_tree_have_the_tails_of_their_copulas():
    """The diagnostics at depth q against C(q, q)/q, and the limit that it tends to."""
    paths = 400_000
    for vine in (D_VINE, C_VINE):
        changes = market_changes(walks(vine), [0.0, 0.25, 0.5], paths=paths, seed=5)
        for pair in vine.pairs:
            family, parameter, dof, sign = pair.copula.closed_form
            if pair.given or sign < 0:
                continue
            row, q = tail_dependence(changes[list(pair.ends)], depth=0.01).iloc[0], 0.01
            for side, upper in (("lower", False), ("upper", True)):
                wanted = exact(family, parameter, q, dof, upper=upper)
                assert abs(row[side] - wanted) < 3.0 * row[f"{side}_se"], (pair.label, side)
            lower, upper = limit(family, parameter, dof)
            assert exact(family, parameter, 1e-6, dof) == pytest.approx(lower, abs=0.02)
            assert exact(family, parameter, 1e-6, dof, upper=True) == pytest.approx(upper, abs=0.02)


def test_a_vine_of_two_is_the_copula_of_the_pair():
    """To the last digits: the same inverse, by way of other steps."""
    for copula, family, more in (
        (Gaussian(correlations=(("a", "b", 0.6),)), "gaussian", {}),
        (Clayton(theta=2.0), "clayton", {}),
        (Clayton(theta=2.0, survival=True), "clayton", {"rotation": 180}),
    ):
        parameter = 0.6 if family == "gaussian" else 2.0
        vine = Vine(pairs=(vine_pair("a ~ b", family, parameter, **more),))
        assert uniforms(vine, 2_000, 2) == pytest.approx(uniforms(copula, 2_000, 2), abs=1e-14)


@pytest.mark.parametrize("dof", [None, 4.0])
def test_a_vine_of_elliptical_pairs_is_the_elliptical_copula(dof):
    """Partial correlations give ρ_ac = 0.2 + 0.5·0.3; of a t copula the second tree has one degree of freedom more."""
    ab, bc, ac = 0.5, 0.3, 0.4
    partial = (ac - ab * bc) / math.sqrt((1 - ab**2) * (1 - bc**2))
    family, first, second = ("gaussian", {}, {}) if dof is None else ("t", {"dof": dof}, {"dof": dof + 1.0})
    vine = Vine(
        pairs=(
            vine_pair("a ~ b", family, ab, **first), vine_pair("b ~ c", family, bc, **first),
            vine_pair("a ~ c | b", family, partial, **second),
        )
    )  # fmt: skip
    pairs = (("a", "b", ab), ("b", "c", bc), ("a", "c", ac))
    copula = Gaussian(correlations=pairs) if dof is None else Student(correlations=pairs, dof=dof)
    ours, theirs = uniforms(vine, 100_000, 3), uniforms(copula, 100_000, 3)
    if dof is None:
        assert ours == pytest.approx(theirs, abs=1e-13)
        return
    for i, j in combinations(range(3), 2):
        a, b = (kendalltau(u[:, i], u[:, j]).statistic for u in (ours, theirs))
        assert abs(a - b) < 3.0 * math.sqrt(4.0 * (1.0 - b * b) / 100_000)
        for q in (0.02, 0.1):
            shares = [float((u[:, [i, j]] < q).all(axis=1).mean()) for u in (ours, theirs)]
            assert abs(shares[0] - shares[1]) < 3.0 * math.sqrt(2.0 * shares[1] / 100_000)


@pytest.mark.parametrize(
    ("vine", "names", "order"),
    [
        (D_VINE, "abcd", "abcd"),
        (D_VINE, "dbca", "dcba"),  # in a chain d – c – b – a, b cannot be drawn before c
        (C_VINE, "cabd", "cbad"),
        (C_VINE, "dcba", "dbca"),
        (Vine(pairs=D_VINE.pairs[:3]), "abcd", "abcd"),
        (Vine(pairs=(vine_pair("d ~ b", "clayton", 2.0),)), "abcd", "bd"),
    ],
)
def test_the_earliest_driver_is_drawn_first_and_the_others_as_early_as_they_can(vine, names, order):
    assert sampling_order(vine.pairs, names) == list(order)


@given(vine=vines("abcde"))
def test_a_vine_can_begin_with_any_of_its_drivers(vine):
    named = sorted({name for pair in vine.pairs for name in pair.ends})
    for first in named:
        order = sampling_order(vine.pairs, [first, *"abcde".replace(first, "")])
        assert order[0] == first
        assert sorted(order) == named


def test_no_regular_vine_is_refused_where_it_is_drawn():
    with pytest.raises(Invalid, match="closes a circle"):
        sampling_order([vine_pair(label, "clayton", 2.0) for label in ("a ~ b", "b ~ c", "a ~ c", "c ~ d")], "abcd")


def test_drivers_that_the_vine_does_not_name_are_independent():
    vine = Vine(pairs=(vine_pair("d ~ b", "clayton", 3.0),))
    joined, alone = uniforms(vine, 20_000), uniforms(Independent(), 20_000)
    assert np.array_equal(joined[:, [0, 1, 2]], alone[:, [0, 1, 2]])
    assert kendalltau(joined[:, 1], joined[:, 3]).statistic == pytest.approx(0.6, abs=3 * math.sqrt(1.28 / 20_000))


def test_a_market_of_one_driver_has_no_vine():
    with pytest.raises(Invalid, match="unknown factor 'b'"):
        sampling_order([vine_pair("a ~ b", "clayton", 2.0)], Market(factors=walks(Independent(), 1).factors).drivers)
