"""Draws docs/gallery-fit.md: one garment in five sizes on three bodies, with maps and verdicts.

Run it from the root of the checkout:

    python scripts/gallery_fit.py [--garment tee] [--fabric cotton_jersey] [--edge-mm 12]
                                  [--keep DIR]
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fitting import body, pattern, pipeline
from fitting.assess import (
    Fitting,
    advise,
    comparison,
    judge,
    measure,
    sections_svg,
)
from fitting.assess.words import VERDICTS, ZONES
from fitting.assess.zones import SEVERITY
from fitting.fabrics import fabric
from fitting.pattern import size
from fitting.records import (
    Body,
    Fabric,
    FitReport,
    Measurement,
    Measurements,
    Pattern,
    SizeAdvice,
)
from fitting.render.maps import SCALES
from fitting.render.pictures import png
from fitting.render.sheet import Cell, sheet
from fitting.store import Store
from fitting.tryon import shown
from fitting.units import CM

DOCS = Path(__file__).resolve().parent.parent / "docs"
CHART, SIZES = "uk-women", ("10", "12", "14", "16", "18")
TAPE = 0.01  # [m] error of a tape taken at home
PEOPLE: Mapping[str, Mapping[str, float]] = {
    "even": {"height": 168, "bust_girth": 92, "waist_girth": 76, "hip_girth": 100},
    "pear": {"height": 164, "bust_girth": 90, "waist_girth": 74, "hip_girth": 110},
    "full": {"height": 170, "bust_girth": 106, "waist_girth": 92, "hip_girth": 112},
}
MAPS = ("strain", "gap", "pressure")
TITLES = {
    "none": "As it hangs",
    "strain": "Stretch of the cloth",
    "gap": "Distance from the body",
    "pressure": "Pressure on the body",
}


@dataclass(frozen=True, eq=False)
class Worn:
    """One size on one body."""

    fitting: Fitting
    report: FitReport


def person(stated: Mapping[str, float]) -> Measurements:
    """A customer who took the tape at home."""
    told = {name: Measurement(value * CM, TAPE, "stated") for name, value in stated.items()}
    return body.infer(told, sex="female")


def sizes(garment: str, cloth: Fabric) -> list[Pattern]:
    """The garment in every size of the run."""
    run = []
    for label in SIZES:
        stated = {"height": Measurement(1.66, 0.005, "stated"), **size(f"{CHART}:{label}").stated}
        chart_body = body.infer(stated, sex="female")
        run.append(replace(pattern.draft(garment, chart_body, fabric=cloth), size=label))
    return run


def worn(cut: Pattern, who: Body, cloth: Fabric, edge_mm: float, store: Store) -> Worn:
    """Drape, measure and judge one size."""
    draped = pipeline.drape(cut, who, cloth, edge_mm=edge_mm, device="cpu", store=store)
    fitting = measure(draped)
    return Worn(fitting, judge(fitting))


def pictures(
    rows: Mapping[str, Sequence[Worn]], name: str, best: Mapping[str, str | None]
) -> bytes:
    """All bodies and sizes in one picture, with the verdict under each."""
    drawn = shown([[one.fitting for one in garments] for garments in rows.values()], name)
    cells = [
        [
            Cell(picture, caption(one.report), chosen=label == best[who])
            for label, one, picture in zip(SIZES, garments, row, strict=True)
        ]
        for (who, garments), row in zip(rows.items(), drawn, strict=True)
    ]
    heads = [f"size {label}" for label in SIZES]
    return png(
        sheet(cells, columns=heads, names=list(rows), title=TITLES[name], scale=SCALES.get(name))
    )


def caption(report: FitReport) -> str:
    """The verdict in a few words, with the zones that ask for it."""
    if report.verdict is None:
        return "not judged"
    if report.verdict == "as_designed":
        return "as designed"
    ways = sorted(
        {z.verdict for z in report.zones if z.verdict not in (None, "as_designed")},
        key=lambda way: (way != report.verdict, -SEVERITY[way]),
    )
    said = []
    for way in ways:
        where = dict.fromkeys(ZONES[z.zone][0] for z in report.zones if z.verdict == way)
        said.append(f"{VERDICTS[way][0]}: {', '.join(where)}")
    return "; ".join(said)


def main() -> None:
    """Makes the gallery."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--garment", default="tee")
    asked.add_argument("--fabric", default="cotton_jersey")
    asked.add_argument("--edge-mm", type=float, default=12.0)
    asked.add_argument("--keep", type=Path, help="keep drapes there and find them again")
    given = asked.parse_args()
    store = Store(given.keep)
    cloth = fabric(given.fabric)
    run = sizes(given.garment, cloth)
    people = {name: person(stated) for name, stated in PEOPLE.items()}
    bodies = {name: body.fit_body(who) for name, who in people.items()}
    rows = {
        name: [worn(cut, who, cloth, given.edge_mm, store) for cut in run]
        for name, who in bodies.items()
    }
    advice = {name: advise(who, run, cloth) for name, who in people.items()}
    made = {
        name: worn(
            pattern.draft(given.garment, people[name], fabric=cloth), who, cloth,
            given.edge_mm, store,
        )
        for name, who in bodies.items()
    }  # fmt: skip
    best = {name: one.best for name, one in advice.items()}
    for name in ("none", *MAPS):
        (DOCS / f"gallery-fit-{name}.png").write_bytes(pictures(rows, name, best))
    taken = rows["pear"][SIZES.index(best["pear"] or SIZES[0])].fitting
    for level, drawn in sections_svg(taken.who, taken.girths).items():
        (DOCS / f"gallery-fit-{level.removesuffix('_girth')}.svg").write_bytes(drawn)
    text = page(given.garment, cloth, rows, advice, made)
    (DOCS / "gallery-fit.md").write_text(text, encoding="utf-8")


