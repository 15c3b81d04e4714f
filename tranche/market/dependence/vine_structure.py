"""What makes pairs a regular vine, and the order in which its drivers are drawn.

Bedford & Cooke, Annals of Statistics 30 (2002). Tree 1 joins drivers; tree k + 1 joins pairs of tree k that share a
member of tree k, `a ~ b | D` from the pairs of D ∪ {a} and D ∪ {b}. Later trees that are left out are independent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import attrs

from tranche.errors import Invalid, nearest

from .pair_copula import PairCopula

MOST_SUGGESTED = 6
MOST_DRIVERS = 100  # whose pairs are some 5,000

Ends = tuple[frozenset[str], frozenset[str]]  # the two ends of a pair, and what is given


@attrs.frozen(kw_only=True)
class VinePair:
    """The copula of `first` and `second` given the drivers `given`."""

    first: str
    second: str
    given: tuple[str, ...] = ()
    copula: PairCopula

    @property
    def label(self) -> str:
        """`rent ~ eth | btc`, as a market file writes it."""
        return f"{self.first} ~ {self.second}" + (f" | {', '.join(self.given)}" if self.given else "")

    @property
    def ends(self) -> tuple[str, str]:
        return self.first, self.second

    @property
    def members(self) -> frozenset[str]:
        """All that it speaks of."""
        return frozenset((self.first, self.second, *self.given))


Found = tuple[VinePair | None, str, str]  # the pair (None: the whole), what is wrong, what would be right


def structure_problems(pairs: Sequence[VinePair], names: Sequence[str]) -> list[Found]:
    """Everything that keeps `pairs` from being a regular vine of drivers among `names`."""
    found = list(_pair_problems(pairs, names))
    return found or list(_tree_problems(pairs))


def sampling_order(pairs: Sequence[VinePair], names: Sequence[str]) -> list[str]:
    """The drivers of the vine in an order in which each can be drawn given those before it: that of `names` as far as
    the vine allows, and always the earliest of them first.

    From the last to the first: a driver that no pair is conditioned on hangs on one pair of every tree. There are two
    at least, so that the earliest is never one that has to go. Raises Invalid: no regular vine.
    """
    for _, what, fix in structure_problems(pairs, names):
        raise Invalid(what, fix)
    left = list(pairs)
    waiting = [name for name in names if any(name in pair.ends for pair in pairs)]
    order: list[str] = []
    while len(waiting) > 1:
        trees = max(len(pair.given) for pair in left) + 1
        last = next(
            name
            for name in reversed(waiting[1:])
            if not any(name in pair.given for pair in left) and sum(name in pair.ends for pair in left) == trees
        )
        waiting.remove(last)
        order.append(last)
        left = [pair for pair in left if last not in pair.ends]
    return [*waiting, *reversed(order)]


def _pair_problems(pairs: Sequence[VinePair], names: Sequence[str]) -> Iterator[Found]:
    if not pairs:
        yield None, "the vine has no pairs", "such as rent ~ btc: {clayton: 2}"
    named = {name for pair in pairs for name in pair.members}
    if len(named) > MOST_DRIVERS:
        yield None, f"a vine of {len(named):,} factors", f"at most {MOST_DRIVERS}; a gaussian or t copula has no bound"
        return
    seen: dict[tuple[frozenset[str], frozenset[str]], VinePair] = {}
    for pair in pairs:
        mentioned = (*pair.ends, *pair.given)
        for name in mentioned:
            if name not in names:
                yield pair, f"unknown factor {name!r}", nearest(name, names)
        if len(pair.members) < len(mentioned):
            yield pair, f"{pair.label} names a factor twice", "each once"
        same = (frozenset(pair.ends), frozenset(pair.given))
        if same in seen:
            yield pair, f"the pair {pair.label} is given twice", "keep one"
        seen[same] = pair


def _tree_problems(pairs: Sequence[VinePair]) -> Iterator[Found]:
    """Tree by tree, until one is wrong: the next hangs on it."""
    nodes = [frozenset((name,)) for name in dict.fromkeys(name for pair in pairs for name in pair.ends)]
    below: dict[frozenset[str], VinePair] = {}
    for level in range(max(len(pair.given) for pair in pairs) + 1):
        tree = [pair for pair in pairs if len(pair.given) == level]
        allowed = _allowed(nodes, below) if level else []
        found = list(_unjoined(tree, level, allowed) or _circles(tree, level, nodes))
        if not found and len(tree) != len(nodes) - 1:
            made = f"{len(nodes)} factors" if level == 0 else f"{len(nodes)} pairs of tree {level}"
            what = f"tree {level + 1} has {_pairs(len(tree))} for {made}"
            stated = {(frozenset(pair.ends), frozenset(pair.given)) for pair in tree}
            others = [_label(*one) for one in allowed if one not in stated][:MOST_SUGGESTED]
            found = [(None, what, f"{_pairs(len(nodes) - 1)}{'; it may have ' if others else ''}{', '.join(others)}")]
        yield from found
        if found:
            return
        below = {pair.members: pair for pair in tree}
        nodes = list(below)


def _unjoined(tree: Sequence[VinePair], level: int, allowed: Sequence[Ends]) -> list[Found]:
    """Pairs that join no two of the tree below."""
    known = set(allowed)
    return [
        (
            pair,
            f"{pair.label} joins no two pairs of tree {level} that share a member",
            nearest(pair.label, [_label(*one) for one in allowed]),
        )
        for pair in tree
        if level and (frozenset(pair.ends), frozenset(pair.given)) not in known
    ]


def _circles(tree: Sequence[VinePair], level: int, nodes: Sequence[frozenset[str]]) -> list[Found]:
    """Pairs that join what others of the tree have joined already."""
    found: list[Found] = []
    part = {node: node for node in nodes}
    for pair in tree:
        one, other = (part[frozenset((*pair.given, name))] for name in pair.ends)
        if one == other:
            found.append((pair, f"{pair.label} closes a circle in tree {level + 1}", "leave out a pair of the circle"))
        part = {node: one if at == other else at for node, at in part.items()}
    return found


def _allowed(nodes: Sequence[frozenset[str]], below: Mapping[frozenset[str], VinePair]) -> list[Ends]:
    """What a pair of the tree above may join: the ends of two nodes that share a member, given what they share."""
    found: list[Ends] = []
    for one, other in combinations(nodes, 2):
        given = one & other
        ends = one ^ other
        if len(ends) == 2 and one - given <= set(below[one].ends) and other - given <= set(below[other].ends):
            found.append((ends, given))
    return found


def _label(ends: frozenset[str], given: frozenset[str]) -> str:
    return f"{' ~ '.join(sorted(ends))} | {', '.join(sorted(given))}"


def _pairs(count: int) -> str:
    return f"{count} pair{'' if count == 1 else 's'}"
