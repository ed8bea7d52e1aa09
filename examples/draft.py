"""A T-shirt drafted to measurements.json: to sew (JSON), to look at (SVG), to print (PDF)."""

from pathlib import Path

from fitting.formats import read_measurements
from fitting.pattern import formats_by_suffix
from fitting.pipeline import Look, draft

measurements = read_measurements(Path("measurements.json").read_bytes())
pattern = draft(measurements, Look("tee", options={"neck": "v"}))
for suffix in (".json", ".svg", ".pdf"):
    Path("pattern").with_suffix(suffix).write_bytes(formats_by_suffix()[suffix](pattern))
