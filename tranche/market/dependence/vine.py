"""Vine copulas: a copula of its own for every pair of drivers, given those between them."""

from __future__ import annotations

import attrs

from .. import quantity as q
from ..writer import Writer
from .conditional import conditional, inverse_conditional
from .draws import Draws
from .pair_copula import TURNED
from .reading import Reading
from .vine_structure import VinePair, sampling_order

IN_UNIFORMS = (*TURNED, "frank")


@attrs.frozen(kw_only=True)
class Vine:
    """A regular vine (Bedford & Cooke 2002) of the drivers that its `pairs` name; the others are independent of them
    and of one another. Tree 1 joins the drivers, `rent ~ btc`; tree 2 pairs of tree 1 that share a driver,
    `rent ~ eth | btc` from `rent ~ btc` and `btc ~ eth`, and so on. A tree that is stated is stated wholly; later trees
    that are left out are independent. A D-vine joins its drivers in a chain, a C-vine all to one.

    A driver is drawn given those before it by inverting the conditional distribution functions, tree by tree (Aas,
    Czado, Frigessi & Bakken 2009). Tail dependence and Kendall's τ of a pair of tree 1 are those of its copula.
    """

    pairs: tuple[VinePair, ...] = q.quantity("vine pairs")

    def before(self, writer: Writer, draws: Draws) -> None:
        """What its scores share with those of other copulas: the draws."""
        draws.scores()
        if any(pair.copula.family in IN_UNIFORMS for pair in self.pairs):
            draws.uniforms()

    def scores(self, writer: Writer, draws: Draws) -> list[int]:
        """The register of each driver's score. Raises Invalid."""
        self.before(writer, draws)
        scores = draws.own()
        for name, reading in _Sampling(self, writer, draws).run().items():
            scores[draws.names.index(name)] = reading.as_score()
        return scores


class _Sampling:
    """Writes the steps that draw the drivers of a vine one after another."""

    def __init__(self, vine: Vine, writer: Writer, draws: Draws) -> None:
        self.writer, self.draws = writer, draws
        self.order = sampling_order(vine.pairs, draws.names)
        self.edges = {pair.members: pair for pair in vine.pairs}
        self.trees = max(len(pair.given) for pair in vine.pairs) + 1
        self.known: dict[tuple[str, frozenset[str]], Reading] = {}  # F(name | given)

    def run(self) -> dict[str, Reading]:
        """Driver → F(driver), a uniform."""
        nothing: frozenset[str] = frozenset()
        for k, name in enumerate(self.order):
            chain = self._chain(name, set(self.order[:k]))
            found = self._own(name)
            for pair in reversed(chain):
                self.known[name, pair.members - {name}] = found
                other = self._other(pair, name)
                given = self._given(other, frozenset(pair.given))
                found = inverse_conditional(self.writer, pair.copula, found, given, name == pair.second)
            self.known[name, nothing] = found
        return {name: self.known[name, nothing] for name in self.order}

    def _own(self, name: str) -> Reading:
        j = self.draws.names.index(name)
        scores = self.draws.scores()
        uniform = self.draws.uniforms() + j if self.draws.has_uniforms else -1
        return Reading(self.writer, score=scores + j, uniform=uniform)

    def _chain(self, name: str, before: set[str]) -> list[VinePair]:
        """The pairs that the driver is an end of and whose other members come before it, tree by tree."""
        mine = [pair for pair in self.edges.values() if name in pair.ends and pair.members - {name} <= before]
        return sorted(mine, key=lambda pair: len(pair.given))

    def _other(self, pair: VinePair, name: str) -> str:
        return pair.second if name == pair.first else pair.first

    def _given(self, name: str, given: frozenset[str]) -> Reading:
        """F(name | given), from the tree below when it is not known."""
        if (name, given) not in self.known:
            pair = self.edges[given | {name}]
            other = self._other(pair, name)
            rest = frozenset(pair.given)
            x, y = self._given(name, rest), self._given(other, rest)
            self.known[name, given] = conditional(self.writer, pair.copula, x, y, name == pair.second)
        return self.known[name, given]
