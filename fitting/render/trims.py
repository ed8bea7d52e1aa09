"""Buttons where a pattern has buttonholes, and the pulls of its zips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fitting.records import Drape, FloatArray, IntArray, Panel
from fitting.render.surfaces import vertex_normals

_SIDES = 24
# A buttonhole is longer than its button's diameter by the button's thickness and a little play.
_SHARE = 0.8
# Pearl for light and middling cloth, horn for dark: sRGB.
_PEARL, _HORN = (0.90, 0.89, 0.86), (0.16, 0.12, 0.10)
# Radius over the button's, height [radius], outside in: a rounded rim around a shallow dish.
_PROFILE = ((1.0, 0.05), (0.98, 0.20), (0.90, 0.26), (0.78, 0.22), (0.70, 0.17), (0.0, 0.17))

# Width, length and thickness [m] of a zip's pull, its outline counter-clockwise seen from outside
# (across in halves of the width, down in lengths), and its colour: chosen after those of dresses.
_PULL = (0.0025, 0.021, 0.0014)
_DROP = (
    (0.45, 0.0), (-0.45, 0.0), (-1.0, 0.75), (-0.8, 0.95), (0.0, 1.0), (0.8, 0.95),
    (1.0, 0.75),
)  # fmt: skip
_METAL = (0.62, 0.61, 0.58)


@dataclass(frozen=True)
class Trims:
    """Triangles of what is sewn on: positions [m], normals, sRGB colours (N, 3) each, and faces."""

    positions: FloatArray
    normals: FloatArray
    colours: FloatArray
    faces: IntArray


def buttons(drape: Drape, colour: tuple[float, float, float]) -> Trims | None:
    """A button on every buttonhole of the draped panels; None if there is none.

    Args:
        drape: At rest.
        colour: Of the cloth, sRGB: buttons of light cloth are pearl, of dark cloth horn.
    """
    parts: list[Trims] = []
    normals = vertex_normals(drape.vertex_positions, drape.cloth.faces, drape.cloth.node)
    shade = np.array(_PEARL if sum(colour) > 0.9 else _HORN)
    for index, panel in enumerate(drape.cloth.pattern.panels):
        for line in panel.lines:
            if line.name != "buttonhole" or not panel.draped:
                continue
            ends = np.array(line.points)
            found = _at(drape, normals, index, _fabric(panel, ends.mean(0)))
            if found is not None:
                length = float(np.linalg.norm(ends[-1] - ends[0]))
                parts.append(_button(*found, _SHARE * length / 2, shade))
    return _together(parts)


def pulls(drape: Drape) -> Trims | None:
    """A pull at the upper end of every zip that is sewn in; None if there is none.

    Of a concealed zip nothing else is to be seen.
    """
    parts: list[Trims] = []
    cloth = drape.cloth
    normals = vertex_normals(drape.vertex_positions, cloth.faces, cloth.node)
    names = [panel.name for panel in cloth.pattern.panels]
    for seam in cloth.pattern.seams:
        if seam.name != "zip" or not cloth.pattern.panel(seam.a.panel).draped:
            continue
        index = names.index(seam.a.panel)
        panel = cloth.pattern.panels[index]
        edge = panel.edges[seam.a.edge]
        ends = [
            _at(drape, normals, index, _fabric(panel, panel.vertices[k]))
            for k in (edge.start, edge.end)
        ]
        found = [end for end in ends if end is not None]
        if found:
            at, normal, _ = max(found, key=lambda end: float(end[0][1]))
            parts.append(_pull(at, normal))
    return _together(parts)


def trims(drape: Drape, colour: tuple[float, float, float]) -> Trims | None:
    """Buttons and pulls; None if there are none. See `buttons`."""
    return _together([part for part in (buttons(drape, colour), pulls(drape)) if part is not None])


def _together(parts: list[Trims]) -> Trims | None:
    if not parts:
        return None
    at = np.cumsum([0, *(len(part.positions) for part in parts)])
    faces = [part.faces + first for part, first in zip(parts, at[:-1], strict=True)]
    return Trims(
        np.vstack([part.positions for part in parts]),
        np.vstack([part.normals for part in parts]),
        np.vstack([part.colours for part in parts]),
        np.vstack(faces).astype(np.int32),
    )


def _fabric(panel: Panel, point: FloatArray) -> FloatArray:
    """Metres of fabric, along weft and warp, of a point of the panel.

    They are seen from the right side: a clockwise panel is turned over.
    """
    warp = np.asarray(panel.grain, float) / np.hypot(*panel.grain)
    x, y = panel.vertices[[edge.start for edge in panel.edges]].T
    turned = float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) < 0
    across = point[0] * warp[1] - point[1] * warp[0]
    return np.array([-across if turned else across, point @ warp])


def _at(
    drape: Drape, normals: FloatArray, panel: int, fabric: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    """Place [m], normal and weft direction of a point of fabric on the draped panel."""
    cloth, place = drape.cloth, drape.vertex_positions
    faces = cloth.faces[cloth.panel[cloth.faces[:, 0]] == panel]
    a, b, c = (cloth.uv[faces[:, k]] for k in range(3))
    p, q, r = b - a, c - a, fabric - a
    area = p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]
    area = np.where(np.abs(area) > 1e-12, area, np.inf)
    v = (r[:, 0] * q[:, 1] - r[:, 1] * q[:, 0]) / area
    w = (p[:, 0] * r[:, 1] - p[:, 1] * r[:, 0]) / area
    inside = np.minimum(np.minimum(v, w), 1 - v - w)
    best = int(inside.argmax())
    if inside[best] < -0.02:
        return None
    corner = faces[best]
    share = np.array([1 - v[best] - w[best], v[best], w[best]])
    normal = share @ normals[corner]
    normal /= np.linalg.norm(normal)
    weft = (place[corner[1]] - place[corner[0]]) * q[best, 1]
    weft = (weft - (place[corner[2]] - place[corner[0]]) * p[best, 1]) / area[best]
    weft -= (weft @ normal) * normal
    at = share @ place[corner] + drape.fabric.thickness * normal
    return at, normal, weft / max(float(np.linalg.norm(weft)), 1e-9)


def _button(
    at: FloatArray, normal: FloatArray, weft: FloatArray, radius: float, shade: FloatArray
) -> Trims:
    """A round button with four holes lying on the cloth."""
    frame = np.stack([weft, np.cross(normal, weft), normal])
    turn = np.arange(_SIDES) / _SIDES * 2 * np.pi
    ring = np.column_stack([np.cos(turn), np.sin(turn)])
    points, facing = [], []
    for k, (out, up) in enumerate(_PROFILE):
        points.append(np.column_stack([out * ring, np.full(_SIDES, up)]))
        before, after = _PROFILE[max(k - 1, 0)], _PROFILE[min(k + 1, len(_PROFILE) - 1)]
        run, rise = after[0] - before[0], after[1] - before[1]
        slope = np.array([rise, -run]) / np.hypot(run, rise)
        facing.append(np.column_stack([slope[0] * ring, np.full(_SIDES, slope[1])]))
    faces = []
    for k in range(len(_PROFILE) - 1):
        i, j = k * _SIDES + np.arange(_SIDES), k * _SIDES + (np.arange(_SIDES) + 1) % _SIDES
        faces += [np.column_stack([i, j, i + _SIDES]), np.column_stack([j, j + _SIDES, i + _SIDES])]
    colours = [np.tile(shade, (_SIDES * len(_PROFILE), 1))]
    count = len(_PROFILE) * _SIDES
    small = np.arange(8) / 8 * 2 * np.pi
    for x, y in ((0.2, 0.2), (-0.2, 0.2), (-0.2, -0.2), (0.2, -0.2)):
        hole = np.column_stack([
            x + 0.09 * np.cos(small), y + 0.09 * np.sin(small), np.full(8, 0.18)
        ])  # fmt: skip
        points.append(np.vstack([hole, [(x, y, 0.18)]]))
        facing.append(np.tile((0.0, 0.0, 1.0), (9, 1)))
        i = np.arange(8)
        faces.append(np.column_stack([count + i, count + (i + 1) % 8, np.full(8, count + 8)]))
        colours.append(np.tile(shade * 0.25, (9, 1)))
        count += 9
    local = np.vstack(points) * radius
    return Trims(
        at + local @ frame,
        np.vstack(facing) @ frame,
        np.vstack(colours),
        np.vstack(faces).astype(np.int32),
    )


def _pull(at: FloatArray, normal: FloatArray) -> Trims:
    """A flat drop of metal that hangs down on the cloth from the slider."""
    down = np.array([0.0, -1.0, 0.0]) + normal[1] * normal
    length = float(np.linalg.norm(down))
    # On a level piece of cloth a pull lies anywhere: to the front.
    down = down / length if length > 0.2 else np.cross(normal, (1.0, 0.0, 0.0))
    down /= np.linalg.norm(down)
    frame = np.stack([np.cross(normal, down), down, normal])
    points, facing = [], []
    # Lower face, its rim, and the upper face, each with normals of its own.
    for up, turn in ((0.0, -1.0), (0.0, 0.0), (_PULL[2], 0.0), (_PULL[2], 1.0)):
        ring = np.array([
            (_PULL[0] * x, _PULL[1] * y, up + 0.0006) for x, y in _DROP
        ])  # fmt: skip
        points.append(ring)
        out = np.array(_DROP) - np.mean(_DROP, axis=0)
        out /= np.linalg.norm(out, axis=1, keepdims=True)
        flat = np.column_stack([out * (turn == 0.0), np.full(len(ring), turn)])
        facing.append(flat)
    count = len(_DROP)
    i = np.arange(count)
    following = (i + 1) % count
    rim = [
        np.column_stack([count + i, count + following, 2 * count + i]),
        np.column_stack([count + following, 2 * count + following, 2 * count + i]),
    ]
    fan = np.arange(1, count - 1)
    upper = 3 * count + np.column_stack([np.zeros_like(fan), fan, fan + 1])
    lower = np.column_stack([np.zeros_like(fan), fan + 1, fan])
    local = np.vstack(points)
    return Trims(
        at + local @ frame,
        np.vstack(facing) @ frame,
        np.tile(_METAL, (len(local), 1)),
        np.vstack([*rim, upper, lower]).astype(np.int32),
    )
