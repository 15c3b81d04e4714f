"""What the Archimedean copulas share: which drivers they join, and both tails of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tranche.errors import Invalid, nearest

from ..tape import Op
from ..writer import Writer
from .draws import NEAR_ONE, NEAR_ZERO, Draws

Given = Callable[[int, int], int]  # (register of a uniform, j ≥ 1) → register of uniform j given those before it


def joined(of: Sequence[str], names: Sequence[str]) -> list[int]:
    """The numbers of the drivers that are joined, in the order of the market: all where none is named. Raises
    Invalid."""
    for one in of:
        if one not in names:
            raise Invalid(f"no factor with a driver is called {one!r}", nearest(one, names))
    if len(set(of)) < len(of):
        raise Invalid("a factor is named twice", "each once")
    if len(of) == 1:
        raise Invalid(f"only {of[0]} is named", "two factors or more")
    return [j for j, name in enumerate(names) if not of or name in of]


def conditional_scores(
    writer: Writer, draws: Draws, of: Sequence[str], survival: bool, begin: Callable[[int], Given]
) -> list[int]:
    """Scores of all drivers: the joined ones by `begin(register of the first uniform)`, the others by themselves.

    `survival` turns the copula round (u → 1 − u for every uniform), so that its lower tail becomes the upper one.
    """
    scores, members = draws.own(), joined(of, draws.names)
    if len(members) < 2:
        return scores
    uniforms = draws.uniforms()
    turned = [_turned(writer, uniforms + j) if survival else uniforms + j for j in members]
    given = begin(turned[0])
    held = writer.register(count=len(members) - 1)
    for k, register in enumerate(turned[1:]):
        u = given(register, k + 1)
        u = _turned(writer, u) if survival else u
        writer.emit(Op.CLIP, held + k, u, params=[0.0, NEAR_ZERO, NEAR_ONE])
    first = writer.emit(Op.SCORES, writer.register(count=len(members) - 1), held, len(members) - 1)
    for k, j in enumerate(members[1:]):
        scores[j] = first + k
    return scores


def _turned(writer: Writer, u: int) -> int:
    return writer.make(Op.AFFINE, u, params=[1.0, -1.0])
