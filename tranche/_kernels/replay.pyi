import numpy as np
from numpy.typing import NDArray

def play(rows: NDArray[np.int32], values: NDArray[np.float64], first: int, last: int, offset: int) -> bool: ...
