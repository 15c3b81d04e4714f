"""Line charts side by side as one SVG picture, with no library: the same text from the same numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape

import attrs

COLOURS = ("#1f4e79", "#c0504d", "#6a8f3c", "#7f5fa3", "#3f8f8f", "#c98a2b", "#5b5b5b", "#a34f7f")
WIDTH, HEIGHT = 420, 270  # of one panel
LEFT, RIGHT, TOP, BOTTOM = 68, 14, 34, 40
FONT = "font-family='Helvetica, Arial, sans-serif'"


@attrs.frozen
class Panel:
    """`series` by name: one y for each x, NaN where there is none; `write`: how a y is written on the axis."""

    title: str
    series: Mapping[str, Sequence[float]]
    write: Callable[[float], str]


def line_panels(x: Sequence[float], panels: Sequence[Panel], x_title: str, title: str, columns: int = 2) -> str:
    """An SVG picture of `panels` over the same x. Names keep their colour from panel to panel."""
    names = list(dict.fromkeys(name for panel in panels for name in panel.series))
    colours = {name: COLOURS[k % len(COLOURS)] for k, name in enumerate(names)}
    rows = -(-len(panels) // columns)
    width, height = columns * WIDTH, rows * HEIGHT + 62
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        _words(16, 24, title, 15, weight="bold"),
    ]
    at = 16.0
    for name in names:
        parts.append(f'<rect x="{at:.0f}" y="38" width="18" height="4" fill="{colours[name]}"/>')
        parts.append(_words(at + 24, 44, name, 12))
        at += 44 + 7 * len(name)
    for k, panel in enumerate(panels):
        left, top = (k % columns) * WIDTH, 56 + (k // columns) * HEIGHT
        parts.append(f'<g transform="translate({left} {top})">{_panel(x, panel, x_title, colours)}</g>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers that cover low to high: steps of 1, 2 or 5 times a power of ten, at most `most` steps."""
    if not high > low:
        reach = abs(low) * 0.1 or 1.0
        low, high = low - reach, high + reach
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= raw * (1.0 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [n * step for n in range(first, last + 1)]


def _panel(x: Sequence[float], panel: Panel, x_title: str, colours: Mapping[str, str]) -> str:
    values = [y for series in panel.series.values() for y in series if math.isfinite(y)]
    across, up = ticks(min(x), max(x)), ticks(min(values, default=0.0), max(values, default=1.0))

    def place(a: float, b: float) -> tuple[float, float]:
        inside_x = (a - across[0]) / (across[-1] - across[0])
        inside_y = (b - up[0]) / (up[-1] - up[0])
        return LEFT + inside_x * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - inside_y * (HEIGHT - TOP - BOTTOM)

    parts = [_words(LEFT, TOP - 14, panel.title, 13, weight="bold")]
    for b in up:
        _, y = place(across[0], b)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dddddd"/>')
        parts.append(_words(LEFT - 6, y + 4, panel.write(b), 11, anchor="end"))
    for a in across:
        where, _ = place(a, up[0])
        parts.append(_words(where, HEIGHT - BOTTOM + 16, f"{a:g}", 11, anchor="middle"))
    parts.append(_words((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, x_title, 11, anchor="middle"))
    for name, series in panel.series.items():
        points = [place(a, b) for a, b in zip(x, series, strict=True) if math.isfinite(b)]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colours[name]}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2.6" fill="{colours[name]}"/>' for a, b in points]
    return "".join(parts)


def _words(x: float, y: float, text: str, size: int, anchor: str = "start", weight: str = "normal") -> str:
    style = f'font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" fill="#222222"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {FONT} {style}>{escape(text)}</text>'
