"""What the numbers of a Program stand for: registers, records, claims, steps."""

from __future__ import annotations

import enum

import attrs


class Kind(enum.StrEnum):
    """What a register is, in the order in which the register file is laid out."""

    CONSTANT = "constant"
    SERIES = "series"  # one value per period, the same for every path
    INPUT = "input"  # one value per period and path, from a source
    STATE = "state"  # kept from period to period
    TEMP = "temp"


FIXED = (Kind.CONSTANT, Kind.SERIES)  # the same for every path


@attrs.frozen
class Register:
    """`initial` is what every lane holds when a block starts (constants: always)."""

    name: str
    kind: Kind
    initial: float = 0.0


def constant(value: float) -> Register:
    """The register of a constant, which is named after it."""
    return Register(f"{value:.12g}", Kind.CONSTANT, value)


@attrs.frozen
class Record:
    """A reported quantity `owner.field` held in `register`. `flow`: a total that starts at 0 each path and only grows
    within it; `stock`: a level, summed by RECORD at the close of each period. `side` of a flow: +1 brings cash into
    the deal, −1 takes it out, 0 moves none across its border (a transfer between accounts, a count)."""

    owner: str
    field: str
    register: int
    flow: bool
    side: int = 0

    @property
    def name(self) -> str:
        return f"{self.owner}.{self.field}"


@attrs.frozen
class Claim:
    """What the measures need to know of a class. `kind`: collateral, fee, debt, residual, account, test, status."""

    name: str
    kind: str
    notional: float = 0.0
    rank: int = 0
    paid: float | None = None

    @property
    def invested(self) -> float:
        """What its holders paid for it at closing: the notional, unless `paid` says otherwise."""
        return self.notional if self.paid is None else self.paid


@attrs.frozen
class Step:
    """Where instructions `first` ≤ k < `last` come from: a path in the deal and words for people.

    What the deal says there, as data for who describes the Program: in a waterfall the `status` whose list it stands
    in; there and of a call the `verb`, its `targets` and how they share (`group`), the accounts it goes `source` →
    `to`, the dues that a draw is for (`cover`); and everywhere `details`, (key of the deal file, words).
    It decides no figure and is left out of the hash.
    """

    path: str
    text: str
    first: int
    last: int
    verb: str = ""
    targets: tuple[str, ...] = ()
    group: str = ""
    source: str = ""
    to: str = ""
    cover: tuple[str, ...] = ()
    status: str = ""
    details: tuple[tuple[str, str], ...] = ()
