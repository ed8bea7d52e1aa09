"""Cross-sections of body and garment as drawings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.spatial import ConvexHull

from fitting.assess.girths import Measured
from fitting.assess.levels import Figure
from fitting.assess.words import cm, named, percent, zone_of
from fitting.records import FloatArray
from fitting.units import CM, MM

SHOWN = ("bust_girth", "waist_girth", "hip_girth")
_MARGIN = 1.5 * CM
# The words as they are read beside the drawing, and less where the drawing is too narrow [mm].
_LETTERS, _LETTER_WIDTH = 9.0, 0.56
_WIDE = 220.0  # drawings wider than this have room to say where the front is [mm]
_FOOT = 3.5 * CM  # room for the words
_BODY, _CLOTH, _INK = "#d9c3b0", "#1f7a8c", "#3c3c3e"


def section_svg(who: Figure, one: Measured) -> bytes:
    """A level cut of body and garment seen from above, in true millimetres; front is down.

    The body is filled, the garment drawn as a line, and the ease written below.

    Args:
        who: The body with its directions.
        one: A girth, as `fitting.assess.measure` takes it.
    """
    axes = np.stack([who.left, who.front], axis=1)
    axes = axes - np.outer(one.level.normal, one.level.normal @ axes)  # in the plane of the cut
    axes /= np.linalg.norm(axes, axis=0)
    skin, line = (_flat(points, one.level.point, axes) for points in (one.skin, one.line))
    both = np.vstack([skin.reshape(-1, 2), line.reshape(-1, 2)])
    low, high = both.min(0) - _MARGIN, both.max(0) + _MARGIN
    high[1] += _FOOT
    size = (high - low) / MM
    english, _ = named(zone_of(one.row.level), one.row.side)
    words = (
        f"{english}: body {cm(one.row.body)} cm, cloth {cm(one.row.body + one.row.ease)} cm, "
        f"ease {cm(one.row.ease, signed=True)} cm"
    )
    if one.row.stretch >= 0.005:
        words += f", stretched by {percent(one.row.stretch)} %"

    def at(points: FloatArray) -> FloatArray:
        placed: FloatArray = (points - low) / MM
        return placed

    scale = at(low + np.array([[_MARGIN, 0], [_MARGIN + 10 * CM, 0]]))
    left, right, foot = scale[0, 0], size[0] - scale[0, 0], size[1] - 5.0
    letters = min(_LETTERS, (right - left) / (_LETTER_WIDTH * len(words)))
    rule = foot - 2 * letters

    def text(x: float, y: float, what: str, anchor: str = "start") -> str:
        return (
            f'<text x="{x:.2f}" y="{y:.2f}" font-size="{letters:.2f}" text-anchor="{anchor}" '
            f'font-family="sans-serif" fill="{_INK}">{what}</text>'
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]:.2f}mm" height="{size[1]:.2f}mm" '
        f'viewBox="0 0 {size[0]:.2f} {size[1]:.2f}">',
        f"<title>{words}</title>",
        f'<path d="{_outline(at(skin))}" fill="{_BODY}" stroke="none"/>',
        f'<path d="{_pieces(at(line))}" fill="none" stroke="{_CLOTH}" stroke-width="1.2" '
        'stroke-linecap="round"/>',
        f'<path d="M{left:.2f} {rule:.2f}H{scale[1, 0]:.2f}" stroke="{_INK}" stroke-width="0.8"/>',
        text(scale[1, 0] + 3, rule + letters / 3, "10 cm"),
        text(left, foot, words),
        *([text(right, rule + letters / 3, "front is below", "end")] if right > _WIDE else ()),
        "</svg>",
    ]
    return ("\n".join(parts) + "\n").encode()


def sections_svg(who: Figure, measured: Sequence[Measured]) -> dict[str, bytes]:
    """The sections at bust, waist and hip that the garment covers, by level name."""
    return {m.row.level: section_svg(who, m) for m in measured if m.row.level in SHOWN}


def _flat(points: FloatArray, origin: FloatArray, axes: FloatArray) -> FloatArray:
    flat: FloatArray = (points - origin) @ axes
    return flat


def _outline(segments: FloatArray) -> str:
    """The body as closed loops; where they do not close, as what a tape surrounds."""
    loops = _chained(segments)
    if not loops:
        hull = ConvexHull(segments.reshape(-1, 2))
        loops = [hull.points[hull.vertices]]
    return "".join("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in loop) + "Z" for loop in loops)


def _chained(segments: FloatArray) -> list[FloatArray]:
    """Segments joined end to end, shape (K, 2, 2), where they close; ends meet within rounding."""
    ends = np.round(segments.reshape(-1, 2), 6)
    _, number = np.unique(ends, axis=0, return_inverse=True)
    pairs = number.reshape(-1, 2)
    touching: dict[int, list[int]] = {}
    for k, (a, b) in enumerate(pairs):
        touching.setdefault(int(a), []).append(k)
        touching.setdefault(int(b), []).append(k)
    left = set(range(len(pairs)))
    loops = []
    while left:
        k = next(iter(left))
        start, at = int(pairs[k, 0]), int(pairs[k, 1])
        way = [start, at]
        left.discard(k)
        while at != start:
            onward = [j for j in touching[at] if j in left]
            if not onward:
                break
            j = onward[0]
            left.discard(j)
            at = int(pairs[j, 1]) if int(pairs[j, 0]) == at else int(pairs[j, 0])
            way.append(at)
        if at == start and len(way) > 3:
            first = {int(n): i for i, n in enumerate(number)}
            loops.append(segments.reshape(-1, 2)[[first[n] for n in way[:-1]]])
    return loops


def _pieces(segments: FloatArray) -> str:
    """Segments as one path; each follows the last where they meet."""
    parts, last = [], None
    for a, b in segments:
        if last is None or np.abs(a - last).max() > 1e-6:
            parts.append(f"M{a[0]:.2f} {a[1]:.2f}")
        parts.append(f"L{b[0]:.2f} {b[1]:.2f}")
        last = b
    return "".join(parts)
