"""What lowering knows while it runs: the emitter, the dates, and the registers of every class of the deal."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.deal import Account, Deal, Debt, Fee, Residual
from tranche.deal.formula import Expr, Formula
from tranche.program import Claim, Record
from tranche.terms.dates import PaymentDates

from .emitter import Emitter
from .values import Lane, Value


@attrs.frozen
class DebtRegisters:
    """`interest`, `principal`: what is still unpaid of this date's dues. `rate` per annum, `accrual` per period."""

    terms: Debt
    rank: int
    balance: Lane
    interest: Lane
    principal: Lane
    rate: Value
    accrual: Value


@attrs.frozen
class FeeRegisters:
    terms: Fee
    unpaid: Lane


@attrs.frozen
class AccountRegisters:
    terms: Account
    balance: Lane


@attrs.frozen
class Named:
    """A record while its register is still virtual: see `program.Record`."""

    owner: str
    field: str
    register: Lane
    flow: bool
    side: int = 0


@attrs.define
class Context:
    """Built in stages by `lower`; later stages read what earlier ones put in."""

    deal: Deal
    dates: PaymentDates
    emitter: Emitter
    fractions: NDArray[np.float64]  # [T], year fractions of the periods by the deal's day count
    cash: Lane
    records: list[Named] = attrs.field(factory=list)
    claims: list[Claim] = attrs.field(factory=list)
    debts: dict[str, DebtRegisters] = attrs.field(factory=dict)
    fees: dict[str, FeeRegisters] = attrs.field(factory=dict)
    accounts: dict[str, AccountRegisters] = attrs.field(factory=dict)
    residuals: dict[str, Residual] = attrs.field(factory=dict)
    names: dict[str, Callable[[], Value]] = attrs.field(factory=dict)  # the symbol table, each name lowered when read
    kept: list[tuple[Lane, Expr]] = attrs.field(factory=list)  # memories, and what each takes over at the close
    residuals_wait: Formula | None = None  # a condition without which residuals get nothing now
    later: set[str] = attrs.field(factory=set)  # names that are read once payments have begun

    @property
    def periods(self) -> int:
        return len(self.dates.dates)

    def record(self, owner: str, field: str, register: Lane, flow: bool, side: int = 0) -> int:
        """The number of the record `owner.field`, made when it is first asked for."""
        for k, known in enumerate(self.records):
            if (known.owner, known.field) == (owner, field):
                return k
        self.records.append(Named(owner, field, register, flow, side))
        return len(self.records) - 1

    def total(self, owner: str, field: str, side: int = 0) -> tuple[Lane, int]:
        """The register that totals a flow, and the number of its record. `side`: see `program.Record`; a flow is
        asked for with the same side everywhere."""
        for k, known in enumerate(self.records):
            if (known.owner, known.field) == (owner, field):
                assert known.side == side, f"{owner}.{field} has two sides"
                return known.register, k
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
