"""Deal files → Deal. A file that is no deal ends in one DealError with everything that is wrong, each with its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tranche.deal import Deal, Source
from tranche.errors import DealError

from .keys import RENAMED
from .lines import plain_values
from .sections import read_deal
from .yaml_tree import refusal, yaml_tree

MOST_BYTES = 2_000_000


def load(path: str | Path) -> Deal:
    """The deal in the file at `path` (YAML, UTF-8, format 1). Raises DealError."""
    file = Path(path)
    try:
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise refusal(str(path), 0, f"the file cannot be read: {said}", "name a deal file") from None
    if len(raw) > MOST_BYTES:
        raise _too_big(str(path))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise refusal(str(path), line, f"byte {error.start} is not UTF-8", "save the file as UTF-8") from None
    return loads(text, str(path))


def loads(text: str, file: str = "<text>") -> Deal:
    """The deal that `text` writes; `file` is the name that errors show. Raises DealError."""
    if len(text) > MOST_BYTES:
        raise _too_big(file)
    tree, problems = yaml_tree(text.removeprefix("\ufeff"), file)
    values, lines = plain_values(tree)
    return read_deal(values, Source(file=file, lines={**lines, **_other_names(lines)}), problems)


def _other_names(lines: Mapping[str, int]) -> dict[str, int]:
    """Lines of what the deal calls otherwise than the file: a plain list is the performing waterfall, a test's ratio is
    a numerator and a denominator, and some fields have another key."""
    found = {}
    for path, line in lines.items():
        if path.startswith("waterfall["):
            found[path.replace("waterfall[", "waterfall.performing[", 1)] = line
        elif path.startswith("tests.") and path.endswith(".ratio"):
            test = path.removesuffix(".ratio")
            found |= {f"{test}.numerator": line, f"{test}.denominator": line}
    for fields in RENAMED.values():
        for field, key in fields.items():
            found |= {path.removesuffix(key) + field: line for path, line in lines.items() if path.endswith(f".{key}")}
    return found


def _too_big(file: str) -> DealError:
    return refusal(file, 0, f"the file is larger than {MOST_BYTES:,} bytes", "put cash flows into a CSV file beside it")
