"""Convertible notes on a date: what converts, and what is put."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tranche.deal.formula import Call, Name
from tranche.program import Op

from .context import Context, DebtRegisters
from .expressions import lower_formula, memory
from .instalments import maturity_index
from .values import INFINITE, ONE, ZERO, Constant, Value, series


def lower(context: Context, debt: DebtRegisters, owed: Value) -> Value:
    """Converts what its holder converts; what of the balance is owed in cash then, where `owed` is by its schedule."""
    emitter, terms, name = context.emitter, debt.terms.conversion, debt.terms.name
    assert terms is not None
    decides = series(_decides(debt, context.dates.dates))
    parity = lower_formula(context, terms.parity)
    above = emitter.compute(Op.LE, ONE, parity, name="converts")
    converts = emitter.compute(Op.AND, decides, above, name="converts")
    if terms.forced is not None:
        first = terms.forced_from or context.dates.closing
        may = series([float(day >= first) for day in context.dates.dates])
        called = emitter.compute(Op.AND, may, emitter.compute(Op.LE, Constant(terms.forced), parity), name="is called")
        converts = emitter.compute(Op.OR, converts, called, name="converts")
    open_ = emitter.compute(Op.NOT, memory(context, Call("prev", (Name("status.default"),))))
    converts = emitter.compute(Op.AND, converts, open_, name="converts")
    exercised = emitter.state(f"{name} is due in cash")
    still = emitter.compute(Op.NOT, emitter.frozen(exercised), name="is not due yet")
    converts = emitter.compute(Op.AND, converts, still, name="converts")
    now = emitter.compute(Op.AND, decides, emitter.compute(Op.NOT, converts), name="is due in cash now")
    emitter.emit(Op.COPY, exercised, emitter.compute(Op.OR, exercised, now, name="is due in cash"))
    amount = emitter.compute(Op.SELECT, converts, emitter.frozen(debt.balance), ZERO, name="converted")
    context.flow(name, "converted", emitter.compute(Op.MUL, amount, parity, name="value of the shares"))
    emitter.emit(Op.SUB, debt.balance, debt.balance, amount)
    return emitter.compute(Op.SELECT, exercised, INFINITE, owed, name="owed")


def _decides(debt: DebtRegisters, dates: Sequence[dt.date]) -> list[float]:
    """1 on the dates on which the holder converts or is due cash: of its puts, and of maturity."""
    assert debt.terms.conversion is not None
    found = [0.0] * len(dates)
    for day in debt.terms.conversion.puts:
        if day <= dates[-1]:
            found[maturity_index(dates, day)] = 1.0
    found[maturity_index(dates, debt.terms.maturity)] = 1.0
    return found
