"""How the drivers of a period hang together. A copula moves no marginal law and no bit of the first driver."""

from .clayton import Clayton
from .frank import Frank
from .gaussian import Gaussian
from .gumbel import Gumbel
from .independent import Independent
from .pair_copula import PairCopula
from .regime import Regime
from .stress_link import StressLink
from .student import Student
from .vine import Vine
from .vine_structure import VinePair

Static = Independent | Gaussian | Student | Clayton | Gumbel | Frank | Vine
Dependence = Static | Regime | StressLink

__all__ = [
    "NAMES",
    "Clayton",
    "Dependence",
    "Frank",
    "Gaussian",
    "Gumbel",
    "Independent",
    "PairCopula",
    "Regime",
    "Static",
    "StressLink",
    "Student",
    "Vine",
    "VinePair",
]  # fmt: skip

NAMES: dict[type, str] = {
    Gaussian: "gaussian", Student: "t", Clayton: "clayton", Gumbel: "gumbel", Frank: "frank", Vine: "vine",
    Regime: "regime", StressLink: "stress_link",
}  # fmt: skip
"""What a market file calls each; `independent` has no terms."""
