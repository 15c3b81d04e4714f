"""Results on disk and on the wire: a header and blocks of bytes, with a digest; no pickle, and the same bytes again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.errors import Invalid
from tranche.losses import BINS
from tranche.reduction import Reduction, Tally

MAGIC = b"tranche1"
DIGEST = 32
_LENGTH = 8

Unpacked = tuple[dict[str, Any], dict[str, bytes]]  # what was packed: `meta` and the blocks by name


def pack(meta: Mapping[str, Any], blocks: Mapping[str, bytes]) -> bytes:
    """`meta` (JSON) and named blocks as one string of bytes."""
    header = {"meta": dict(meta), "blocks": [[name, len(block)] for name, block in blocks.items()]}
    said = json.dumps(header, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    parts = [MAGIC, len(said).to_bytes(_LENGTH, "little"), said, *blocks.values()]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return b"".join([*parts, digest.digest()])


def unpack(data: bytes) -> Unpacked:
    """What `pack` was given. Raises Invalid for anything else, a file that was cut short among it."""
    body, digest = data[:-DIGEST], data[-DIGEST:]
    if not body.startswith(MAGIC) or hashlib.sha256(body).digest() != digest:
        raise Invalid("not a whole result", "it is computed again")
    at = len(MAGIC) + _LENGTH
    end = at + int.from_bytes(body[len(MAGIC) : at], "little")
    header = json.loads(body[at:end])
    blocks = {}
    for name, length in header["blocks"]:
        blocks[name] = body[end : end + length]
        end += length
    return header["meta"], blocks


def pack_reduction(reduction: Reduction) -> bytes:
    """A Reduction; of the histogram only the bins that are not empty."""
    arrays: dict[str, NDArray[Any]] = {"sums": reduction.sums}
    arrays |= {field.name: getattr(reduction.tally, field.name) for field in attrs.fields(Tally)}
    filled = np.flatnonzero(arrays["histogram"])
    debts, counts = len(arrays["histogram"]), arrays["histogram"].ravel()[filled]
    arrays |= {"histogram": counts, "filled": filled.astype(np.int64)}
    shapes = {name: [array.dtype.str, list(array.shape)] for name, array in arrays.items()}
    meta = {"count": reduction.count, "debts": debts, "arrays": shapes}
    return pack(meta, {name: np.ascontiguousarray(array).tobytes() for name, array in arrays.items()})


def unpack_reduction(data: bytes) -> Reduction:
    """The Reduction of `pack_reduction`. Raises Invalid."""
    return reduction_of(unpack(data))


def reduction_of(unpacked: Unpacked) -> Reduction:
    """The Reduction that `pack_reduction` packed."""
    meta, blocks = unpacked
    arrays = {
        name: np.frombuffer(blocks[name], dtype=kind).reshape(shape).copy()
        for name, (kind, shape) in meta["arrays"].items()
    }
    histogram = np.zeros((meta["debts"], BINS), dtype=np.int64)
    histogram.ravel()[arrays.pop("filled")] = arrays["histogram"]
    sums = arrays.pop("sums")
    return Reduction(meta["count"], sums, Tally(**{**arrays, "histogram": histogram}))
