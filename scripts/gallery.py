"""Draw docs/gallery: every garment in three fabrics, on a woman and on a man.

    python scripts/gallery.py [--out docs/gallery] [--garment tee ...] [--edge-mm 14]

A garment that cannot be sewn or does not come to rest in a fabric is named at the end.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fitting import pipeline
from fitting.body import infer
from fitting.errors import FittingError
from fitting.fabrics import fabric
from fitting.pattern import garments
from fitting.records import Measurement, Measurements, Sex
from fitting.render import Finish, Print, Studio, prints
from fitting.render.pictures import contact_sheet, webp
from fitting.store import Store

SIZE = (480, 640)
NAVY, CREAM, RUST = (0.13, 0.17, 0.30), (0.94, 0.91, 0.85), (0.62, 0.27, 0.16)
SAGE, BLACK, ROSE = (0.52, 0.58, 0.47), (0.08, 0.08, 0.09), (0.78, 0.55, 0.55)

# Fabric, colour and print by the kind of cloth a garment is usually made of.
Swatch = tuple[str, Finish]


def knits() -> list[Swatch]:
    marine: Print = prints.stripes([(None, 1.6), (NAVY, 0.9)])
    return [
        ("cotton_jersey", Finish(colour=CREAM, print=marine)),
        ("interlock", Finish(colour=SAGE)),
        ("ponte", Finish(colour=BLACK)),
    ]


def sweats() -> list[Swatch]:
    return [
        ("fleece", Finish()),
        ("interlock", Finish(colour=SAGE)),
        ("ponte", Finish(colour=BLACK)),
    ]


def light_wovens() -> list[Swatch]:
    gingham = prints.checks([(None, 0.8), ((0.35, 0.50, 0.68), 0.8)], ground=(0.97, 0.97, 0.96))
    return [
        ("poplin", Finish(print=gingham)),
        ("viscose_crepe", Finish(colour=RUST)),
        ("polyester_satin", Finish(colour=ROSE)),
    ]


def sturdy_wovens() -> list[Swatch]:
    return [
        ("denim", Finish()),
        ("linen", Finish()),
        ("wool_suiting", Finish()),
    ]


def coatings() -> list[Swatch]:
    plaid = prints.checks([((0.42, 0.36, 0.30), 3.0), ((0.24, 0.21, 0.19), 2.0), (NAVY, 0.5)])
    return [
        ("wool_coating", Finish()),
        ("wool_suiting", Finish(print=plaid)),
        ("twill", Finish(colour=SAGE)),
    ]


SWATCHES = {
    "tee": knits, "tank": knits, "hoodie": sweats, "leggings": knits,
    "trousers": sturdy_wovens, "shorts": sturdy_wovens, "jumpsuit": sturdy_wovens,
    "coat": coatings,
}  # fmt: skip


def person(sex: Sex) -> Measurements:
    """A woman of 1.70 m and 64 kg, or a man of 1.80 m and 78 kg."""
    height, weight = {"female": (1.70, 64.0), "male": (1.80, 78.0)}[sex]
    told = {"height": Measurement(height, 0.005, "stated")}
    return infer(told, sex=sex, weight_kg=Measurement(weight, 0.5, "stated"))


def draw(name: str, edge_mm: float, store: Store) -> tuple[bytes, list[str]]:
    """A sheet of one garment as WebP, and what went wrong."""
    pictures, captions, faults = [], [], []
    skirtlike = any(word in name for word in ("skirt", "dress", "blouse"))
    sexes: tuple[Sex, ...] = ("female", "female", "female") if skirtlike else (
        "female", "male", "female")  # fmt: skip
    for (cloth, finish), sex in zip(SWATCHES.get(name, light_wovens)(), sexes, strict=True):
        look = pipeline.Look(name, fabric=cloth, edge_mm=edge_mm)
        try:
            wearer = person(sex)
            body = pipeline.avatar(wearer, store=store)
            pattern = pipeline.draft(wearer, look, store=store)
            draped = pipeline.drape(pattern, body, fabric(cloth), edge_mm=edge_mm, store=store)
        except FittingError as error:
            faults.append(f"{name} in {cloth}: {error}")
            continue
        if draped.report.stop_reason != "at_rest":
            faults.append(f"{name} in {cloth}: {draped.report.stop_reason}")
        with Studio(draped.body, [draped], size=SIZE, finishes={name: finish}) as studio:
            for view in ("front", "three-quarter-back"):
                pictures.append(studio.still(view))
                captions.append(f"{fabric(cloth).title}, {view.replace('-', ' ')}")
    if not pictures:
        return b"", faults
    return webp(contact_sheet(pictures, columns=6, captions=captions)), faults


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("docs/gallery"))
    parser.add_argument("--garment", nargs="*", default=None)
    parser.add_argument("--edge-mm", type=float, default=14.0)
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    store, faults, names = Store(), [], []
    for name in chosen.garment or list(garments()):
        sheet, wrong = draw(name, chosen.edge_mm, store)
        faults += wrong
        if sheet:
            (chosen.out / f"{name}.webp").write_bytes(sheet)
            names.append(name)
            print(chosen.out / f"{name}.webp", flush=True)
    if chosen.garment is None:
        lines = ["# Gallery", "", "Drawn by `python scripts/gallery.py`.", ""]
        for name in names:
            title = garments()[name].title
            lines += [f"## {title}", "", f"![{title} in three fabrics]({name}.webp)", ""]
        (chosen.out / "README.md").write_text("\n".join(lines))
    for fault in faults:
        print("fault:", fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
