"""Draw every garment, flat and with allowances, into docs/garments.

    python scripts/draw_garments.py [FOLDER]

Each is drafted with its default options for a size of a chart: women's EN 13402-3 M, men's M for
what is cut the same for both.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fitting.body import infer
from fitting.pattern import draft, garments, size
from fitting.pattern.drawing import svg

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "garments"
MEN = {"tee", "shirt", "hoodie", "trousers", "shorts"}


def main(folder: Path) -> None:
    """Write one SVG a garment, and a page that shows them."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Garments, flat",
        "",
        "Drafted with default options and drawn by `python scripts/draw_garments.py`.",
        "Black is cut, blue is sewn, grey marks fold, grain and place.",
        "",
    ]
    for name, garment in garments().items():
        chosen = size("en13402-men:M" if name in MEN else "en13402-women:M")
        person = infer(chosen.stated, sex=chosen.sex)
        pattern = draft(garment, person, size=chosen.name)
        (folder / f"{name}.svg").write_text(svg(pattern), encoding="utf-8")
        sizes = ", ".join(
            f"{k.replace('_', ' ')} {v * 100:.1f}" for k, v in pattern.finished.items()
        )
        lines += [
            f"## {garment.title} (`{name}`)",
            "",
            garment.description,
            "",
            f"{garment.method}",
            "",
            f"{chosen.name}, finished cm: {sizes}.",
            "",
            f"![{garment.title}]({name}.svg)",
            "",
        ]
    (folder / "README.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
