"""Does the garment of drape.glb fit, and where not?"""

from pathlib import Path

from fitting.pipeline import assess
from fitting.scenes import read_look

_, draped = read_look(Path("drape.glb").read_bytes())
report = assess(draped[0])
print(report.text)
for zone in report.zones:
    print(f"{zone.zone}: {zone.verdict}, {zone.text}")
