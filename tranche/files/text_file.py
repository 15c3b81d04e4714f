"""A text file of limited size → its text."""

from __future__ import annotations

from pathlib import Path

from tranche.errors import DealError, Problem, UsageError
from tranche.terms.number import describe

from .yaml_events import refusal

MOST_BYTES = 2_000_000


def read_text(path: str | Path, kind: str = "deal") -> str:
    """The text of a UTF-8 file of at most MOST_BYTES; `kind`, for the message: what it should be. Raises DealError, and
    UsageError where `path` is no path."""
    if not isinstance(path, str | Path):
        raise UsageError(Problem(f"the {kind} is {describe(path)}", f"give a {kind}, or the name of its file"))
    try:
        with Path(path).open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise refusal(str(path), 0, f"the file cannot be read: {said}", f"name a {kind} file") from None
    if len(raw) > MOST_BYTES:
        raise too_big(str(path))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise refusal(str(path), line, f"byte {error.start} is not UTF-8", "save the file as UTF-8") from None


def too_big(file: str) -> DealError:
    return refusal(file, 0, f"the file is larger than {MOST_BYTES:,} bytes", "put cash flows into a CSV file beside it")
