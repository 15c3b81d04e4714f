"""The term sheet: immutable, validated, knows nothing of numpy or of how it is run."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import attrs

from tranche.collateral.names import names_of
from tranche.collateral.terms import Collateral, Collections, Fleet, Miner
from tranche.errors import DealError, Invalid, Place, Problem
from tranche.market.terms import Market
from tranche.terms.money import currency_code

from . import validators as v
from .account import Account
from .borrowing_base import BorrowingBase
from .check import SUPPORT, Parts, check_formulas, name_problems, part_problems
from .clean_up import CleanUpCall
from .debt import Debt
from .expect import Expect
from .facility import Facility
from .fee import Fee
from .formula import Formula
from .frozen_map import FrozenMap
from .guarantee import Guarantee
from .hedge import Cap, Hedge, Swap
from .ledger import Ledger
from .names import check_deal_name
from .override import overridden
from .residual import Residual
from .schedule import Schedule
from .series import Series
from .status import StatusRules
from .step import Waterfalls
from .test import CoverageTest


@attrs.frozen
class Source:
    """Where a deal came from: the file and the line of each path inside it (`waterfall.performing[3].pay` → 41), and
    the file and line of what it includes from others (`market.factors.btc` → ("markets/base.yaml", 12))."""

    file: str = ""
    lines: Mapping[str, int] = attrs.field(default=FrozenMap[int](), converter=FrozenMap[int])
    included: Mapping[str, tuple[str, int]] = attrs.field(
        default=FrozenMap[tuple[str, int]](), converter=FrozenMap[tuple[str, int]]
    )

    def place(self, path: str) -> Place:
        """The place of `path`, or of its nearest ancestor that has a line.

        A file that writes its waterfall as a plain list reads `waterfall[3]` where the deal has
        `waterfall.performing[3]`.
        """
        if path.startswith("waterfall.performing") and "waterfall[0]" in self.lines:
            path = path.replace("waterfall.performing", "waterfall", 1)
        probe = path
        while probe and probe not in self.lines and probe not in self.included:
            cut = max(probe.rfind("."), probe.rfind("["))
            probe = probe[:cut] if cut > 0 else ""
        if probe not in self.lines and probe in self.included:
            return Place(path, *self.included[probe])
        return Place(path=path, file=self.file, line=self.lines.get(probe, 0))


def _amount(money: float) -> str:
    return f"{money:,.0f}" if money == round(money) else f"{money:,.2f}"


def _named(instance: Any, attribute: Any, value: Any) -> None:
    v.text(instance, attribute, value)
    if not value.strip():
        raise Invalid("name is empty", "give the deal a name")
    check_deal_name(value)


def _currency(instance: Any, attribute: Any, value: Any) -> None:
    currency_code(value)


def _frozen(value: Any) -> Any:
    return FrozenMap(value) if isinstance(value, Mapping) else value


def _definitions(instance: Any, attribute: Any, value: Any) -> None:
    v.instance_of(FrozenMap)(instance, attribute, value)
    check_formulas(value)


def _reasons(instance: Any, attribute: Any, value: Any) -> None:
    v.instance_of(FrozenMap)(instance, attribute, value)
    for path, reason in value.items():
        if not isinstance(path, str) or not isinstance(reason, str) or not reason.strip():
            fix = "say why, such as tests.cover: shown to investors, acted on by nobody"
            raise Invalid(f"accept.{path} gives no reason", fix)


# rules of a well-made deal that a deal may break on purpose: `tranche.testing.invariants` has their words
ACCEPTABLE = tuple(f"invariants.{name}" for name in ("residual_waits", "excess_waits", "distributions_rise_with_cash"))


@attrs.frozen(kw_only=True)
class Deal:
    """A structured-finance deal as its term sheet states it. Money in `currency`, rates as decimals per annum.

    `accept`: warnings that the deal means, by the path that they are told at, and rules of ACCEPTABLE that it breaks on
    purpose, each with the reason (`tranche check`, `tranche.testing`).

    A field that is wrong by itself raises Invalid; what does not fit between fields raises one DealError with
    everything that is wrong.
    """

    name: str = attrs.field(validator=_named)
    schedule: Schedule = attrs.field(validator=v.instance_of(Schedule))
    tranches: tuple[Debt | Residual, ...] = attrs.field(
        converter=v.as_tuple, validator=v.each(v.instance_of(Debt, Residual), at_least=1)
    )
    waterfall: Waterfalls = attrs.field(validator=v.instance_of(Waterfalls))
    collateral: Collateral = attrs.field(validator=v.instance_of(Collections, Fleet, Miner))
    market: Market = attrs.field(default=Market(), validator=v.instance_of(Market))
    currency: str = attrs.field(default="USD", validator=_currency)
    description: str = attrs.field(default="", validator=v.text)
    definitions: Mapping[str, Formula] = attrs.field(factory=FrozenMap, converter=_frozen, validator=_definitions)
    series: tuple[Series, ...] = attrs.field(
        default=(), converter=v.as_tuple, validator=v.each(v.instance_of(Series))
    )
    fees: tuple[Fee, ...] = attrs.field(default=(), converter=v.as_tuple, validator=v.each(v.instance_of(Fee)))
    accounts: tuple[Account, ...] = attrs.field(
        default=(), converter=v.as_tuple, validator=v.each(v.instance_of(Account))
    )
    facilities: tuple[Facility, ...] = attrs.field(
        default=(), converter=v.as_tuple, validator=v.each(v.instance_of(Facility))
    )
    guarantees: tuple[Guarantee, ...] = attrs.field(
        default=(), converter=v.as_tuple, validator=v.each(v.instance_of(Guarantee))
    )
    hedges: tuple[Hedge, ...] = attrs.field(
        default=(), converter=v.as_tuple, validator=v.each(v.instance_of(Swap, Cap))
    )
    ledgers: tuple[Ledger, ...] = attrs.field(
        default=(), converter=v.as_tuple, validator=v.each(v.instance_of(Ledger))
    )
    tests: tuple[CoverageTest, ...] = attrs.field(
        default=(), converter=v.as_tuple, validator=v.each(v.instance_of(CoverageTest))
    )
    status: StatusRules | None = attrs.field(default=None, validator=v.optional(v.instance_of(StatusRules)))
    borrowing_base: BorrowingBase | None = attrs.field(
        default=None, validator=v.optional(v.instance_of(BorrowingBase))
    )
    clean_up: CleanUpCall | None = attrs.field(default=None, validator=v.optional(v.instance_of(CleanUpCall)))
    expect: Expect = attrs.field(default=Expect(), validator=v.instance_of(Expect))
    assumptions: tuple[str, ...] = attrs.field(default=(), converter=v.as_tuple, validator=v.each(v.text))
    accept: Mapping[str, str] = attrs.field(factory=FrozenMap, converter=_frozen, validator=_reasons)
    source: Source = attrs.field(default=Source(), eq=False, repr=False, validator=v.instance_of(Source))

    def __attrs_post_init__(self) -> None:
        named = ("series", "tranches", "fees", "accounts", *SUPPORT, "tests")
        names = {section: [item.name for item in getattr(self, section)] for section in named}
        parts = Parts(**{field.name: getattr(self, field.name) for field in attrs.fields(Parts)})
        named_parts = {**names, **names_of(self.collateral), "definitions": self.definitions}
        found = [*name_problems(named_parts), *part_problems(parts)]
        if found:
            raise DealError(attrs.evolve(one, place=self.source.place(one.place.path)) for one in found)

    @property
    def ranks(self) -> dict[str, int]:
        """The rank of every tranche, 1 the most senior; without ranks, the order of the file."""
        return {tranche.name: tranche.rank or k for k, tranche in enumerate(self.tranches, start=1)}

    @property
    def debts_by_rank(self) -> list[Debt]:
        """The debts, the most senior first; those of one rank in the order of the file."""
        order = self.ranks
        return sorted((t for t in self.tranches if isinstance(t, Debt)), key=lambda debt: order[debt.name])

    def _repr_html_(self) -> str:
        """The name and the classes of the deal, for notebooks; `tranche.dump` writes all of it."""
        rows = "".join(
            f"<tr><th>{escape(tranche.name)}</th><td>{_amount(tranche.notional)}</td></tr>"
            for tranche in self.tranches
        )
        life = f"{self.schedule.closing} to {self.schedule.maturity}"
        said = f"<p><b>{escape(self.name)}</b>: {life}, {escape(self.currency)}</p>"
        return f"{said}<table><tr><th>tranche</th><th>notional</th></tr>{rows}</table>"

    def with_(self, overrides: Mapping[str, Any]) -> Deal:
        """This deal with other terms, by dotted path: `deal.with_({"senior.coupon": "SOFR + 500bp"})`.

        A path begins with a section, or with the name of a tranche, fee, account, test or definition; steps are
        numbered (`waterfall.performing[3].share`). The value is what a file would write there, or the value itself.
        Raises DealError with every problem: an unknown name with its nearest candidates, what cannot be read, and what
        no longer fits the rest of the deal; UsageError: `overrides` is no mapping.
        """
        try:
            return attrs.evolve(self, **overridden(self, overrides))
        except Invalid as invalid:  # a field of Deal itself
            raise DealError(Problem(invalid.what, invalid.fix, Place(", ".join(overrides)))) from None
