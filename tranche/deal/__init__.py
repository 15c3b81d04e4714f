"""Floor 2. The term sheet as frozen classes, and the formula language."""

from .account import Account
from .deal import Deal, Source
from .expect import Expect, Expectation
from .formula import Formula
from .parse import parse_formula
from .schedule import Schedule
from .step import VERBS, Step, Waterfalls
from .test import CoverageTest
from .tranche import Amortisation, Coupon, Debt, Fee, Residual
from .write import format_expr

__all__ = [
    "VERBS", "Account", "Amortisation", "Coupon", "CoverageTest", "Deal", "Debt", "Expect", "Expectation", "Fee",
    "Formula", "Residual", "Schedule", "Source", "Step", "Waterfalls", "format_expr", "parse_formula",
]
