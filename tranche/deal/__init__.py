"""Floor 2. The term sheet as frozen classes, and the formula language."""

from .account import Account
from .amortisation import Amortisation
from .borrowing_base import BorrowingBase, BorrowingClass, Concentration
from .coupon import Coupon, Lag, Margin
from .deal import Deal, Source
from .debt import Debt
from .draws import Draws
from .equity_cure import EquityCure
from .expect import Expect, Expectation
from .extension import Extension
from .fee import Fee
from .formula import Formula
from .interest import AvailableFundsCap, LateInterest, Pik
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
    "AvailableFundsCap",
    "BorrowingBase",
    "BorrowingClass",
    "Concentration",
    "Coupon",
    "CoverageTest",
    "Deal",
    "Debt",
    "Draws",
    "EquityCure",
    "Expect",
    "Expectation",
    "Extension",
    "Fee",
    "Formula",
    "Lag",
    "LateInterest",
    "LevelSchedule",
    "Margin",
    "Pik",
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
