"""Stills of drape.glb from the front and from the back."""

from pathlib import Path

from fitting.pipeline import Look, stills
from fitting.scenes import read_look

body, draped = read_look(Path("drape.glb").read_bytes())
for name, picture in stills(body, draped, Look("", views=("front", "back"))).items():
    Path(name).write_bytes(picture)
