"""Floor 0. Deals that differ in their figures only: what the compiler does with the figures of one is recorded, and
done again with those of another. Nothing else than its own figures decides a Program made so: every comparison that led
somewhere has to come out as it did, or the deal is compiled.

text → Spelled (form, numbers) → marked numbers → the compiler, its figures on a Tape → Template: numbers → Program

A loan, compiled while its coupon is followed:

>>> from tranche.compiler import compile_deal
>>> from tranche.files import loads
>>> text = '''
... format: 1
... name: A loan
... schedule: {closing: 2026-01-01, maturity: 2028-01-01, frequency: annual}
... collateral: {collections: {amounts: [20, 120]}}
... tranches: {loan: {notional: 100, coupon: 6.5%}}
... waterfall: [{pay: loan.interest}, {pay: loan.principal}]
... '''
>>> spelled = Spelled.of(text)
>>> marks = marked(spelled, followed=[spelled.numbers.index("6.5")])
>>> marks.values()
dict_values(['6.5000000000000000000000'])
>>> tape = Tape({digits_of(mark): k for k, mark in marks.items()})
>>> with recorded(tape):
...     program = compile_deal(loads(spelled.text(marks)))
>>> template = Template.of(tape, program, marks)

Another coupon is played, and what comes is what the compiler makes. With none, no interest falls due, which the
compiler asked of the coupon: another Program, so that nothing is played.

>>> other = text.replace("6.5%", "7.25%")
>>> template.program_of(Spelled.of(other)).hash == compile_deal(loads(other)).hash
True
>>> template.program_of(Spelled.of(text.replace("6.5%", "0%"))) is None
True
"""

from .figure import Figure, called, decimal_of, holds_figure, number_key
from .reading import figure_of, is_followed, refuse_mark
from .row import Row, vector
from .spelling import MOST_FOLLOWED, Spelled, can_be_followed, digits_of, marked
from .tape import Escaped, Tape, recorded, recording
from .template import Template, noted, table

__all__ = [
    "MOST_FOLLOWED", "Escaped", "Figure", "Row", "Spelled", "Tape", "Template", "called", "can_be_followed",
    "decimal_of", "digits_of", "figure_of", "holds_figure", "is_followed", "marked", "noted", "number_key", "recorded",
    "recording", "refuse_mark", "table", "vector",
]  # fmt: skip
