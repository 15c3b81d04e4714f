"""A tree of nodes → plain Python values, and the line of each path inside it."""

from __future__ import annotations

from typing import Any

from .yaml_tree import Node

LONGEST_PATH = 400  # what lies deeper is found at its ancestor, so that long keys cannot fill the memory


def plain_values(root: Node) -> tuple[Any, dict[str, int]]:
    """Dicts, lists and scalars; and `waterfall[3].pay` → 41. The depth of the tree was limited when it was read."""
    lines: dict[str, int] = {"": root.line}
    return _plain(root, "", lines), lines


def _longer(path: str, segment: str) -> str:
    return path + segment if len(path) + len(segment) <= LONGEST_PATH else path


def _plain(node: Node, path: str, lines: dict[str, int]) -> Any:
    if isinstance(node.value, dict):
        values = {}
        for key, entry in node.value.items():
            inside = _longer(path, f".{key}" if path else key)
            lines.setdefault(inside, entry.line)
            values[key] = _plain(entry.node, inside, lines)
        return values
    if isinstance(node.value, tuple):
        items = []
        for i, item in enumerate(node.value):
            inside = _longer(path, f"[{i}]")
            lines.setdefault(inside, item.line)
            items.append(_plain(item, inside, lines))
        return items
    return node.value
