"""A vine copula: structure and families of the pairs by pyvinecopulib. Needs the extra `calibrate`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.errors import MissingExtra, Problem
from tranche.market.dependence.pair_copula import INDEPENDENT, PARAMETERS
from tranche.market.terms import PairCopula, VinePair

from .criteria import Criteria
from .estimate import Estimate, estimates, sandwich
from .static_copula import rank_effect

Array = NDArray[np.float64]
# what pyvinecopulib calls the families that markets draw
THEIRS = {"indep": INDEPENDENT, "gaussian": "gaussian", "student": "t", "clayton": "clayton", "gumbel": "gumbel",
          "frank": "frank"}  # fmt: skip


@attrs.frozen(eq=False)
class VineFit(Criteria):
    """`pairs` of all trees, the last ones left out that are all independent; `parameters` by `PAIR FAMILY PARAMETER`;
    `log_likelihood` of `n` rows."""

    names: tuple[str, ...]
    pairs: tuple[VinePair, ...]
    parameters: dict[str, Estimate]
    log_likelihood: float
    n: int


def fit_vine(u: Array, names: Sequence[str]) -> VineFit:
    """The regular vine that Dißmann's algorithm selects (CSDA 59, 2013) from pseudo-observations u [n, d], the family
    of every pair among those that markets draw, by BIC.

    Fitted tree by tree, which is not quite the maximum of the whole likelihood; standard errors by the sandwich of the
    whole, with what the ranks add, as if it were. Raises MissingExtra.
    """
    try:
        import pyvinecopulib as pv
        from pyvinecopulib import families
    except ImportError:
        raise MissingExtra(Problem("vines need pyvinecopulib", "pip install 'tranche-finance[calibrate]'")) from None
    known = [getattr(families, theirs) for theirs in THEIRS]
    controls = pv.FitControlsVinecop(family_set=known, selection_criterion="bic", num_threads=1)
    vine = pv.Vinecop.from_data(u, controls=controls)
    pairs = _pairs(vine, tuple(names))
    point = np.array([value for pair in pairs for _, value in _values(pair.copula)])
    labels = [f"{pair.label} {pair.copula.family} {called}" for pair in pairs for called, _ in _values(pair.copula)]
    structure, shapes = vine.structure, vine.pair_copulas

    def law(v: Array, p: Array) -> Array:
        left = iter(p)
        copulas = [[_moved(pv.Bicop, one, left) for one in tree] for tree in shapes]
        density = pv.Vinecop.from_structure(structure=structure, pair_copulas=copulas).pdf(v)
        return np.asarray(np.log(density), dtype=np.float64)

    covariance = np.zeros((0, 0))
    if len(point):
        room = [bound for pair in pairs for bound in _room(pair.copula)]
        covariance = sandwich(
            lambda p: law(u, p), list(point), room=room, extra=lambda steps: rank_effect(law, u, point, steps)
        )
    return VineFit(
        names=tuple(names),
        pairs=_without_idle_trees(pairs),
        parameters=dict(zip(labels, estimates(list(point), covariance), strict=True)),
        log_likelihood=float(vine.loglik(u)),
        n=len(u),
    )


def _pairs(vine: Any, names: tuple[str, ...]) -> tuple[VinePair, ...]:
    """Column e of the matrix has a driver on the counter-diagonal, and above it the other ends of its pairs by tree."""
    size, matrix = len(names), np.asarray(vine.matrix, dtype=np.int64)
    found = []
    for tree in range(size - 1):
        for e in range(size - 1 - tree):
            column = [names[k - 1] for k in matrix[: tree + 1, e]]
            first = names[matrix[size - 1 - e, e] - 1]
            copula = _copula(vine.get_pair_copula(tree, e))
            found.append(VinePair(first=first, second=column[-1], given=tuple(column[:-1]), copula=copula))
    return tuple(found)


def _copula(theirs: Any) -> PairCopula:
    family = THEIRS[theirs.family.name]
    if family == INDEPENDENT:
        return PairCopula(family=family)
    values = [float(x) for x in np.ravel(theirs.parameters)]
    dof = values[1] if family == "t" else None
    return PairCopula(family=family, parameter=values[0], dof=dof, rotation=int(theirs.rotation))


def _moved(kind: Any, theirs: Any, left: Any) -> Any:
    """The pair copula with the next parameters of `left`."""
    values = np.array([[next(left)] for _ in range(np.size(theirs.parameters))]).reshape(-1, 1)
    return kind.from_family(family=theirs.family, rotation=theirs.rotation, parameters=values)


def _values(copula: PairCopula) -> list[tuple[str, float]]:
    if copula.family == INDEPENDENT:
        return []
    found = [(PARAMETERS[copula.family][0], copula.parameter)]
    return found if copula.dof is None else [*found, ("dof", copula.dof)]


def _room(copula: PairCopula) -> list[float]:
    """How far each parameter may be moved: to the edge of its family, and of what pyvinecopulib takes."""
    if copula.family in ("gaussian", "t"):
        one = 1.0 - abs(copula.parameter)
        return [one] if copula.dof is None else [one, min(copula.dof - 2.0, 50.0 - copula.dof)]
    lowest = 1.0 if copula.family == "gumbel" else 0.0
    return [] if copula.family == INDEPENDENT else [abs(copula.parameter) - lowest]


def _without_idle_trees(pairs: tuple[VinePair, ...]) -> tuple[VinePair, ...]:
    last = max((len(pair.given) for pair in pairs if pair.copula.family != INDEPENDENT), default=0)
    return tuple(pair for pair in pairs if len(pair.given) <= last)
