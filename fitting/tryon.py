"""A garment tried on in several sizes: the advice confirmed on the body, beside made to measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fitting import pipeline, sizing
from fitting.errors import UnknownName
from fitting.records import Drape, FitReport, Measurements, SizeAdvice
from fitting.store import Store

if TYPE_CHECKING:
    from fitting.assess import Fitting
    from fitting.render.pictures import Picture

_VIEW, _PICTURE, _MARGIN = "front", (600, 800), 24  # a still of a trial [px], and what is cut off


@dataclass(frozen=True, eq=False)
class Trial:
    """What was tried on.

    Attributes:
        advice: With what the drapes changed.
        taken: Draped sizes by label, in the chart's order, and made to measure under an empty one.
        fits: Their reports.
    """

    advice: SizeAdvice
    taken: Mapping[str, Fitting]
    fits: Mapping[str, FitReport]


def try_sizes(
    measurements: Measurements,
    look: pipeline.Look,
    *,
    chart: str | None = None,
    sizes: Sequence[str] = (),
    store: Store | None = None,
    progress: pipeline.Progress = pipeline.quiet,
    device: str = "auto",
) -> Trial:
    """Drape sizes of a garment, and the garment drafted to measure, on a customer.

    Args:
        measurements: Of the customer.
        look: Garment, fabric, options and fineness.
        chart: Of the sizes; as `sizing.advice` chooses it if None.
        sizes: Labels to drape; the two best if empty.
        store, progress, device: As `pipeline.preview` takes them.
    Raises:
        UnknownName: A size that the chart does not have.
    """
    from fitting.assess import confirmed, judge, measure, two_best

    cloth = pipeline.fabric_of(look)
    advice = sizing.advice(measurements, look.garment, cloth, chart=chart, options=look.options)
    run = {
        cut.size: cut
        for cut in sizing.run_of_sizes(
            look.garment, cloth, chart=advice.chart, options=look.options
        )
    }
    asked = set(sizes or two_best(advice))
    if asked - set(run):
        raise UnknownName(
            f"there is no size {min(asked - set(run))!r} in {advice.chart}; "
            f"there are: {', '.join(run)}"
        )
    body = pipeline.avatar(measurements, store=store, progress=progress)
    cuts = {label: cut for label, cut in run.items() if label in asked}
    cuts[""] = pipeline.draft(measurements, look, store=store)
    taken = {}
    for number, (label, cut) in enumerate(cuts.items()):
        progress("drape", number / len(cuts))
        taken[label] = measure(
            pipeline.drape(cut, body, cloth, edge_mm=look.edge_mm, device=device, store=store)
        )
    progress("drape", 1.0)
    fits = {label: judge(one) for label, one in taken.items()}
    judged = {label: fit for label, fit in fits.items() if label and fit.verdict}
    return Trial(confirmed(advice, judged) if judged else advice, taken, fits)


def trial_json(trial: Trial) -> dict[str, Any]:
    """The advice, the reports behind it, and made to measure beside the advised size."""
    from fitting.assess import advice_json, comparison, fit_json

    draped = {label: fit_json(fit) for label, fit in trial.fits.items() if label}
    nearest = trial.advice.best if trial.advice.best in trial.taken else None
    return {
        **advice_json(trial.advice),
        "draped": draped,
        "made_to_measure_fit": fit_json(trial.fits[""]),
        "made_to_measure_beside_size": None
        if nearest is None
        else comparison(trial.fits[""], trial.fits[nearest]),
    }


def side_by_side(trial: Trial, map: str = "none") -> bytes:
    """The sizes and the made-to-measure garment in one PNG, with their verdicts.

    Args:
        trial: What was tried on.
        map: ``none`` shows the cloth, ``strain``, ``pressure`` or ``gap`` the figure on it.
    """
    from fitting.render import png
    from fitting.render.maps import SCALES
    from fitting.render.sheet import Cell, sheet

    (pictures,) = shown([list(trial.taken.values())], map)
    cells = [
        Cell(picture, trial.fits[label].text, chosen=bool(label) and label == trial.advice.best)
        for label, picture in zip(trial.taken, pictures, strict=True)
    ]
    heads = [f"size {label}" if label else "made to measure" for label in trial.taken]
    return png(sheet([cells], columns=heads, scale=SCALES.get(map)))


def shown(rows: Sequence[Sequence[Fitting]], map: str) -> list[list[Picture]]:
    """Garments from the front, a row a body, all pictures cut to the same size.

    Args:
        rows: Measured garments; those of a row are on one body.
        map: ``none``, ``strain``, ``pressure`` or ``gap``.
    """
    from fitting.assess import maps
    from fitting.render import Studio, views
    from fitting.render.stills import heat_of

    pictures, corners = [], []
    for row in rows:
        drapes = [one.drape for one in row]
        camera = views.camera(views.view(_VIEW), drapes[0].body, drapes, _PICTURE)
        taken = []
        for one in row:
            name = one.drape.cloth.pattern.name
            values = None if map == "none" else {name: maps(one)[map]}
            heat = heat_of(map, values, [one.drape])
            with Studio(
                one.drape.body, [one.drape], size=_PICTURE, background="white", heat=heat, rays=32
            ) as studio:
                taken.append(studio.through(camera))
            at = camera.pixels(one.drape.positions, _PICTURE)
            corners.append((at.min(0), at.max(0)))
        pictures.append(taken)
    low = np.min([c[0] for c in corners], axis=0) - _MARGIN
    high = np.max([c[1] for c in corners], axis=0) + _MARGIN
    left, top = np.maximum(low, 0).astype(int)
    right, foot = np.minimum(high, _PICTURE).astype(int)
    return [[picture[top:foot, left:right] for picture in row] for row in pictures]


def trial_files(trial: Trial) -> dict[str, bytes]:
    """A trial as files, by name: the advice, a report and sections a size, and the pictures."""
    from fitting.formats import dumps

    files = {"advice.json": dumps(trial_json(trial))}
    for map in ("none", "strain", "pressure", "gap"):
        name = "sizes.png" if map == "none" else f"sizes-{map}.png"
        files[name] = side_by_side(trial, map)
    for label, one in trial.taken.items():
        for name, drawing in sections(one).items():
            files[f"{label or 'made-to-measure'}-{name}"] = drawing
    return files


def sections(taken: Fitting) -> dict[str, bytes]:
    """Sections at bust, waist and hip as SVG, by file name."""
    from fitting.assess import sections_svg

    drawn = sections_svg(taken.who, taken.girths)
    return {f"section-{level.removesuffix('_girth')}.svg": svg for level, svg in drawn.items()}


@dataclass(frozen=True, eq=False)
class Altered:
    """A garment altered as its report says, and draped again."""

    drape: Drape
    fit: FitReport


def altered_files(made: Altered) -> dict[str, bytes]:
    """An altered garment as files, by name."""
    from fitting.assess import fit_json
    from fitting.formats import drape_json, dumps
    from fitting.pattern import formats_by_suffix
    from fitting.scenes import write_look

    return {
        "pattern.json": formats_by_suffix()[".json"](made.drape.cloth.pattern),
        "drape.glb": write_look(made.drape.body, [made.drape]),
        "drape.json": dumps(drape_json(made.drape.report)),
        "fit.json": dumps(fit_json(made.fit)),
    }


def alter(
    draped: Drape,
    *,
    edge_mm: float | None = None,
    store: Store | None = None,
    progress: pipeline.Progress = pipeline.quiet,
    device: str = "auto",
) -> Altered:
    """Make the alterations that the report on a garment asks for, and drape it again.

    Raises:
        BadInput: Nothing is to be altered, or no option of the garment does it.
        BadOption: An alteration beyond what the garment can be drafted with.
    """
    report = pipeline.assess(draped)
    who = draped.body.measurements
    pattern = sizing.altered(
        draped.cloth.pattern, report.alterations, draped.fabric,
        sex="female" if who is None else who.sex,
    )  # fmt: skip
    again = pipeline.drape(
        pattern, draped.body, draped.fabric, edge_mm=edge_mm or 1000 * draped.cloth.edge_m,
        device=device, store=store, progress=progress,
    )  # fmt: skip
    return Altered(again, pipeline.assess(again))
