"""What lowering knows while it runs: the emitter, the dates, and the registers of every class of the deal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import attrs

from tranche.collateral.treasury import Treasury
from tranche.deal import Account, Deal, Debt, Facility, Fee, Guarantee, Hedge, Residual
from tranche.deal.formula import Expr, Formula
from tranche.program import Claim, Op, Record
from tranche.terms.dates import PaymentDates
from tranche.terms.daycounts import year_fraction

from .emitter import Emitter
from .values import ZERO, Lane, Value


@attrs.define
class DebtRegisters:
    """`interest`, `principal`, `other`: what is still unpaid of this date's dues. `rate` per annum, `accrual` per
    period: of a coupon that is not known in advance, once its interest has accrued; then also `base`, what interest
    accrues on, and `in_cash`, what of `accrual` is not paid in kind. The rest only of debts that have it: interest to
    be capitalised at the close, the commitment that is left, what was written down, 1 once it has been called and the
    prices of a call by date (None: it has none), 1 for each extension that was taken."""

    terms: Debt
    balance: Lane
    interest: Lane
    principal: Lane
    rate: Value = ZERO
    accrual: Value = ZERO
    base: Value = ZERO
    in_cash: Value = ZERO
    prices: list[float | None] = attrs.field(factory=list)
    other: dict[str, Lane] = attrs.field(factory=dict)
    pik: Lane | None = None
    undrawn: Lane | None = None
    written: Lane | None = None
    called: Lane | None = None
    extended: list[Lane] = attrs.field(factory=list)

    def unpaid(self, part: str) -> Lane:
        """What is still unpaid of one of `Debt.dues`."""
        own = {"interest": self.interest, "principal": self.principal}
        return own.get(part) or self.other[part]


@attrs.frozen
class FeeRegisters:
    """`excess`: what is unpaid above the cap; `billed`: what fell due below it, where a year's payments count."""

    terms: Fee
    unpaid: Lane
    excess: Lane | None = None
    billed: Lane | None = None


@attrs.frozen
class Due:
    """What `pay` can pay and `draw … for` can cover: how much of it is `unpaid`, and under which record it is paid.
    Paying principal reduces the `balance` too; a payment `to` an account stays in the deal."""

    unpaid: Lane
    owner: str
    field: str
    balance: Lane | None = None
    to: str | None = None  # where what is paid goes, when it stays in the deal


@attrs.frozen
class HedgeRegisters:
    """`live`: 1 until it is terminated, where it can be."""

    terms: Hedge
    live: Lane | None


@attrs.frozen
class Credit:
    """Money from outside that `draw` brings in: how much is `drawn`, what of it is `owed` back (the same register where
    what is repaid can be drawn again), and the records of draws and of what `repay` gives back."""

    terms: Facility | Guarantee
    drawn: Lane
    owed: Lane
    field: str
    repaid: str


@attrs.frozen
class AccountRegisters:
    terms: Account
    balance: Lane


@attrs.frozen
class TreasuryRegisters:
    """Coins, not money: those free of any pledge and those that are `pledged` (ZERO without a pledge)."""

    terms: Treasury
    free: Lane
    pledged: Value


@attrs.frozen
class Named:
    """A record while its register is still virtual: see `program.Record`."""

    owner: str
    field: str
    register: Lane
    flow: bool
    side: int = 0


@attrs.frozen
class Scheduled:
    """What of a debt's principal was `due` by its schedule before all of it, the `whole`, fell due in a default; what
    had been `written` down then."""

    default: Value
    due: Value
    whole: Value
    written: Value


