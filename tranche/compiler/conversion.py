"""Convertible notes on a date: what converts, and what is put."""

from __future__ import annotations

import numpy as np

from tranche.deal.formula import Call, Name
from tranche.program import Op

from .context import Context, DebtRegisters
from .expressions import lower_formula, memory
from .instalments import maturity_index
from .values import INFINITE, ONE, ZERO, Constant, Value, series


def lower(context: Context, debt: DebtRegisters, matured: Value, owed: Value) -> Value:
    """Converts what its holder converts; what of the balance is owed in cash then. `matured`: 1 from maturity on."""
    emitter, terms, name = context.emitter, debt.terms.conversion, debt.terms.name
    assert terms is not None
    dates = context.dates.dates
    put = np.zeros(context.periods)
    put[[maturity_index(dates, day) for day in terms.puts if day <= dates[-1]]] = 1.0
    parity = lower_formula(context, terms.parity)
    above = emitter.compute(Op.LE, ONE, parity, name="converts")
    converts = emitter.compute(Op.AND, emitter.compute(Op.OR, matured, series(put)), above, name="converts")
    if terms.forced is not None:
        first = terms.forced_from or context.dates.closing
        may = series([float(day >= first) for day in dates])
        called = emitter.compute(Op.AND, may, emitter.compute(Op.LE, Constant(terms.forced), parity), name="is called")
        converts = emitter.compute(Op.OR, converts, called, name="converts")
    open_ = emitter.compute(Op.NOT, memory(context, Call("prev", (Name("status.default"),))))
    converts = emitter.compute(Op.AND, converts, open_, name="converts")
    if put.any():
        exercised = emitter.state(f"{name} is put")
        still = emitter.compute(Op.NOT, emitter.frozen(exercised), name="is not put")
        converts = emitter.compute(Op.AND, converts, still, name="converts")
        now = emitter.compute(Op.AND, series(put), emitter.compute(Op.NOT, converts), name="is put now")
        emitter.emit(Op.COPY, exercised, emitter.compute(Op.OR, exercised, now, name="is put"))
        owed = emitter.compute(Op.SELECT, exercised, INFINITE, owed, name="owed")
    amount = emitter.compute(Op.SELECT, converts, emitter.frozen(debt.balance), ZERO, name="converted")
    context.flow(name, "converted", emitter.compute(Op.MUL, amount, parity, name="value of the shares"))
    emitter.emit(Op.SUB, debt.balance, debt.balance, amount)
    return owed
