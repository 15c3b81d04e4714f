"""Student's t copula: every pair of drivers has tails that move together, both of them."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from .. import quantity as q
from ..maps import gamma_power_constants, student_score_constants, student_value_constants
from ..tape import Op
from ..writer import Writer
from .correlation import Pairs, mixing_matrix
from .draws import Draws


@attrs.frozen(kw_only=True)
class Student:
    """`correlations` and `repair` as for the Gaussian copula; `dof` degrees of freedom, 1 to 1,000.

    The first driver x₀ = T⁻¹(Φ(e₀)) comes first and the mixing variable is drawn given it, so that it keeps its bits:
    (dof + x₀²) / W with W chi-square of dof + 1 degrees of freedom; then x = L (x₀, s e₁, s e₂, …), s² = (dof + x₀²)/W,
    and the scores are Φ⁻¹(T(x)).
    """

    dof: float = q.dof(low=1.0, default=attrs.NOTHING)
    correlations: Pairs = q.quantity("pairs", default=())
    repair: str = q.word("refuse", "nearest")

    def before(self, writer: Writer, draws: Draws) -> None:
        """What its scores share with those of other copulas: the draws."""
        draws.scores()

    def scores(self, writer: Writer, draws: Draws) -> list[int]:
        """The register of each driver's score."""
        values = self.values(writer, draws)
        return [draws.scores(), *scored(writer, values, len(draws.names) - 1, student_score_constants(self.dof))]

    def values(self, writer: Writer, draws: Draws) -> int:
        """The first register of the x of all drivers but the first."""
        if len(draws.names) == 1:
            return writer.register(count=0)
        return self.mixed(writer, draws, self.spread(writer, draws))

    def mixed(self, writer: Writer, draws: Draws, spread: int) -> int:
        """The rows of L but the first, times x₀, s e₁, s e₂, …, whose first register is `spread`."""
        count = len(draws.names)
        values = writer.register(count=count - 1)
        root = mixing_matrix(self.correlations, draws.names, self.repair).tolist()
        for i in range(1, count):
            writer.emit(Op.MIX, values + i - 1, spread, i + 1, constants=root[i][: i + 1])
        return values

    def spread(self, writer: Writer, draws: Draws, mixing: int | None = None) -> int:
        """The first register of x₀, s e₁, s e₂, …. `mixing`: the register of the score of W; without it, a new draw."""
        x = writer.register(count=len(draws.names))
        writer.emit(Op.T_VALUE, x, draws.scores(), constants=self.value_law)
        if mixing is None:
            mixing = writer.emit(Op.NORMALS, writer.register(), 1, writer.draws(1))
        gamma = writer.make(Op.POSITIVE, mixing, constants=self.mixing_law)
        scale(writer, draws, x, gamma, self.conditional(writer, writer.make(Op.PRODUCT, x, x)))
        return x

    def conditional(self, writer: Writer, square: int) -> int:
        """dof + x₀², the scale of the mixing variable given x₀."""
        return writer.make(Op.AFFINE, square, params=[self.dof, 1.0])

    @property
    def value_law(self) -> Sequence[float]:
        """Constants of T_VALUE."""
        return student_value_constants(self.dof, 1.0)

    @property
    def mixing_law(self) -> Sequence[float]:
        """Constants of POSITIVE: a score → W**−½, W chi-square of dof + 1 degrees of freedom."""
        return gamma_power_constants((self.dof + 1.0) / 2.0, -0.5, 0.5)


def scale(writer: Writer, draws: Draws, x: int, gamma: int, conditional: int) -> None:
    """Write s e₁, s e₂, … after x₀, with s = gamma · √conditional."""
    first = draws.scores()
    s = writer.make(Op.PRODUCT, gamma, writer.make(Op.SQRT, conditional))
    for j in range(1, len(draws.names)):
        writer.emit(Op.PRODUCT, x + j, s, first + j)


def spread_by_state(writer: Writer, draws: Draws, state: int, calm: Student, stress: Student) -> int:
    """As `Student.spread`, of the law of the state: `stress` where the register `state` is 1. Each has its own draw."""
    drawn = []
    for wanted in (False, True):
        mark = writer.skip_unless(state, wanted)
        drawn.append(writer.emit(Op.UNIFORMS, writer.register(), 1, writer.draws(1)))
        writer.skip_ends(mark)
    mixing = writer.make(Op.SCORES, writer.make(Op.SELECT, state, drawn[1], drawn[0]), 1)
    if calm.dof == stress.dof:
        return calm.spread(writer, draws, mixing)
    x = writer.register(count=len(draws.names))
    laws = [*calm.value_law, *stress.value_law]
    writer.emit(Op.T_VALUE_BY_STATE, x, draws.scores(), state, constants=laws)
    laws = [*calm.mixing_law, *stress.mixing_law]
    gamma = writer.make(Op.POSITIVE_BY_STATE, mixing, state, constants=laws)
    square = writer.make(Op.PRODUCT, x, x)
    both = [copula.conditional(writer, square) for copula in (stress, calm)]
    conditional = writer.make(Op.SELECT, state, *both)
    scale(writer, draws, x, gamma, conditional)
    return x


def scored(writer: Writer, values: int, count: int, law: Sequence[float], state: int = -1) -> list[int]:
    """The registers of the scores of `count` values of Student's t; `law` has two laws where there is a `state`."""
    if not count:
        return []
    first = writer.register(count=count)
    writer.emit(Op.T_SCORE, first, values, count, state, constants=law)
    return [first + k for k in range(count)]
