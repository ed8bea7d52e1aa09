"""Lets Blender's cloth simulate a neutral case; `drape.py --peer blender` runs it.

Needs the optional package ``bpy`` from PyPI (GPL; not a dependency of this project). Settings are
those that stood the two cases of several tried: quality 5, tension and shear 15, bending 0.5,
self-collision on, gap 5 mm. Blender's frame is 0.04 s at 25 frames a second.

    python benchmarks/blender_cloth.py CASE.npz [FOLDER]
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

FRAME = 0.04  # [s]


def build(case: Any) -> Any:
    """The scene: a collision body and a cloth; returns the cloth object."""
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.fps = 25
    frames = round(float(case["duration"]) / FRAME)
    scene.frame_start, scene.frame_end = 1, frames + 1

    def add(name: str, vertices: Any, faces: Any) -> Any:
        mesh = bpy.data.meshes.new(name)
        mesh.from_pydata(vertices.tolist(), [], faces.tolist())
        mesh.update()
        thing = bpy.data.objects.new(name, mesh)
        scene.collection.objects.link(thing)
        return thing

    body = add("body", case["body_verts"], case["body_faces"])
    cloth = add("cloth", case["verts"], case["faces"])
    body.modifiers.new("collision", "COLLISION")
    body.collision.thickness_outer = 0.005
    body.collision.thickness_inner = 0.02
    body.collision.cloth_friction = 5.0
    modifier = cloth.modifiers.new("cloth", "CLOTH")
    settings, contact = modifier.settings, modifier.collision_settings
    settings.quality = 5
    settings.mass = 0.3
    settings.tension_stiffness = settings.compression_stiffness = 15.0
    settings.shear_stiffness = 15.0
    settings.bending_stiffness = 0.5
    contact.use_collision = True
    contact.collision_quality = 2
    contact.distance_min = 0.005
    contact.use_self_collision = True
    contact.self_distance_min = 0.003
    if len(case["pinned"]):
        group = cloth.vertex_groups.new(name="pinned")
        group.add([int(i) for i in case["pinned"]], 1.0, "REPLACE")
        settings.vertex_group_mass = "pinned"
    modifier.point_cache.frame_start, modifier.point_cache.frame_end = 1, frames + 1
    return cloth


def positions(cloth: Any) -> Any:
    """The cloth's vertices in the present frame, shape (N, 3) [m]."""
    import bpy

    mesh = cloth.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    flat = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", flat)
    return flat.reshape(-1, 3).astype(np.float64)


def main() -> None:
    """Simulates the case and prints its figures as JSON."""
    import bpy

    case = dict(np.load(sys.argv[1]))
    cloth = build(case)
    scene = bpy.context.scene
    scene.frame_set(1)
    now = positions(cloth)
    used, wall = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    for frame in range(2, scene.frame_end + 1):
        before = now
        scene.frame_set(frame)
        now = positions(cloth)
    spent = resource.getrusage(resource.RUSAGE_SELF)
    speed = np.linalg.norm((now - before) / FRAME, axis=1)
    ends = case["edges"]
    rest = np.linalg.norm(case["rest_verts"][ends[:, 0]] - case["rest_verts"][ends[:, 1]], axis=1)
    stretch = np.linalg.norm(now[ends[:, 0]] - now[ends[:, 1]], axis=1) / rest
    if len(sys.argv) > 2 and sys.argv[2]:
        Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
        np.savez(Path(sys.argv[2]) / "blender.npz", verts=now, vel=(now - before) / FRAME)
    figures = {
        "cpu_s": spent.ru_utime + spent.ru_stime - used.ru_utime - used.ru_stime,
        "wall_s": time.perf_counter() - wall,
        "simulated_s": float(case["duration"]),
        "vertices": len(now),
        "residual_speed_mean_m_s": float(speed.mean()),
        "residual_speed_max_m_s": float(speed.max()),
        "stretch_p99": float(np.quantile(stretch, 0.99)),
        "stretch_max": float(stretch.max()),
    }
    print(json.dumps(figures), flush=True)
    os._exit(0)  # bpy may crash in its own shutdown


if __name__ == "__main__":
    main()
