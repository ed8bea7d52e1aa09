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
from fitting.pattern.drawing import nest_svg, svg

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "garments"
WEIGHT = 2.5  # of the strokes: the pictures are shown at a third of a page's width and less
NEST = ("S", "M", "L", "XL")
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
        (folder / f"{name}.svg").write_text(svg(pattern, weight=WEIGHT), encoding="utf-8")
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
    people = {label: size(f"en13402-women:{label}") for label in NEST}
    nest = {
        label: draft("blouse", infer(s.stated, sex=s.sex), size=label)
        for label, s in people.items()
    }
    (folder / "sizes.svg").write_text(nest_svg(nest, "M", weight=WEIGHT), encoding="utf-8")
    lines += [
        "## Sizes in one another",
        "",
        f"The blouse in {', '.join(NEST)} of `en13402-women`, as `fitting draft blouse "
        "--size en13402-women:S..XL --sample M --out sizes.svg` draws it.",
        "",
        "![Sizes](sizes.svg)",
        "",
    ]
    (folder / "README.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
