"""Draw the pictures of docs/measurements.md: where each measurement runs on the avatar.

    python scripts/draw_measurements.py

Needs EGL for pyrender. Writes docs/img/measure-*.png.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fitting.body import fit_body, infer
from fitting.body.diagram import tape_lines
from fitting.records import Body, FloatArray, Measurement

ROOT = Path(__file__).resolve().parent.parent
SIZE = (1200, 1400)
LEFT = 0.10  # [m] how far the avatar stands left of the middle, to leave room for names
INKS = ("#b3261e", "#0b57d0", "#146c2e", "#7a4f01", "#6f2da8", "#00677d", "#8c1d5c", "#444444")
# Picture -> view and the measurements drawn in it.
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "torso-girths": (
        "front",
        (
            "neck_girth",
            "neck_base_girth",
            "bust_girth",
            "underbust_girth",
            "waist_girth",
            "navel_waist_girth",
            "hip_girth",
            "head_girth",
        ),
    ),
    "front-lengths": (
        "front",
        (
            "shoulder_length",
            "across_chest_width",
            "front_waist_length",
            "front_neck_waist_length",
            "bust_point_distance",
            "arm_length",
        ),
    ),
    "back-lengths": (
        "back",
        (
            "shoulder_width",
            "biacromial_breadth",
            "back_width",
            "back_waist_length",
            "neck_side_waist_length",
            "crotch_length",
        ),
    ),
    "limb-girths": (
        "front",
        (
            "upper_arm_girth",
            "elbow_girth",
            "forearm_girth",
            "wrist_girth",
            "thigh_girth",
            "lower_thigh_girth",
            "knee_girth",
            "calf_girth",
            "ankle_girth",
        ),
    ),
    "heights": (
        "side",
        (
            "height",
            "nape_height",
            "bust_height",
            "waist_height",
            "navel_height",
            "hip_height",
            "inside_leg_length",
            "knee_height",
        ),
    ),
}
# Picture -> lowest and highest point seen [m].
WINDOWS = {
    "front-lengths": (0.35, 1.82),
    "limb-girths": (-0.06, 1.82),
    "heights": (-0.06, 1.82),
}
# View -> the axes of the picture (right, up, towards the viewer) as rows.
AXES = {
    "front": np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]),
    "back": np.array([[-1.0, 0, 0], [0, 1, 0], [0, 0, -1]]),
    "side": np.array([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]]),
}


def picture(body: Body, view: str, low: float, high: float) -> tuple[Image.Image, float]:
    """The avatar between two heights [m], orthographic, and its scale [px/m]."""
    os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
    import pyrender
    import trimesh

    width, height = SIZE
    scale = height / (high - low)
    seen = (body.vertices - [0, (low + high) / 2, 0]) @ AXES[view].T - [LEFT, 0, 0]
    mesh = trimesh.Trimesh(seen, body.faces, process=False)
    material = pyrender.MetallicRoughnessMaterial(
        baseColorFactor=(0.86, 0.84, 0.82, 1), metallicFactor=0, roughnessFactor=0.9
    )
    scene = pyrender.Scene(ambient_light=[0.45] * 3, bg_color=[1.0, 1.0, 1.0, 1.0])
    scene.add(pyrender.Mesh.from_trimesh(mesh, smooth=True, material=material))
    pose = np.eye(4)
    pose[2, 3] = 3
    camera = pyrender.OrthographicCamera(width / scale / 2, height / scale / 2)
    scene.add(camera, pose=pose)
    lamp = trimesh.transformations.euler_matrix(-0.6, 0.5, 0)
    scene.add(pyrender.DirectionalLight(intensity=2.2), pose=lamp)
    renderer = pyrender.OffscreenRenderer(width, height)
    try:
        pixels, _ = renderer.render(scene)
    finally:
        renderer.delete()
    return Image.fromarray(pixels), scale


def visible(line: FloatArray, middle: float) -> list[FloatArray]:
    """The parts of a ring on the viewer's side of its middle; other lines whole."""
    closed = len(line) > 3 and np.allclose(line[0], line[-1])
    if not closed:
        return [line]
    near = line[:, 2] >= middle - 1e-9
    runs, run = [], []
    for point, ok in zip(np.vstack([line, line[1:]]), np.append(near, near[1:]), strict=True):
        if ok:
            run.append(point)
        elif run:
            runs.append(np.array(run))
            run = []
    return sorted(runs, key=len)[-1:]


def draw(body: Body, group: str, out: Path) -> None:
    """One picture: avatar, lines, and a name for each line at the margin."""
    view, names = GROUPS[group]
    low, high = WINDOWS.get(group, (0.62, 1.80))
    image, scale = picture(body, view, low, high)
    lines = tape_lines(body)
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=26)
    width, height = SIZE

    def pixel(point: FloatArray) -> tuple[float, float]:
        return width / 2 + scale * (point[0] - LEFT), height - scale * (point[1] - low)

    labels = []
    for i, name in enumerate(names):
        ink = INKS[i % len(INKS)]
        shift = 0.055 * (i - len(names) / 2) + 0.42 if view == "side" else 0.0
        ends = []
        for line in lines[name]:
            flat = line @ AXES[view].T + [shift, 0, 0]
            for part in visible(flat, float(flat[:, 2].mean())):
                pen.line([pixel(p) for p in part], fill=ink, width=5, joint="curve")
                ends.append(part)
        rightmost = max(np.vstack(ends), key=lambda p: p[1] if view == "side" else p[0])
        labels.append((pixel(rightmost), name, ink))
    place_labels(pen, labels, font, width)
    image.save(out, optimize=True)


def place_labels(
    pen: ImageDraw.ImageDraw,
    labels: list[tuple[tuple[float, float], str, str]],
    font: ImageFont.ImageFont,
    width: int,
) -> None:
    """Names down the right margin, in the order of their lines, joined by a thin line."""
    last = 10.0
    for (x, y), name, ink in sorted(labels, key=lambda label: label[0][1]):
        row = max(y - 14, last)
        last = row + 36
        left = width - 20 - pen.textlength(name, font=font)
        pen.line([(x, y), (left - 8, row + 14)], fill=ink, width=2)
        pen.rectangle([left - 6, row - 2, width - 14, row + 30], fill="white")
        pen.text((left, row), name, fill=ink, font=font)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs/img")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    told = {"height": Measurement(1.70, 0.005, "stated")}
    body = fit_body(infer(told, sex="female", weight_kg=Measurement(64.0, 0.5, "stated")))
    for group in GROUPS:
        draw(body, group, out / f"measure-{group}.png")
        print(out / f"measure-{group}.png")


if __name__ == "__main__":
    main()
