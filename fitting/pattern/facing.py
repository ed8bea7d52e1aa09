"""Facings and bindings: pieces of the cutting table that are not draped."""

from __future__ import annotations

from fitting.pattern.bodice import Block
from fitting.pattern.outline import TIGHT, Stretch, curve, line, panel, toward, unfold
from fitting.records import InternalLine, Panel

WIDTH = 0.055  # [m] of a neck facing; chosen, trade practice 5-6 cm
BINDING = 0.032  # [m] cut width of a bias or rib binding, four times the finished width


def neck_facing(name: str, block: Block, neck: Stretch, width: float = WIDTH) -> Panel:
    """The facing of a neckline, whole, on the fold of its centre.

    Args:
        name: Of the panel.
        block: The half it belongs to.
        neck: The neckline of that half, from the side neck point to the centre.
        width: [m].
    """
    shoulder = block.shoulder()
    reach = min(0.9, width / max(shoulder.length, 1e-9))
    out = toward(block.neck, block.tip, reach)
    low = (0.0, neck.end[1] - width)
    half = [
        curve(
            low,
            (0.55 * out[0], low[1]),
            (out[0], out[1] - 0.55 * (out[1] - low[1])),
            out,
            "edge",
            0.0,
        ),
        line(out, block.neck, "shoulder"),
        neck,
    ]
    return panel(
        name,
        unfold(half, ("L", "R")),
        fold="centre",
        lines=(InternalLine("centre", (low, neck.end)),),
        draped=False,
    )


def binding(name: str, length: float, *, cut: int = 1, width: float = BINDING) -> Panel:
    """A strip that encloses an edge, joined to a ring or laid from end to end."""
    outline = [
        line((0.0, 0.0), (length, 0.0), "edge", 0.0),
        line((length, 0.0), (length, width), "end.right", TIGHT),
        line((length, width), (0.0, width), "other edge", 0.0),
        line((0.0, width), (0.0, 0.0), "end.left", TIGHT),
    ]
    return panel(name, outline, cut=cut, draped=False)
