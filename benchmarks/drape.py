"""Times the drape, alone or beside a peer on the same work.

``--case tube`` and ``--case sheet`` are neutral cases in the folder ``../shared/data/drape_cases``:
a tube of cloth around a body, held at its upper edge, and a sheet over a sphere. Ours goes from
coarse to fine, as in a garment, and ends on the case's own mesh. ``--case tee``
drapes the T-shirt at several edge lengths, to show how the cost grows. ``--peer blender`` lets
Blender's cloth (the optional ``bpy`` package) do the neutral cases too, in turn with ours.

Examples:
    python benchmarks/drape.py --case tube --json
    python benchmarks/drape.py --case sheet --peer blender --turns 3 --save out/
    python benchmarks/drape.py --case tee --vertices 3000 6000 12000
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from scipy.spatial import Delaunay, cKDTree

from fitting.drape import DrapeSettings
from fitting.drape.clock import Clock
from fitting.drape.device import pick_device
from fitting.fabrics import fabric_from
from fitting.records import Fabric, FloatArray, IntArray

CASES = Path(__file__).resolve().parents[2] / "shared" / "data" / "drape_cases"

# A light woven of round figures, so that every solver can be given the same one.
CLOTH = fabric_from(
    {
        "name": "neutral",
        **dict.fromkeys(("warp", "weft"), 800.0),
        **dict.fromkeys(("bend_warp", "bend_weft"), 3e-5),
        **dict.fromkeys(("friction_skin", "friction_self"), 0.3),
        **dict.fromkeys(("stretch_warp", "stretch_weft"), 0.05),
        "density": 0.2,
        "shear": 80.0,
        "thickness": 4e-4,
    }
)


@dataclass(frozen=True)
class Level:
    """One mesh of a case; `prolong` maps the positions of the level before to this one's."""

    faces: IntArray
    uv: FloatArray  # (T, 3, 2)
    start: FloatArray
    edge_m: float
    pinned: IntArray
    prolong: tuple[IntArray, FloatArray] | None = None  # vertices of the level before, weights


def read_case(name: str) -> Mapping[str, Any]:
    path = CASES / f"{name}.npz"
    if not path.exists():
        sys.exit(f"the case {path} is missing; put the neutral cases there")
    return dict(np.load(path))


