"""Bodies of cylinders and clothes of tubes, whose girths, strains and pressures are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fitting.records import (
    Body,
    ClothMesh,
    Drape,
    DrapeReport,
    Edge,
    EdgeRef,
    Fabric,
    Opening,
    Panel,
    Pattern,
    Placement,
    Seam,
)

UP = np.array([0.0, 1.0, 0.0])
TURN = 2 * np.pi
TORSO, ARM, LEG = 0.15, 0.05, 0.08  # radii [m]
CROTCH, CHIN, STATURE = 0.80, 1.50, 1.75
BUST, WAIST, HIP = 1.25, 1.08, 0.90
SIDES = {"L": 1.0, "R": -1.0}


def jersey(**changes) -> Fabric:
    figures = {
        "name": "jersey",
        "title": "Jersey",
        "title_ru": "Кулирка",
        "density": 0.16,
        "warp": 120.0,
        "weft": 80.0,
        "shear": 30.0,
        "bend_warp": 6e-6,
        "bend_weft": 5e-6,
        "thickness": 0.0006,
        "friction_skin": 0.4,
        "friction_self": 0.4,
        "stretch_warp": 0.2,
        "stretch_weft": 0.4,
        "colour": (0.2, 0.3, 0.5),
        "weave": "jersey",
    }
    return Fabric(**{**figures, **changes})


def poplin(**changes) -> Fabric:
    return jersey(
        **{
            "name": "poplin", "title": "Poplin", "title_ru": "Поплин", "warp": 4500.0,
            "weft": 2800.0, "stretch_warp": 0.02, "stretch_weft": 0.03, "weave": "plain",
            **changes,
        }
    )  # fmt: skip


def _grid(rows: int, columns: int) -> np.ndarray:
    """Triangles of a grid of points, row by row."""
    k = np.arange((rows - 1) * columns).reshape(rows - 1, columns)[:, :-1].ravel()
    lower = np.column_stack([k, k + 1, k + columns])
    upper = np.column_stack([k + 1, k + columns + 1, k + columns])
    return np.vstack([lower, upper]).astype(np.int32)


def rod(start, end, radius: float, around: int = 72, along: int = 16):
    """A closed cylinder between two points: vertices and faces, outside out."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    axis = (end - start) / np.linalg.norm(end - start)
    e1 = np.cross(axis, [0.3, 0.2, 1.0])
    e1 /= np.linalg.norm(e1)
    e2 = np.cross(axis, e1)
    angle = np.linspace(0, 2 * np.pi, around + 1)[:-1]
    circle = np.cos(angle)[:, None] * e1 + np.sin(angle)[:, None] * e2
    rings = [start + s * (end - start) + radius * circle for s in np.linspace(0, 1, along + 1)]
    vertices = np.vstack([*rings, start, end])
    k = np.arange(along * around).reshape(along, around)
    right = np.roll(k, -1, axis=1)
    faces = np.vstack([
        np.column_stack([k.ravel(), right.ravel(), k.ravel() + around]),
        np.column_stack([right.ravel(), right.ravel() + around, k.ravel() + around]),
        np.column_stack([right[0], k[0], np.full(around, len(vertices) - 2)]),
        np.column_stack([k[-1] + around, right[-1] + around,
                         np.full(around, len(vertices) - 1)]),
    ])  # fmt: skip
    return vertices, faces.astype(np.int32)


def cylinder_body(torso: float = TORSO, **changes) -> Body:
    """A person of cylinders: torso with neck, two arms held out, two legs."""
    parts = {
        "torso": rod([0, CROTCH, 0], [0, CHIN, 0], torso),
        "head": rod([0, CHIN, 0], [0, STATURE, 0], 0.06),
    }
    for side, sign in SIDES.items():
        shoulder, wrist = np.array([sign * 0.22, 1.40, 0]), np.array([sign * 0.62, 1.00, 0])
        parts[f"arm.{side}"] = rod(shoulder, wrist, ARM)
        parts[f"leg.{side}"] = rod([sign * 0.09, 0, 0], [sign * 0.09, CROTCH, 0], LEG)
    vertices, faces, regions, first = [], [], {}, 0
    for name, (points, triangles) in parts.items():
        vertices.append(points)
        faces.append(triangles + first)
        regions[name] = np.arange(first, first + len(points), dtype=np.int32)
        first += len(points)
    joints, landmarks = {}, {
        "crotch": np.array([0, CROTCH, 0]),
        "hip": np.array([0, HIP, 0]),
        "waist_front": np.array([0, WAIST, torso]),
    }  # fmt: skip
    for side, sign in SIDES.items():
        joints |= {
            f"shoulder.{side}": np.array([sign * 0.22, 1.40, 0]),
            f"elbow.{side}": np.array([sign * 0.42, 1.20, 0]),
            f"wrist.{side}": np.array([sign * 0.62, 1.00, 0]),
            f"hip.{side}": np.array([sign * 0.09, CROTCH, 0]),
            f"knee.{side}": np.array([sign * 0.09, 0.45, 0]),
            f"ankle.{side}": np.array([sign * 0.09, 0.06, 0]),
        }
        landmarks |= {
            f"nipple.{side}": np.array([sign * 0.09, BUST, 0.1]),
            f"waist_side.{side}": np.array([sign * torso, WAIST, 0]),
        }
    made = Body(np.vstack(vertices), np.vstack(faces), joints, landmarks, regions)
    return replace(made, **changes)


