"""An avatar that measures what measurements.json says, as a GLB in metres."""

from pathlib import Path

from fitting.formats import read_measurements
from fitting.pipeline import avatar
from fitting.scenes import write_body

measurements = read_measurements(Path("measurements.json").read_bytes())
Path("body.glb").write_bytes(write_body(avatar(measurements)))