def flattened(rest: FloatArray, faces: IntArray) -> FloatArray:
    """Each triangle laid flat, its u level and its v up, shape (T, 3, 2)."""
    corners = rest[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    level = np.abs(normal[:, 2]) > 0.999
    u = np.where(level[:, None], [1.0, 0.0, 0.0], np.cross([0.0, 0.0, 1.0], normal))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    v = np.cross(normal, u)
    return np.stack([np.einsum("tcx,tx->tc", corners, axis) for axis in (u, v)], axis=2)


def sheet_levels(case: Mapping[str, Any]) -> list[Level]:
    """The sheet, and the same square with 28 instead of 80 vertices a side before it."""
    rest, faces = case["rest_verts"], case["faces"]
    side = np.ptp(rest[:, 0])
    count = 28
    x = np.linspace(-side / 2, side / 2, count)
    points = np.stack(np.meshgrid(x, x, indexing="ij"), axis=2).reshape(-1, 2)
    i, j = np.meshgrid(np.arange(count - 1), np.arange(count - 1), indexing="ij")
    a = (i * count + j).ravel()
    b, c, d = a + count, a + count + 1, a + 1
    straight = ((i + j) % 2 == 0).ravel()[:, None]
    one = np.where(straight, np.stack([a, b, c], 1), np.stack([a, b, d], 1))
    two = np.where(straight, np.stack([a, c, d], 1), np.stack([b, c, d], 1))
    coarse = np.concatenate([one, two]).astype(np.int32)
    start = np.column_stack([points, np.full(len(points), case["verts"][0, 2])])
    none = np.zeros(0, np.int32)
    return [
        Level(coarse, points[coarse], start, side / (count - 1), none),
        Level(
            faces, rest[faces][:, :, :2], case["verts"], side / 79, none,
            _holding(points, coarse, rest[:, :2]),
        ),
    ]  # fmt: skip


def _holding(points: FloatArray, faces: IntArray, at: FloatArray) -> tuple[IntArray, FloatArray]:
    """The corners of the triangle that holds each place in the plane, and their weights there."""
    corners = points[faces]
    _, near = cKDTree(corners.mean(axis=1)).query(at, k=12)
    a, b, c = (corners[near, k] for k in range(3))
    det = np.cross(b - a, c - a)
    wb = np.cross(at[:, None] - a, c - a) / det
    wc = np.cross(b - a, at[:, None] - a) / det
    weights = np.stack([1 - wb - wc, wb, wc], axis=2)
    best = weights.min(axis=2).argmax(axis=1)
    rows = np.arange(len(at))
    return faces[near[rows, best]], weights[rows, best]


def tube_levels(case: Mapping[str, Any]) -> list[Level]:
    """The tube, and one of every second ring and every second vertex of those before it."""
    rest, faces, pinned = case["rest_verts"], case["faces"], case["pinned"]
    uv = flattened(rest, faces)
    edge = float(np.median(np.linalg.norm(uv - np.roll(uv, 1, axis=1), axis=2)))
    around = len(pinned)  # vertices of a ring; rings are turned by half an edge in turn
    ring, column = np.divmod(np.arange(len(rest)), around)
    unrolled = np.stack([column + 0.5 * (ring % 2), 0.85 * ring], axis=1)
    last = ring == ring.max()
    taken = np.flatnonzero(
        ((ring % 2 == 0) & (column % 2 == (ring // 2) % 2)) | (last & (column % 2 == 0))
    )
    coarse = _around(unrolled[taken], around)
    holders, weights = _holding_around(unrolled[taken], coarse, unrolled, around)
    held = np.flatnonzero(ring[taken] == 0)
    start = case["verts"][taken]
    rough = flattened(rest[taken], coarse)
    return [
        Level(coarse, rough, start, 2 * edge, held),
        Level(faces, uv, case["verts"], edge, pinned, (holders, weights)),
    ]


def _around(points: FloatArray, period: int) -> IntArray:
    """Triangles between points of an unrolled tube, which closes after `period`."""
    many, index = _repeated(points, period)
    triangles = Delaunay(many).simplices
    middle = many[triangles].mean(axis=1)[:, 0]
    inside = (middle >= 0.25 * period) & (middle < 1.25 * period)
    # Seen from outside, u runs to the right and v down.
    return np.asarray(index[triangles[inside]][:, ::-1], np.int32)


def _repeated(points: FloatArray, period: int) -> tuple[FloatArray, IntArray]:
    """The points once around and once more, and which is which."""
    index = np.arange(len(points), dtype=np.int32)
    return np.concatenate([points, points + np.array([period, 0.0])]), np.concatenate(
        [index, index]
    )


def _holding_around(
    points: FloatArray, faces: IntArray, at: FloatArray, period: int
) -> tuple[IntArray, FloatArray]:
    """As `_holding`, on an unrolled tube."""
    corners = points[faces]
    # Corners that lie a turn behind their triangle's others are brought beside them.
    wrapped = corners[:, :, 0].max(axis=1) - corners[:, :, 0].min(axis=1) > period / 2
    low = corners[:, :, 0] < period / 2
    corners[:, :, 0] += period * (wrapped[:, None] & low)
    both = np.concatenate([corners, corners - np.array([period, 0.0])])
    flat = np.arange(3 * len(both)).reshape(-1, 3)
    vertices, weights = _holding(both.reshape(-1, 2), flat, at)
    return np.concatenate([faces, faces]).reshape(-1)[vertices], weights


def ours(name: str, device: str) -> tuple[dict[str, Any], FloatArray, FloatArray]:
    """Drapes a neutral case; figures, positions and velocities."""
    from fitting.drape.collider import Collider
    from fitting.drape.quality import crossings, edge_stretch, penetration
    from fitting.drape.settle import settle
    from fitting.drape.solver import ClothSolver, Material

    case = read_case(name)
    levels = {"tube": tube_levels, "sheet": sheet_levels}[name](case)
    where = pick_device(device)
    settings = DrapeSettings()
    wall, cpu = time.perf_counter(), time.process_time()
    clock = Clock(600.0)
    body = Collider(case["body_verts"], case["body_faces"], device=where)
    nodes = levels[0].start
    for level in levels:
        if level.prolong is not None:
            corners, weights = level.prolong
            nodes = np.einsum("vc,vcx->vx", weights, nodes[corners])
            nodes[level.pinned] = level.start[level.pinned]
        material = Material.uniform(
            len(level.faces), density=CLOTH.density, weft=CLOTH.weft, warp=CLOTH.warp,
            shear=CLOTH.shear, bend_weft=CLOTH.bend_weft, bend_warp=CLOTH.bend_warp,
            compression=settings.compression,
        )  # fmt: skip
        solver = ClothSolver(
            level.faces, level.uv, material, nodes, collider=body, pinned=level.pinned, up=2,
            device=where,
        )  # fmt: skip
        phases = settings.settling(level.edge_m, CLOTH, coarse=level is not levels[-1])
        state, reason = settle(solver, phases, settings, clock)
        nodes = solver.positions
    spent = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}
    stretch = edge_stretch(nodes, level.faces, level.uv)
    figures = {
        **spent,
        "simulated_s": clock.simulated,
        "vertices": len(nodes),
        "stop_reason": reason,
        "residual_speed_mean_m_s": state.speed_mean,
        "residual_speed_max_m_s": state.speed_max,
        "force_residual": state.residual,
        "penetration_max_mm": 1e3 * penetration(nodes, level.faces, body, device=where),
        "stretch_p99": float(np.quantile(stretch, 0.99)),
        "stretch_max": float(stretch.max()),
        "self_intersections": len(crossings(nodes, level.faces, device=where)[0]),
        "device": where,
    }
    return figures, nodes, solver.velocities


def blender(name: str, python: str, save: Path | None) -> dict[str, Any]:
    """Lets Blender simulate two seconds of the case in a process of its own."""
    script = Path(__file__).with_name("blender_cloth.py")
    done = subprocess.run(
        [python, str(script), str(CASES / f"{name}.npz"), str(save or "")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"Blender's run failed: {done.stderr.strip()[-400:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def neutral(name: str, arguments: argparse.Namespace) -> dict[str, Any]:
    ours(name, arguments.device)  # compiles the kernels
    mine, theirs = [], []
    for _ in range(arguments.turns):
        figures, nodes, velocities = ours(name, arguments.device)
        mine.append(figures)
        if arguments.peer:
            theirs.append(blender(name, arguments.peer_python, arguments.save))
    if arguments.save:
        arguments.save.mkdir(parents=True, exist_ok=True)
        np.savez(arguments.save / "ours.npz", verts=nodes, vel=velocities)
    result: dict[str, Any] = {"case": name, "ours": _middle(mine)}
    if theirs:
        result["blender"] = _middle(theirs)
        result["cpu_ratio"] = result["blender"]["cpu_s"] / result["ours"]["cpu_s"]
    return result


def _middle(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The last run's figures, with the median times of all."""
    return {**runs[-1], **{k: median(run[k] for run in runs) for k in ("cpu_s", "wall_s")}}


def tee(arguments: argparse.Namespace) -> dict[str, Any]:
    """The T-shirt on a standard body, at edge lengths that give about the vertices asked for."""
    from fitting.body import fit_body, infer
    from fitting.cloth import sew
    from fitting.drape import drape
    from fitting.fabrics import fabric
    from fitting.pattern import draft
    from fitting.records import Measurement

    stated = {"height": Measurement(1.72, 0.01, "stated")}
    person = infer(stated, sex="female", weight_kg=Measurement(68.0, 1.0, "stated"))
    body = fit_body(person)
    cloth_of: Fabric = fabric("cotton_jersey")
    pattern = draft("tee", person, fabric=cloth_of)
    rows = []
    edge = 0.012
    drape(sew(pattern, body, edge_m=edge), body, cloth_of, device=arguments.device)
    for wanted in arguments.vertices:
        edge = 0.012 * (5600.0 / wanted) ** 0.5
        levels = 2 if edge > 0.009 else 3
        cut = time.process_time()
        cloth = sew(pattern, body, edge_m=edge, levels=levels)
        cut = time.process_time() - cut
        report = drape(cloth, body, cloth_of, device=arguments.device).report
        rows.append({"edge_mm": 1e3 * edge, "cut_cpu_s": cut, **_plain(report)})
    return {"case": "tee", "ours": rows}


def _plain(report: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return {k: dict(v) if isinstance(v, Mapping) else v for k, v in asdict(report).items()}


def _print(result: Mapping[str, Any]) -> None:
    rows = result["ours"] if isinstance(result["ours"], list) else [result["ours"]]
    keys = (
        "vertices", "cpu_s", "cpu_seconds", "wall_s", "simulated_s",
        "force_residual", "residual_speed_mean_m_s", "residual_speed_max_m_s", "stretch_p99",
        "stretch_max", "penetration_max_mm", "self_intersections", "peak_rss_mb",
    )  # fmt: skip
    named = [("ours", row) for row in rows]
    if "blender" in result:
        named.append(("blender", result["blender"]))
    for name, row in named:
        shown = [f"{k} {row[k]:.4g}" for k in keys if isinstance(row.get(k), float | int)]
        print(name, *shown, row.get("stop_reason", ""), sep="  ")
    if "cpu_ratio" in result:
        print(f"Blender takes {result['cpu_ratio']:.1f} times the processor time")


def main() -> None:
    """Reads the command line, runs the case and prints what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--case", choices=("tube", "sheet", "tee"), default="tube")
    parser.add_argument("--peer", choices=("blender",))
    parser.add_argument(
        "--peer-python", default=sys.executable, help="an interpreter that has the package bpy"
    )
    parser.add_argument("--turns", type=int, default=1, help="runs, ours and the peer's in turn")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="cpu")
    parser.add_argument(
        "--vertices", type=int, nargs="+", default=[3000, 6000, 12000, 25000, 50000],
        help="sizes of the tee",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--save", type=Path, help="folder for the positions and velocities")
    arguments = parser.parse_args()
    result = tee(arguments) if arguments.case == "tee" else neutral(arguments.case, arguments)
    if arguments.json:
        print(json.dumps(result, indent=1))
    else:
        _print(result)


if __name__ == "__main__":
    main()
