from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

WIDTHS: tuple[int, ...]
TALLY: dict[str, int]
openmp: bool

class Kernel:
    def __init__(
        self,
        code: NDArray[np.int32],
        initial: NDArray[np.float64],
        narrow: NDArray[np.bool_],
        series: NDArray[np.float64],
        first_series: int,
        inputs: int,
        first_input: int,
        record_register: NDArray[np.int32],
        record_flow: NDArray[np.int32],
        quantum: float,
        sources: list[tuple[object, int]],
        width: int,
        watched: object,
    ) -> None: ...
    def run(
        self,
        first_path: int,
        paths: int,
        threads: int,
        totals: NDArray[np.float64] | None,
        sums: NDArray[np.uint64],
        flows: NDArray[np.float64] | None = None,
        tallies: Sequence[object] | None = None,
    ) -> tuple[int, int]: ...

def opcodes() -> dict[str, int]: ...