def report(**changes) -> DrapeReport:
    figures = {
        "garment": "tube", "vertices": 0, "triangles": 0, "edge_mm": 12.0, "device": "cpu",
        "seconds": {}, "cpu_seconds": 0.0, "simulated_s": 1.0, "stop_reason": "at_rest",
        "residual_speed_mean_m_s": 0.0, "residual_speed_max_m_s": 0.0, "force_residual": 0.0,
        "penetration_max_mm": 0.0, "seam_gap_max_mm": 0.0, "stretch_p99": 1.0,
        "stretch_max": 1.0, "self_intersections": 0, "peak_rss_mb": 0.0, "version": "test",
    }  # fmt: skip
    return DrapeReport(**{**figures, **changes})


def tube(
    body: Body,
    *,
    radius: float,
    flat: float | None = None,
    start=(0.0, 0.85, 0.0),
    end=(0.0, 1.35, 0.0),
    flat_length: float | None = None,
    edge: float = 0.015,
    fabric: Fabric | None = None,
    name: str = "tube",
    wrap: str = "torso",
    warp=lambda points: points,
    **changes,
) -> Drape:
    """A tube of two panels sewn at the sides, worn on a cylinder of the given radius.

    Args:
        radius: As worn [m].
        flat: Girth of the panels before they were worn [m]; as worn if None.
        start, end: Of its axis [m]: hem and top.
        flat_length: Length of the panels [m]; as worn if None.
        warp: Moves the worn points.
        changes: Of the pattern.
    """
    start, end = np.asarray(start, float), np.asarray(end, float)
    length = float(np.linalg.norm(end - start))
    half = np.pi * radius if flat is None else flat / 2
    tall = length if flat_length is None else flat_length
    columns, rows = round(np.pi * radius / edge) + 1, round(length / edge) + 1
    u, v = np.meshgrid(np.linspace(0, half, columns), np.linspace(0, tall, rows))
    panel_uv = np.column_stack([u.ravel(), v.ravel()])
    count = len(panel_uv)
    axis = (end - start) / length
    # Seen along the axis the front runs from the wearer's right to the left, and on round the back.
    side = np.array([1.0, 0, 0]) - axis * axis[0]
    side /= np.linalg.norm(side)
    depth = np.cross(side, axis)
    angle = np.pi * panel_uv[:, 0] / half
    worn = []
    for begin in (0.0, np.pi):
        a = begin + angle
        ring = -np.cos(a)[:, None] * side + np.sin(a)[:, None] * depth
        worn.append(start + panel_uv[:, 1:] / tall * (end - start) + radius * ring)
    grid = _grid(rows, columns)
    row = np.arange(rows) * columns
    seam_pairs = np.vstack([
        np.column_stack([row + columns - 1, count + row]),
        np.column_stack([row, count + row + columns - 1]),
    ])  # fmt: skip
    node = np.arange(2 * count)
    node[seam_pairs[:, 1]] = seam_pairs[:, 0]
    node = np.unique(node, return_inverse=True)[1]
    outline = ((0.0, 0.0), (half, 0.0), (half, tall), (0.0, tall))
    edges = tuple(
        Edge(i, (i + 1) % 4, name=edge_name)
        for i, edge_name in enumerate(("hem", "side.L", "top", "side.R"))
    )
    panels = tuple(
        Panel(panel, np.array(outline), edges, placement=Placement(wrap=wrap))
        for panel in ("front", "back")
    )
    pattern = Pattern(
        name,
        panels,
        (
            Seam(EdgeRef("front", 1), EdgeRef("back", 3), name="side"),
            Seam(EdgeRef("back", 1), EdgeRef("front", 3), name="side"),
        ),
        (Opening("hem", (EdgeRef("front", 0), EdgeRef("back", 0))),),
    )
    points = warp(np.vstack(worn))
    positions = np.zeros((node.max() + 1, 3))
    positions[node] = points
    cloth = ClothMesh(
        replace(pattern, **changes),
        np.vstack([panel_uv, panel_uv]),
        np.repeat([0, 1], count),
        np.vstack([grid, grid + count]),
        node,
        points,
        edge,
        seam_pairs,
    )
    return Drape(cloth, body, fabric or jersey(), positions, report())


def moved(drape: Drape, turn: np.ndarray, shift: np.ndarray) -> Drape:
    """The same body and cloth elsewhere; a mirror turns the triangles over and swaps sides."""
    flip = np.linalg.det(turn) < 0
    body = drape.body

    def name(key: str) -> str:
        other = {".L": ".R", ".R": ".L"}.get(key[-2:]) if flip else None
        return key[:-2] + other if other else key

    def faces(triangles: np.ndarray) -> np.ndarray:
        return triangles[:, ::-1] if flip else triangles

    def place(points: np.ndarray) -> np.ndarray:
        return points @ turn.T + shift

    there = replace(
        body,
        vertices=place(body.vertices),
        faces=faces(body.faces),
        joints={name(k): place(v) for k, v in body.joints.items()},
        landmarks={name(k): place(v) for k, v in body.landmarks.items()},
        regions={name(k): v for k, v in body.regions.items()},
    )
    cloth = replace(drape.cloth, faces=faces(drape.cloth.faces), start=place(drape.cloth.start))
    return replace(drape, cloth=cloth, body=there, positions=place(drape.positions))
