"""pattern.json sewn around body.glb and left to hang until it is at rest."""

from pathlib import Path

from fitting.fabrics import fabric
from fitting.pattern import read_pattern
from fitting.pipeline import drape
from fitting.scenes import read_body, write_look

body = read_body(Path("body.glb").read_bytes(), kind="glb")
pattern = read_pattern(Path("pattern.json").read_bytes(), name="pattern")
draped = drape(pattern, body, fabric("cotton_jersey"), edge_mm=16)
print(draped.report.stop_reason, f"after {draped.report.seconds['total']:.1f} s")
Path("drape.glb").write_bytes(write_look(body, [draped]))
