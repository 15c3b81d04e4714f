from typing import Any

import numpy as np
from numpy.typing import NDArray

STEP_FIELDS: int
PHILOX: tuple[str, ...]

class Scenario:
    """The factors `columns` at the end of each period, for any path; a source of inputs for the waterfall kernel."""

    columns: tuple[str, ...]
    periods: int
    seed: int
    antithetic: bool

    def __init__(
        self,
        columns: tuple[str, ...],
        seed: int,
        steps: NDArray[np.int32],
        params: NDArray[np.float64],
        constants: NDArray[np.float64],
        initial: NDArray[np.float64],
        antithetic: bool = False,
        sobol: tuple[Any, ...] | None = None,
    ) -> None: ...
    @property
    def paths(self) -> None: ...
    @property
    def capsule(self) -> Any: ...
    def rows(self, first: int, count: int) -> NDArray[np.float64]: ...

def philox_lanes(
    counter: tuple[int, int, int, int], key: tuple[int, int], lanes: int = 1, version: int = -1
) -> NDArray[np.uint32]: ...
def inverse_normal(u: NDArray[np.float64]) -> NDArray[np.float64]: ...
def exp(x: float) -> float: ...
