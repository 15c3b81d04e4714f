"""Floor 2. The term sheet as frozen classes, and the formula language."""

from .account import Account
from .amortisation import Amortisation
from .borrowing_base import BorrowingBase, BorrowingClass, Concentration
from .call_option import CallOption, MakeWhole
from .clean_up import CleanUpCall
from .coupon import Coupon, Lag, Margin
from .deal import Deal, Source
from .debt import Debt
from .draws import Draws
from .equity_cure import EquityCure
from .expect import Expect, Expectation
from .extension import Extension
from .facility import Facility
from .fee import Fee
from .formula import Formula
from .guarantee import Guarantee
from .hedge import Cap, Hedge, Swap, Termination
from .interest import AvailableFundsCap, LateInterest, Pik
from .ledger import Ledger
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
    "CallOption",
    "Cap",
    "CleanUpCall",
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
    "Facility",
    "Fee",
    "Formula",
    "Guarantee",
    "Hedge",
    "Lag",
    "LateInterest",
    "Ledger",
    "LevelSchedule",
    "MakeWhole",
    "Margin",
    "Pik",
    "Residual",
    "Revolving",
    "Schedule",
    "Series",
    "Source",
    "StatusRules",
    "Step",
    "Swap",
    "Termination",
    "Waterfalls",
    "format_expr",
    "parse_formula",
]
