"""Floor 7. Batches: deals × markets × overrides → a Parquet dataset; what is computed is not computed again."""

from .grid import Case, Overrides, grid, read_grid
from .progress import BatchReport, Progress
from .run import run_batch
from .store import MANIFEST, TABLES

__all__ = [
    "MANIFEST", "TABLES", "BatchReport", "Case", "Overrides", "Progress", "grid", "read_grid", "run_batch",
]  # fmt: skip
