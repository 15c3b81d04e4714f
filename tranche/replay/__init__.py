"""Floor 0. Deals that differ in their figures only: what the compiler does with the figures of one is recorded, and
done again with those of another. Nothing else than its own figures decides a Program made so: every comparison that led
somewhere has to come out as it did, or the deal is compiled.

text → Spelled (form, numbers) → marked numbers → the compiler, its figures on a Tape → Template: numbers → Program
"""

from .figure import Figure, called, decimal_of, figure_of, holds_figure, is_followed, number_key, refuse_mark
from .row import Row, vector
from .spelling import MOST_FOLLOWED, Spelled, can_be_followed, digits_of, marked
from .tape import Escaped, Tape, recorded, recording
from .template import Template, noted, table

__all__ = [
    "MOST_FOLLOWED", "Escaped", "Figure", "Row", "Spelled", "Tape", "Template", "called", "can_be_followed",
    "decimal_of", "digits_of", "figure_of", "holds_figure", "is_followed", "marked", "noted", "number_key", "recorded",
    "recording", "refuse_mark", "table", "vector",
]  # fmt: skip
