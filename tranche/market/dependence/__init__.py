"""How the drivers of a period hang together. A copula moves no marginal law and no bit of the first driver."""

from .clayton import Clayton
from .frank import Frank
from .gaussian import Gaussian
from .gumbel import Gumbel
from .independent import Independent
from .regime import Regime
from .stress_link import StressLink
from .student import Student

Static = Independent | Gaussian | Student | Clayton | Gumbel | Frank
Dependence = Static | Regime | StressLink

__all__ = [
    "NAMES",
    "Clayton",
    "Dependence",
    "Frank",
    "Gaussian",
    "Gumbel",
    "Independent",
    "Regime",
    "Static",
    "StressLink",
    "Student",
]  # fmt: skip

NAMES: dict[type, str] = {
    Gaussian: "gaussian", Student: "t", Clayton: "clayton", Gumbel: "gumbel", Frank: "frank", Regime: "regime",
    StressLink: "stress_link",
}  # fmt: skip
"""What a market file calls each; `independent` has no terms."""
