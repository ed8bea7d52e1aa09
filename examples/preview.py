"""The whole chain in five lines: measurements from a stated height, then a fitted T-shirt."""

from pathlib import Path

from fitting.pipeline import Look, Person, preview, preview_files

made = preview(Person(height_cm=168, sex="female", weight_kg=62), Look("tee"))
for name, data in preview_files(made).items():
    Path(name).write_bytes(data)
