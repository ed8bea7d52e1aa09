"""Makes the sample customer in assets/samples: an avatar photographed in a drawn room.

Nobody real is in these pictures. Run as ``python scripts/make_samples.py``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from backdrop import studio_wall
from customers import Stance, rest_body, stand
from PIL import Image
from studio import Camera, Light, Look, Studio

from fitting.body.measure import NAMES, measure_parameters, volume
from fitting.body.model import load
from fitting.records import Sex

HERE = Path(__file__).resolve().parent.parent / "assets" / "samples"
LABEL = b"Synthetic picture of an avatar, made by scripts/make_samples.py of cyberatelier. CC0."
SEX: Sex = "female"

# A body a little off the average in several ways, so that the measuring has something to find.
SHAPE = {
    "height": -0.16,
    "weight": 0.06,
    "muscle": 0.05,
    "cupsize": 0.1,
    "proportions": 0.1,
    "measure-waist-circ": -0.15,
    "measure-hips-circ": 0.2,
    "measure-shoulder-dist": -0.1,
    "measure-upperleg-height": 0.1,
    "upperarm-fat": 0.1,
    "buttocks-volume": 0.2,
}
LOOK = Look(
    skin=(0.84, 0.65, 0.54),
    hair=(0.24, 0.15, 0.10),
    top=(0.16, 0.36, 0.42),
    bottom=(0.15, 0.16, 0.20),
    top_kind="tank",
    bottom_kind="leggings",
    mottle=0.03,
    blemish=0.006,
)
LIGHT = Light(
    key=2.6,
    fill=0.9,
    ambient=0.42,
    azimuth=-0.6,
    elevation=0.7,
    tint=(1.0, 0.98, 0.95),
    noise=1.5,
    blur=0.5,
)
CAMERA = Camera(distance=2.35, height=1.2, pitch=0.06, fov=1.02)


def main() -> None:
    """Writes front.jpg, side.jpg and truth.json."""
    model = load()
    parameters = np.zeros(len(model.names))
    for name, value in SHAPE.items():
        parameters[model.names.index(name)] = value
    rest = rest_body(parameters, SEX)
    stances = {
        "front": Stance(lowered=9, forward=-6, elbow=-4, turn=2),
        "side": Stance(lowered=32, forward=-10, elbow=-6, turn=88),
    }
    HERE.mkdir(parents=True, exist_ok=True)
    studio = Studio(halvings=2)
    for name, stance in stances.items():
        camera = replace(CAMERA, distance=CAMERA.distance + (0.03 if name == "side" else 0.0))
        picture = studio.photograph(
            stand(rest, stance),
            rest,
            camera,
            LOOK,
            LIGHT,
            np.random.default_rng(4),
            studio_wall(camera),
        )
        Image.fromarray(picture).save(HERE / f"{name}.jpg", quality=90, comment=LABEL)
    measured = measure_parameters(parameters[None], SEX, NAMES)
    truth = {
        "note": "True measurements of the synthetic person in front.jpg and side.jpg.",
        "sex": SEX,
        "weight_kg": round(985.0 * volume(np.asarray(rest.vertices)), 1),
        **{f"{name}_cm": round(100 * float(value[0]), 1) for name, value in measured.items()},
    }
    (HERE / "truth.json").write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
