"""Two regimes, calm and stress, with a copula in each (Rodriguez 2007; Okimoto 2008)."""

from __future__ import annotations

import attrs

from .. import quantity as q
from ..factors.chain import chain_limits
from ..maps import student_score_constants
from ..tape import Op
from ..writer import Writer
from .clayton import Clayton
from .draws import Draws
from .frank import Frank
from .gaussian import Gaussian
from .gumbel import Gumbel
from .independent import Independent
from .student import Student, scored, spread_by_state
from .vine import Vine

STARTS = {"calm": "off", "stress": "on"}
Static = Independent | Gaussian | Student | Clayton | Gumbel | Frank | Vine


@attrs.frozen(kw_only=True)
class Regime:
    """`probability`: the share of time in stress, in the long run. `lasts`: years that a stress lasts on average.
    `start`: calm | stress | long_run, the state at closing.

    A Markov chain in continuous time that leaves stress at the rate 1/lasts and enters it at
    probability / ((1 − probability)·lasts), seen at the end of each period: its law does not depend on the frequency.
    The copula of a period is that of the state at its end. The column `market.stress` is 1 in stress.
    """

    probability: float = q.probability()
    lasts: float = q.quantity("years", above=0.0)
    start: str = q.word("long_run", "calm", "stress")
    calm: Static = q.quantity("copula", default=Independent())
    stress: Static = q.quantity("copula")

    def before(self, writer: Writer, draws: Draws) -> None:
        """What its scores share with those of other copulas: the draws."""
        self.calm.before(writer, draws)
        self.stress.before(writer, draws)

    def scores(self, writer: Writer, draws: Draws) -> list[int]:
        """The register of each driver's score."""
        self.before(writer, draws)
        state = writer.register(initial=float(self.start == "stress"))
        limits = chain_limits(self.probability, self.lasts, writer.lengths, STARTS.get(self.start, self.start))
        u = writer.emit(Op.UNIFORMS, writer.register(), 1, writer.draws(1))
        writer.emit(Op.SWITCH, state, u, params=limits)
        writer.emit(Op.AFFINE, writer.column("stress"), state, params=[0.0, 1.0])
        writer.fields["stress"] = state
        if isinstance(self.calm, Student) and isinstance(self.stress, Student):
            return self._students(writer, draws, state, self.calm, self.stress)
        mark = writer.skip_unless(state, False)
        calm = self.calm.scores(writer, draws)
        writer.skip_ends(mark)
        mark = writer.skip_unless(state, True)
        stress = self.stress.scores(writer, draws)
        writer.skip_ends(mark)
        return [a if a == b else writer.make(Op.SELECT, state, b, a) for a, b in zip(calm, stress, strict=True)]

    def _students(self, writer: Writer, draws: Draws, state: int, calm: Student, stress: Student) -> list[int]:
        """Two t copulas: what differs by the state is chosen as early as it can be, so that the rest is done once."""
        count = len(draws.names) - 1
        if not count:
            return [draws.scores()]
        spread = spread_by_state(writer, draws, state, calm, stress)
        mark = writer.skip_unless(state, False)
        a = calm.mixed(writer, draws, spread)
        writer.skip_ends(mark)
        mark = writer.skip_unless(state, True)
        b = stress.mixed(writer, draws, spread)
        writer.skip_ends(mark)
        values = writer.register(count=count)
        for k in range(count):
            writer.emit(Op.SELECT, values + k, state, b + k, a + k)
        if calm.dof == stress.dof:
            return [draws.scores(), *scored(writer, values, count, student_score_constants(calm.dof))]
        law = [*student_score_constants(calm.dof), *student_score_constants(stress.dof)]
        return [draws.scores(), *scored(writer, values, count, law, state)]