def page(
    garment: str,
    cloth: Fabric,
    rows: Mapping[str, Sequence[Worn]],
    advice: Mapping[str, SizeAdvice],
    made: Mapping[str, Worn],
) -> str:
    """The gallery as Markdown."""
    lines = [
        "# A garment in five sizes on three bodies",
        "",
        f"A {garment} of {cloth.title.lower()} in sizes {', '.join(SIZES)} of the chart `{CHART}`, "
        "draped and judged. Made by `python scripts/gallery_fit.py`; figures are explained in "
        "[fit.md](fit.md).",
        "",
    ]
    for name in ("none", *MAPS):
        lines += [f"## {TITLES[name]}", "", f"![{TITLES[name]}](gallery-fit-{name}.png)", ""]
    lines += [
        f"The highest pressure on any of the fifteen is {hardest(rows):.2f} kPa; the scale ends "
        "where discomfort begins, so a soft knit hardly colours it.",
        "",
        "Stretch in the tables is along the weft: 95 % of the cloth lies below it. The neckband of "
        "rib is cut shorter than the neckline and sewn in stretched: it is coloured in every size.",
        "",
    ]
    lines += ["## Sections of the advised size on the pear figure", ""]
    lines += [f"![{level}](gallery-fit-{level}.svg)" for level in ("bust", "waist", "hip")
              if (DOCS / f"gallery-fit-{level}.svg").exists()]  # fmt: skip
    for name, garments in rows.items():
        lines += ["", f"## {name.capitalize()}", ""]
        stated = ", ".join(f"{k.removesuffix('_girth')} {v:g} cm" for k, v in PEOPLE[name].items())
        lines += [f"{stated.capitalize()}; tape good to {TAPE / CM:g} cm.", ""]
        lines += [advice[name].text, "", advice[name].text_ru, ""]
        lines += [
            "| size | fits with | verdict of the drape | bust ease | hip ease | stretch p95 |",
            "|---|---|---|---|---|---|",
        ]
        for one, chance in zip(garments, advice[name].sizes, strict=True):
            lines.append(_row(chance.size, f"{100 * chance.probability:.0f} %", one.report))
        lines.append(_row("made to measure", "", made[name].report))
        lines += ["", _compared(made[name], garments, advice[name])]
    return "\n".join(lines) + "\n"


def hardest(rows: Mapping[str, Sequence[Worn]]) -> float:
    """The highest pressure of all [kPa]."""
    felt = [one.report.pressure for garments in rows.values() for one in garments]
    return max((pressure.highest for pressure in felt if pressure is not None), default=0.0) / 1000


def _row(label: str, chance: str, report: FitReport) -> str:
    eases = {row.level: f"{row.ease / CM:+.1f} cm" for row in report.girths}
    return (
        f"| {label} | {chance} | {report.text} | {eases.get('bust_girth', '')} | "
        f"{eases.get('hip_girth', '')} | {100 * report.strain_weft_p95:.1f} % |"
    )


def _compared(made: Worn, garments: Sequence[Worn], advice: SizeAdvice) -> str:
    if advice.best is None:
        return "No size is near enough to compare with made to measure."
    tree = comparison(made.report, garments[SIZES.index(advice.best)].report)
    area = tree["fabric_area_m2"]
    gains = ", ".join(
        f"{row['name']['en']} {row['gain_cm']:+.1f} cm"
        for row in tree["zones"]
        if row["gain_cm"] is not None and abs(row["gain_cm"]) >= 0.05
    )
    return (
        f"Made to measure is nearer to the designed ease than size {advice.best} by: "
        f"{gains or 'nothing'}; panels of {area['made_to_measure']:.2f} against "
        f"{area['size']:.2f} m²."
    )


if __name__ == "__main__":
    main()
