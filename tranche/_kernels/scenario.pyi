from typing import Any

import numpy as np
from numpy.typing import NDArray

class Scenario:
    """The factors `columns` at the end of each period, for any path; a source of inputs for the waterfall kernel."""

    columns: tuple[str, ...]
    periods: int
    seed: int

    def __init__(
        self,
        columns: tuple[str, ...],
        seed: int,
        decay: NDArray[np.float64],
        shift: NDArray[np.float64],
        scale: NDArray[np.float64],
        start: NDArray[np.float64],
        level: NDArray[np.float64],
        low: NDArray[np.float64],
        high: NDArray[np.float64],
        is_exponential: NDArray[np.int32],
        mixing: NDArray[np.float64],
    ) -> None: ...
    @property
    def paths(self) -> None: ...
    @property
    def capsule(self) -> Any: ...
    def rows(self, first: int, count: int) -> NDArray[np.float64]: ...

def philox_words(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]: ...
def inverse_normal(u: NDArray[np.float64]) -> NDArray[np.float64]: ...
def exp(x: float) -> float: ...
