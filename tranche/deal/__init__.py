"""Floor 2. The term sheet as frozen classes, and the formula language."""

from .account import Account
from .amortisation import Amortisation
from .coupon import Coupon
from .deal import Deal, Source
from .debt import Debt
from .equity_cure import EquityCure
from .expect import Expect, Expectation
from .fee import Fee
from .formula import Formula
from .level_schedule import LevelSchedule
from .parse import parse_formula
from .residual import Residual
from .schedule import Schedule
from .series import Series
from .status import Revolving, StatusRules
from .step import VERBS, Step, Waterfalls
from .test import CoverageTest
from .write import format_expr

__all__ = [
    "VERBS",
    "Account",
    "Amortisation",
    "Coupon",
    "CoverageTest",
    "Deal",
    "Debt",
    "EquityCure",
    "Expect",
    "Expectation",
    "Fee",
    "Formula",
    "LevelSchedule",
    "Residual",
    "Revolving",
    "Schedule",
    "Series",
    "Source",
    "StatusRules",
    "Step",
    "Waterfalls",
    "format_expr",
    "parse_formula",
]