@attrs.define
class Context:
    """Built in stages by `lower`; later stages read what earlier ones put in."""

    deal: Deal
    dates: PaymentDates
    emitter: Emitter
    cash: Lane
    records: list[Named] = attrs.field(factory=list)
    claims: list[Claim] = attrs.field(factory=list)
    debts: dict[str, DebtRegisters] = attrs.field(factory=dict)
    fees: dict[str, FeeRegisters] = attrs.field(factory=dict)
    accounts: dict[str, AccountRegisters] = attrs.field(factory=dict)
    treasuries: dict[str, TreasuryRegisters] = attrs.field(factory=dict)
    residuals: dict[str, Residual] = attrs.field(factory=dict)
    credits: dict[str, Credit] = attrs.field(factory=dict)
    hedges: dict[str, HedgeRegisters] = attrs.field(factory=dict)
    dues: dict[str, Due] = attrs.field(factory=dict)  # by the name that steps give them
    names: dict[str, Callable[[], Value]] = attrs.field(factory=dict)  # the symbol table, each name lowered when read
    kept: list[tuple[Lane, Expr]] = attrs.field(factory=list)  # memories, and what each takes over at the close
    cleaned_up: Lane | None = None  # 1 from the clean-up call on
    cleaned_up_now: Value = ZERO  # 1 on its date
    residuals_wait: Formula | None = None  # a condition without which residuals get nothing now
    unpaid_rows: dict[str, Lane] = attrs.field(factory=dict)  # due -> dates in a row on which it was left unpaid
    accelerated: dict[str, Value] = attrs.field(factory=dict)  # debts whose whole balance can fall due, and when
    scheduled: dict[str, Scheduled] = attrs.field(factory=dict)  # of debts whose arrears acceleration would hide
    fixings: dict[str, list[Lane]] = attrs.field(factory=dict)  # factor → its values 0, 1, … dates before the period
    later: set[str] = attrs.field(factory=set)  # names that are read once payments have begun
    _numbers: dict[tuple[str, str], int] = attrs.field(factory=dict)  # owner and field of a record → its number
    fractions: list[float] = attrs.field(init=False)  # [T], year fractions of the periods by the deal's day count

    def __attrs_post_init__(self) -> None:
        self.fractions = self.year_fractions(None)

    @property
    def periods(self) -> int:
        return len(self.dates.dates)

    def define(self, name: str, value: Value) -> None:
        """Put a name into the symbol table whose value does not change within a period."""
        self.names[name] = lambda: value

    def sum(self, parts: Sequence[Value], name: str) -> Value:
        """The parts added up in their order; what depends on the period alone first, in one number."""
        total: Value = ZERO
        for part in sorted(parts, key=lambda part: isinstance(part, Lane)):
            total = self.emitter.compute(Op.ADD, total, part, name=name)
        return total

    def flow(self, owner: str, field: str, amount: Value, side: int = 0) -> None:
        """Record what `amount` moves in this period."""
        total, record = self.total(owner, field, side)
        self.emitter.emit(Op.SHORTFALL, total, amount, ZERO, record=record)

    def receive(self, owner: str, field: str, amount: Value, to: str) -> None:
        """Cash from outside comes into an account, which records it too: not the collection account, and not one that
        is itself the owner of what comes in."""
        total, record = self.total(owner, field, side=1)
        self.emitter.emit(Op.RECEIVE, self.account(to), amount, total, record=record)
        if to not in ("cash", owner):
            self.flow(to, "funded", amount)

    def stock(self, owner: str, field: str, level: Value) -> None:
        """Record a level of this period that is no register of its own."""
        kept = self.emitter.state(f"{owner}.{field}")
        self.emitter.emit(Op.COPY, kept, level)
        self.emitter.emit(Op.RECORD, kept, record=self.record(owner, field, kept, flow=False))

    def year_fractions(self, day_count: str | None, until: dt.date | None = None) -> list[float]:
        """The year fraction of each period, or of its part up to `until`; by the deal's day count when that is None."""
        name = day_count or self.deal.schedule.day_count
        periods = list(zip(self.dates.starts, self.dates.dates, strict=True))
        if until is not None:
            periods = [(start, min(end, until)) for start, end in periods]
        return [year_fraction(name, start, end) if start < end else 0.0 for start, end in periods]

    def writes_down(self, debt: str) -> bool:
        """Whether a step can write the debt down or up."""
        verbs = ("write_down", "write_up")
        return any(step.verb in verbs and debt in step.targets for step in self.deal.waterfall.steps)

    def record(self, owner: str, field: str, register: Lane, flow: bool, side: int = 0) -> int:
        """The number of the record `owner.field`, made when it is first asked for."""
        number = self._numbers.setdefault((owner, field), len(self.records))
        if number == len(self.records):
            self.records.append(Named(owner, field, register, flow, side))
        return number

    def total(self, owner: str, field: str, side: int = 0) -> tuple[Lane, int]:
        """The register that totals a flow, and the number of its record. No instruction may read it: it begins anew on
        each date where flows are kept. `side`: see `program.Record`; a flow is asked for with the same side
        everywhere."""
        number = self._numbers.get((owner, field))
        if number is not None:
            known = self.records[number]
            assert known.side == side, f"{owner}.{field} has two sides"
            return known.register, number
        register = self.emitter.state(f"{owner}.{field} (total)")
        return register, self.record(owner, field, register, flow=True, side=side)

    def packed_records(self, numbers: dict[int, int]) -> tuple[Record, ...]:
        return tuple(
            Record(named.owner, named.field, numbers[named.register.register], named.flow, named.side)
            for named in self.records
        )

    def account(self, name: str) -> Lane:
        """The balance of an account; `cash` is the collection account."""
        return self.cash if name == "cash" else self.accounts[name].balance
