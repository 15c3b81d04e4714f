import numpy as np
from numpy.typing import NDArray

class CashFlows:
    columns: tuple[str, ...]
    periods: int
    paths: int | None
    def __init__(
        self, values: NDArray[np.float64], columns: tuple[str, ...], first: int = 0, signed: bool = False
    ) -> None: ...
    @property
    def capsule(self) -> object: ...
    def rows(self, first: int, count: int) -> NDArray[np.float64]: ...
