"""Two photos and a stated height in, measurements with their uncertainty out."""

from pathlib import Path

from fitting.assets import asset
from fitting.formats import dumps, measurements_json
from fitting.pipeline import Person, measure

front, side = (asset("samples", f"{view}.jpg").read_bytes() for view in ("front", "side"))
found = measure(Person(height_cm=169.1, sex="female", front=front, side=side))
for name, item in found.values.items():
    print(f"{name}: {100 * item.value:.1f} ± {100 * item.sigma:.1f} cm, {item.source}")
Path("measurements.json").write_bytes(dumps(measurements_json(found)))
