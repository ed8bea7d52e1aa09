"""The command line. Every command reads files, calls the pipeline and writes files.

Exit codes: 0 on success, 2 on bad usage or bad input with one line on stderr, 1 on failure.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from fitting import files, pipeline
from fitting.assets import asset
from fitting.errors import BadInput, FittingError
from fitting.records import Caution, Drape, Measurements, Pattern
from fitting.units import MM

if TYPE_CHECKING:
    from fitting.render import Finish

if TYPE_CHECKING:
    from fitting.pattern import Style

app = typer.Typer(
    help="Virtual fitting: photos or a tape in, a drafted, draped and judged garment out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Front = Annotated[Path | None, typer.Option(help="Photo from the front.")]
Side = Annotated[Path | None, typer.Option(help="Photo from the side.")]
HeightCm = Annotated[float, typer.Option(help="Stature [cm].")]
WeightKg = Annotated[float | None, typer.Option(help="Body mass [kg].")]
Sex = Annotated[Literal["female", "male"], typer.Option(help="Whose survey to compare with.")]
Age = Annotated[float | None, typer.Option(help="Age [years].")]
Tape = Annotated[list[str] | None, typer.Option(help="A tape measurement: waist_girth=78.5 [cm].")]
Option = Annotated[list[str] | None, typer.Option(help="A drafting option: length=0.7.")]
FabricName = Annotated[str | None, typer.Option("--fabric", help="See `fitting fabrics`.")]
EdgeMm = Annotated[float, typer.Option(help="Edge length of the cloth's triangles [mm].")]
PaperName = Annotated[
    Literal["A4", "Letter", "A0", "projector"], typer.Option("--paper", help="Of a PDF.")
]
SheetLanguage = Annotated[Literal["en", "ru"], typer.Option("--language", help="Of drawings.")]
Dialect = Annotated[
    str, typer.Option(help="Of a DXF: astm, aama, astm-sew, inch; see docs/patterns.md.")
]
_GARMENT_HELP = (
    "See `fitting garments`; or garment.py, package.module:draft, or a pattern's .json or .dxf."
)
Device = Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="Where to compute.")]
Size = Annotated[str, typer.Option(help="Width x height [pixels].")]


@app.command()
def measure(
    height_cm: HeightCm,
    out_: Annotated[Path, typer.Option("--out", help="measurements.json")],
    front: Front = None,
    side: Side = None,
    weight_kg: WeightKg = None,
    sex: Sex = "female",
    age: Age = None,
    tape: Tape = None,
    names: Annotated[
        Literal["freesewing", "seamly", "garmentcode"] | None,
        typer.Option(help="Write another program's names instead of ours; a body YAML as .yaml."),
    ] = None,
    advise: Annotated[
        str | None,
        typer.Option(metavar="GARMENT", help="Name the tape measurement worth taking for it."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure a person from photos, a tape, or height and weight alone."""
    from fitting.formats import dumps, foreign_measurements, measurements_json

    files.require_writable(out_, folder=False)
    person = _person(height_cm, weight_kg, sex, age, tape, front, side)
    wanted = pipeline.measurements_needed(advise) if advise else ()
    with _progress(as_json) as tick:
        found = pipeline.measure(person, progress=tick)
    tree = measurements_json(found)
    data = dumps(tree) if names is None else foreign_measurements(found, names, out_.suffix)
    files.write({out_: data})
    _tell(tree, as_json, lambda: _measurement_table(found), out_)
    _warn(found)
    if advise:
        best = pipeline.advise(found, wanted)
        err.print(
            f"measure {best.name} with a tape next: it removes {100 * best.share:.0f} % of what "
            f"is uncertain for the {advise}",
            soft_wrap=True,
        )


@app.command()
def avatar(
    measurements: Annotated[Path, typer.Option(help="measurements.json")],
    out_: Annotated[Path, typer.Option("--out", help="body.glb")],
    pose: Annotated[
        Literal["a", "hip-width", "t", "arms-down"], typer.Option(help="How it stands.")
    ] = "a",
) -> None:
    """Make the avatar that measures what the measurements say."""
    from fitting.formats import read_measurements
    from fitting.scenes import write_body

    files.require_writable(out_, folder=False)
    known = read_measurements(files.read(measurements))
    with _progress() as tick:
        body = pipeline.avatar(known, pose=pose, progress=tick)
    files.write({out_: write_body(body)})
    out.print(str(out_))


@app.command()
def draft(
    garment: Annotated[str, typer.Argument(help=_GARMENT_HELP)],
    out_: Annotated[Path, typer.Option("--out", help="pattern.json, .svg, .pdf or .dxf")],
    measurements: Annotated[Path | None, typer.Option(help="measurements.json")] = None,
    size: Annotated[
        str | None,
        typer.Option(help="CHART:LABEL, see `fitting charts`; CHART:S,M,L or CHART:S..L nests."),
    ] = None,
    sample: Annotated[
        str | None, typer.Option(help="The size of a nest that carries the marks; the middle one.")
    ] = None,
    fabric: FabricName = None,
    option: Option = None,
    paper: PaperName = "A4",
    language: SheetLanguage = "en",
    dialect: Dialect = "astm",
    as_json: Json = False,
) -> None:
    """Draft a garment's pattern, to measure or to a size, or in several sizes."""
    from fitting.fabrics import fabric as fabric_named
    from fitting.formats import read_measurements
    from fitting.pattern import Style, check_options, garment_from, sizes, summary
    from fitting.pattern import draft as drafted

    files.require_writable(out_, folder=False)
    _pattern_writer(out_)
    _check_dialect(dialect)
    if (measurements is None) == (size is None):
        raise BadInput("give either --measurements measurements.json or --size CHART:LABEL")
    options = _pairs(option, "--option")
    design = garment_from(garment)
    check_options(design, options)
    cloth = fabric_named(fabric or design.fabric)
    wearers: dict[str, Measurements] = {}
    if measurements is not None:
        wearers[""] = read_measurements(files.read(measurements))
    else:
        for one in sizes(str(size)):
            wearers[one.name] = pipeline.measurements_of_size(one.name)
    nest = {
        name: drafted(design, wearer, options=options, fabric=cloth, size=name)
        for name, wearer in wearers.items()
    }
    style = Style(paper, language, dialect)
    if len(nest) == 1:
        pattern = next(iter(nest.values()))
        written = _pattern_files(pattern, out_, style)
    else:
        pattern, written = _nested(nest, sample, out_, style)
    files.write(written)
    wearer = wearers[pattern.size]
    tree = summary(pattern, measurements=wearer, fabric=cloth)
    _tell(
        {**tree, "files": [str(path) for path in written]},
        as_json,
        lambda: _finished_table(tree),
        *written,
    )


@app.command()
def check(
    pattern: Annotated[Path, typer.Argument(metavar="PATTERN.json|.dxf")],
    measurements: Annotated[
        Path | None, typer.Option(help="measurements.json of whoever must get into it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say whether a pattern can be sewn, and what it comes to."""
    from fitting.formats import read_measurements
    from fitting.pattern import check as faults_of
    from fitting.pattern import summary

    read = _read_pattern(pattern)
    wearer = read_measurements(files.read(measurements)) if measurements else None
    faults = faults_of(read, measurements=wearer)
    tree = {"faults": [vars(f) for f in faults], **summary(read, measurements=wearer)}
    if as_json:
        out.print_json(data=tree)
    for fault in faults if not as_json else ():
        err.print(f"{fault.code}: {fault.text}", markup=False, soft_wrap=True)
    if not faults and not as_json:
        out.print(f"{read.name}: {len(read.panels)} panels, {len(read.seams)} seams, sewable")
        _finished_table(tree)
        _openings_table(tree)
        cloth = ", ".join(f"{m2:.2f} m² of {name}" for name, m2 in tree["materials_m2"].items())
        out.print(f"{cloth}; {tree['seam_length_m']:.1f} m of seams")
    if faults:
        raise typer.Exit(2)


@app.command()
def convert(
    pattern: Annotated[Path, typer.Argument(metavar="IN.json|.dxf")],
    out_: Annotated[Path, typer.Option("--out", help="OUT.json, .dxf, .svg or .pdf")],
    paper: PaperName = "A4",
    language: SheetLanguage = "en",
    dialect: Dialect = "astm",
) -> None:
    """Write a pattern in another format."""
    from fitting.pattern import Style
    from fitting.pattern import check as faults_of

    files.require_writable(out_, folder=False)
    _pattern_writer(out_)
    _check_dialect(dialect)
    read = _read_pattern(pattern)
    written = _pattern_files(read, out_, Style(paper, language, dialect))
    files.write(written)
    # A pattern may be written to be mended elsewhere, but nobody should cut it unwarned.
    for fault in faults_of(read):
        err.print(f"{fault.code}: {fault.text}", markup=False, soft_wrap=True)
    for path in written:
        out.print(str(path), markup=False)


@app.command()
def drape(
    patterns: Annotated[list[Path], typer.Argument(metavar="PATTERN.json ...")],
    body: Annotated[Path, typer.Option(help="body.glb or .obj")],
    out_: Annotated[Path, typer.Option("--out", help="drape.glb")],
    report: Annotated[Path, typer.Option(help="drape.json")],
    fabric: FabricName = None,
    edge_mm: EdgeMm = 12.0,
    device: Device = "auto",
    as_json: Json = False,
) -> None:
    """Sew patterns around a body and let them hang, one over the other in their layers' order."""
    from fitting.fabrics import fabric as fabric_named
    from fitting.formats import drape_json, dumps
    from fitting.pattern import require_sewable
    from fitting.scenes import read_body, write_look

    for path in (out_, report):
        files.require_writable(path, folder=False)
    garments = [_read_pattern(path) for path in patterns]
    for pattern in garments:
        require_sewable(pattern)
    avatar_ = read_body(files.read(body), kind=body.suffix.lower().lstrip("."))
    cloths = [fabric_named(fabric or one.fabric or "cotton_jersey") for one in garments]
    with _progress(as_json) as tick:
        draped = pipeline.drape_look(
            garments, avatar_, cloths, edge_mm=edge_mm, device=device, progress=tick
        )
    reports = [drape_json(one.report) for one in draped]
    tree = reports[0] if len(reports) == 1 else {"garments": reports}
    files.write({out_: write_look(draped[0].body, list(draped)), report: dumps(tree)})
    _tell(tree, as_json, lambda: _drape_table(*draped), out_, report)


@app.command()
def assess(
    drape_glb: Annotated[Path, typer.Argument(metavar="DRAPE.glb")],
    out_: Annotated[Path, typer.Option("--out", help="fit.json")],
    sections: Annotated[
        Path | None, typer.Option(help="A folder for cross-sections at bust, waist, hip as SVG.")
    ] = None,
    alter: Annotated[
        Path | None,
        typer.Option(help="A folder for the garment altered as the report says and draped again."),
    ] = None,
    device: Device = "auto",
    as_json: Json = False,
) -> None:
    """Say whether a draped garment fits, where not, and which size would."""
    from fitting import tryon
    from fitting.assess import fits_json
    from fitting.assess import measure as measured
    from fitting.formats import dumps
    from fitting.scenes import read_look

    files.require_writable(out_, folder=False)
    for folder in (sections, alter):
        if folder is not None:
            files.require_writable(folder, folder=True)
    _, draped = read_look(files.read(drape_glb))
    if alter is not None and len(draped) != 1:
        raise BadInput(f"{drape_glb.name} has {len(draped)} garments; --alter takes one")
    tree = fits_json(pipeline.assess_layers(draped))
    written = {out_: dumps(tree)}
    for one in draped if sections is not None else ():
        prefix = f"{one.cloth.pattern.name}-" if len(draped) > 1 else ""
        for name, drawing in tryon.sections(measured(one)).items():
            written[Path(str(sections)) / f"{prefix}{name}"] = drawing
    if alter is not None:
        with _progress(as_json) as tick:
            made = tryon.alter(draped[0], device=device, progress=tick)
        written |= {alter / name: data for name, data in tryon.altered_files(made).items()}
    files.write(written)
    _tell(tree, as_json, lambda: _fit_tables(tree), *written)


@app.command()
def advise(
    garment: Annotated[str, typer.Argument(help="See `fitting garments`.")],
    measurements: Annotated[Path, typer.Option(help="measurements.json")],
    out_: Annotated[Path, typer.Option("--out", help="advice.json")],
    chart: Annotated[str | None, typer.Option(help="See `fitting charts`.")] = None,
    size: Annotated[
        list[str] | None, typer.Option(help="A size to drape; the two best if none is named.")
    ] = None,
    try_on: Annotated[
        Path | None,
        typer.Option(help="A folder: drape sizes and made to measure, and show them side by side."),
    ] = None,
    fabric: FabricName = None,
    option: Option = None,
    edge_mm: EdgeMm = 12.0,
    device: Device = "auto",
    as_json: Json = False,
) -> None:
    """Say which size of a garment to take, from measurements alone or after trying sizes on."""
    from fitting import sizing, tryon
    from fitting.assess import advice_json
    from fitting.formats import dumps, read_measurements

    files.require_writable(out_, folder=False)
    if try_on is not None:
        files.require_writable(try_on, folder=True)
    look = pipeline.Look(garment, fabric, _pairs(option, "--option"), edge_mm)
    pipeline.check_look(look)
    wearer = read_measurements(files.read(measurements))
    if try_on is None:
        if size:
            raise BadInput("--size names a size to drape; add --try-on DIR")
        cloth = pipeline.fabric_of(look)
        tree = advice_json(sizing.advice(wearer, garment, cloth, chart=chart, options=look.options))
        written = {out_: dumps(tree)}
    else:
        with _progress(as_json) as tick:
            trial = tryon.try_sizes(
                wearer, look, chart=chart, sizes=size or (), device=device, progress=tick
            )
        made = tryon.trial_files(trial)
        tree = tryon.trial_json(trial)
        written = {try_on / name: data for name, data in made.items()} | {out_: dumps(tree)}
    files.write(written)
    _tell(tree, as_json, lambda: _advice_table(tree), *written)


@app.command()
def render(
    drape_glb: Annotated[Path, typer.Argument(metavar="DRAPE.glb")],
    out_: Annotated[
        Path, typer.Option("--out", help="preview.png or .webp; .mp4; .glb or .usdz for viewers.")
    ],
    view: Annotated[
        str,
        typer.Option(
            help="front, back, left, right, three-quarter, three-quarter-right, "
            "three-quarter-back, neck, waist, hem, sheet or turntable"
        ),
    ] = "front",
    size: Size = "1024x1365",
    map_: Annotated[
        Literal["none", "strain", "pressure", "gap"],
        typer.Option("--map", help="Colour the cloth by a figure."),
    ] = "none",
    background: Annotated[
        str, typer.Option(help="studio, white, transparent or #rrggbb")
    ] = "studio",
    tone: Annotated[
        str,
        typer.Option(help="mannequin, porcelain, sand, honey, amber, chestnut or espresso"),
    ] = "mannequin",
    stance: Annotated[
        Literal["draped", "at-ease"], typer.Option(help="at-ease lowers the arms for the picture.")
    ] = "draped",
    colour: Annotated[
        list[str] | None, typer.Option(help="#rrggbb for all, or GARMENT=#rrggbb.")
    ] = None,
    print_: Annotated[
        Path | None, typer.Option("--print", help="A picture that repeats over the cloth.")
    ] = None,
    print_cm: Annotated[float, typer.Option(help="Width of one repeat of it [cm].")] = 10.0,
    print_turn: Annotated[float, typer.Option(help="Turned counter-clockwise [degrees].")] = 0.0,
    other: Annotated[
        Path | None,
        typer.Option("--beside", help="Another DRAPE.glb of the same wearer, laid next to it."),
    ] = None,
    photo: Annotated[
        Path | None, typer.Option(help="Show the look on this photo of its wearer.")
    ] = None,
    crop: Annotated[
        str | None,
        typer.Option(help="Part of the photo with the wearer: left,top,width,height [pixels]."),
    ] = None,
) -> None:
    """Show a draped look: a still, a map, a turntable, a photo, or a model for viewers."""
    from fitting.render import Order, check_order
    from fitting.scenes import read_look

    files.require_writable(out_, folder=False)
    order = Order(view, _size(size), map_, background, tone, stance)
    part = None if crop is None else _crop(crop)
    if photo is None:
        check_order(order, out_.suffix.lower())
    elif out_.suffix.lower() != ".png":
        raise BadInput(f"{out_.name}: a look on a photo is written as .png")
    worn_by = None if photo is None else files.read(photo)
    finish = _finishes(colour, print_, print_cm, print_turn)
    body, draped = read_look(files.read(drape_glb))
    finishes = finish([d.cloth.pattern.name for d in draped])
    if worn_by is not None:
        data, cautions = pipeline.on_photo(worn_by, body, draped, finishes=finishes, crop=part)
        _caution(cautions)
    elif other is not None:
        same, second = read_look(files.read(other))
        if (
            same.vertices.shape != body.vertices.shape
            or abs(same.vertices - body.vertices).max() > MM
        ):
            raise BadInput(f"{other.name} has another wearer; drape both on one avatar")
        first, after = _caption(drape_glb, draped), _caption(other, second)
        looks = {first: draped, after if after != first else f"{after} 2": second}
        order = replace(order, finishes=finishes)
        data = pipeline.beside(body, looks, order, out_.suffix.lower())
    else:
        data = pipeline.shown(body, draped, replace(order, finishes=finishes), out_.suffix.lower())
    files.write({out_: data})
    out.print(str(out_), markup=False)


@app.command()
def preview(
    height_cm: HeightCm,
    garment: Annotated[str, typer.Option(help=_GARMENT_HELP)],
    out_: Annotated[Path, typer.Option("--out", help="A folder for the results.")],
    front: Front = None,
    side: Side = None,
    weight_kg: WeightKg = None,
    sex: Sex = "female",
    age: Age = None,
    tape: Tape = None,
    fabric: FabricName = None,
    option: Option = None,
    on_photo: Annotated[
        bool, typer.Option("--on-photo", help="Also show it on the front photo: on-photo.png.")
    ] = False,
    edge_mm: EdgeMm = 12.0,
    device: Device = "auto",
    as_json: Json = False,
) -> None:
    """Photos or a tape in, a fitted garment out: pictures, model, pattern and figures."""
    from fitting.pattern import garment_from, garments

    files.require_writable(out_, folder=True)
    design = garment if garment in garments() else garment_from(garment)
    if on_photo and front is None:
        raise BadInput("--on-photo shows the garment on the front photo; add --front")
    look = pipeline.Look(design, fabric, _pairs(option, "--option"), edge_mm, on_photo=on_photo)
    pipeline.check_look(look)
    person = _person(height_cm, weight_kg, sex, age, tape, front, side)
    _preview(person, look, out_, device, as_json)


@app.command(hidden=True)
def demo(out_: Annotated[Path, typer.Option("--out")] = Path("out/demo")) -> None:
    """Fit a T-shirt to the sample customer's photos."""
    files.require_writable(out_, folder=True)
    known = json.loads(asset("samples", "truth.json").read_text())
    person = pipeline.Person(
        height_cm=known["height_cm"],
        sex=known["sex"],
        weight_kg=known["weight_kg"],
        front=asset("samples", "front.jpg").read_bytes(),
        side=asset("samples", "side.jpg").read_bytes(),
    )
    _preview(person, pipeline.Look("tee", on_photo=True), out_, "auto", as_json=False)


@app.command()
def garments(as_json: Json = False) -> None:
    """List what can be drafted, with the options of each."""
    from fitting import pattern

    tree = pattern.catalogue()
    _tell(tree, as_json, lambda: _catalogue(tree))


@app.command("fabrics")
def fabrics_(as_json: Json = False) -> None:
    """List the fabrics."""
    from fitting.fabrics import catalogue

    tree = catalogue()
    _tell(tree, as_json, lambda: _catalogue(tree))


@app.command()
def charts(as_json: Json = False) -> None:
    """List the size charts."""
    from fitting.pattern.charts import catalogue

    tree = catalogue()
    _tell(tree, as_json, lambda: _catalogue(tree))


@app.command()
def doctor(as_json: Json = False) -> None:
    """Say what is installed, what is missing, and the command that mends it."""
    from fitting.doctor import examine

    findings = examine()
    tree = {f.part: {"ok": f.ok, "found": f.found, "remedy": f.remedy} for f in findings}
    if as_json:
        out.print_json(data=tree)
    for f in findings if not as_json else ():
        out.print(
            f"{'ok     ' if f.ok else 'MISSING'} {f.part}: {f.found}", markup=False, soft_wrap=True
        )
        if not f.ok:
            out.print(f"        {f.remedy}", markup=False, soft_wrap=True)
    if not all(f.ok for f in findings):
        raise typer.Exit(1)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Start the service and its web page."""
    from service.serve import serve as start

    start(host=host, port=port)


@app.command()
def worker(
    name: Annotated[
        str, typer.Option(help="Its name, unique and best stable over restarts; else the host's.")
    ] = "",
    slots: Annotated[
        int | None, typer.Option(min=1, help="Jobs at a time; else CYBERATELIER_SLOTS.")
    ] = None,
) -> None:
    """Compute the service's jobs, on this machine or beside others, until stopped."""
    from service.worker import main as work

    work(executor=name, slots=slots)


# ---- what the commands share ---------------------------------------------------------------------


def _preview(
    person: pipeline.Person, look: pipeline.Look, folder: Path, device: str, as_json: bool
) -> None:
    with _progress(as_json) as tick:
        made = pipeline.preview(person, look, device=device, progress=tick)
    results = pipeline.preview_files(made)
    files.write({folder / name: data for name, data in results.items()})
    if as_json:
        out.print_json(data={name: str(folder / name) for name in results})
        return
    _drape_table(made.drape)
    _fit_table(json.loads(results["fit.json"]))
    for name in results:
        out.print(str(folder / name), markup=False)
    _warn(made.measurements)
    _caution(made.cautions)


def _person(
    height_cm: float,
    weight_kg: float | None,
    sex: Literal["female", "male"],
    age: float | None,
    tape: list[str] | None,
    front: Path | None,
    side: Path | None,
) -> pipeline.Person:
    if side is not None and front is None:
        raise BadInput("a side photo was given without a front photo; add --front")
    return pipeline.Person(
        height_cm=height_cm,
        sex=sex,
        weight_kg=weight_kg,
        age_years=age,
        tape_cm={k: _number(k, v) for k, v in _pairs(tape, "--tape").items()},
        front=None if front is None else files.read(front),
        side=None if side is None else files.read(side),
    )


def _pattern_writer(path: Path) -> Callable[[Pattern], bytes]:
    from fitting.pattern import formats_by_suffix

    writers = formats_by_suffix()
    if path.suffix not in writers:
        raise BadInput(f"{path.name}: patterns are written as {', '.join(writers)}")
    return writers[path.suffix]


def _check_dialect(name: str) -> None:
    from fitting.pattern.exchange.dxf import DIALECTS

    if name not in DIALECTS:
        raise BadInput(f"there is no dialect {name!r} (there are: {', '.join(DIALECTS)})")


def _pattern_files(pattern: Pattern, path: Path, style: Style) -> dict[Path, bytes]:
    """A pattern's file and those that belong beside it."""
    from fitting.pattern import beside, formats_by_suffix

    written = {path: formats_by_suffix(style)[path.suffix](pattern)}
    for suffix, data in beside(pattern, path.suffix).items():
        written[path.with_suffix(suffix)] = data
    return written


def _nested(
    nest: Mapping[str, Pattern], sample: str | None, path: Path, style: Style
) -> tuple[Pattern, dict[Path, bytes]]:
    """The sample size of a nest, and the nest's files."""
    from fitting.pattern import nest_files

    by_label = {name.partition(":")[2]: pattern for name, pattern in nest.items()}
    labels = list(by_label)
    chosen = labels[len(labels) // 2] if sample is None else sample
    if chosen not in by_label:
        raise BadInput(f"--sample {chosen!r} is none of the sizes {', '.join(labels)}")
    made = nest_files(by_label, chosen, path.suffix, style)
    if path.suffix == ".dxf" and ".rul" not in made:
        err.print("no grade rules: the sizes differ in their darts; each is in the DXF itself")
    return by_label[chosen], {path.with_name(path.stem + end): d for end, d in made.items()}


def _read_pattern(path: Path) -> Pattern:
    from fitting.pattern import read_pattern

    sidecar = path.with_suffix(".json")
    known = files.read(sidecar) if path.suffix == ".dxf" and sidecar.exists() else None
    return read_pattern(files.read(path), name=path.stem, beside=known)


def _pairs(given: list[str] | None, flag: str) -> dict[str, str]:
    pairs = {}
    for item in given or ():
        name, equals, value = item.partition("=")
        if not (name and equals and value):
            raise BadInput(f"{flag} {item!r}: write it as name=value")
        pairs[name] = value
    return pairs


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadInput(f"{name}={text!r} is not a number; write it like {name}=78.5") from None


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        raise BadInput(f"--size {text!r}: write it as WIDTHxHEIGHT, like 1024x1365") from None
    return width, height


@contextmanager
def _progress(silent: bool = False) -> Iterator[pipeline.Progress]:
    """A bar on a terminal; nothing where the output is read by a program."""
    bars = Progress(
        TextColumn("{task.description:<8}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=silent or not err.is_terminal,
    )
    tasks: dict[str, Any] = {}
    with bars:

        def tick(stage: str, share: float) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=1.0)
            bars.update(tasks[stage], completed=share)

        yield tick


def _tell(tree: Mapping[str, Any], as_json: bool, table: Any, *written: Path) -> None:
    if as_json:
        out.print_json(data=tree)
        return
    table()
    for path in written:
        out.print(str(path), markup=False)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right")
    return table


def _measurement_table(found: Measurements) -> None:
    table = _table("measurement", "cm", "± 1 sigma", "source")
    for name, item in found.values.items():
        table.add_row(name, f"{100 * item.value:.1f}", f"{100 * item.sigma:.1f}", item.source)
    out.print(table)


def _drape_table(*draped: Drape) -> None:
    for report in (one.report for one in draped):
        out.print(
            f"{report.garment}: {report.stop_reason.replace('_', ' ')} after "
            f"{report.seconds['total']:.1f} s, {report.vertices} vertices, penetration "
            f"{report.penetration_max_mm:.2f} mm, {report.self_intersections} self-intersections"
            f"{'; ' if report.too_small else ''}{report.too_small}",
            soft_wrap=True,
        )


def _fit_table(tree: Mapping[str, Any]) -> None:
    table = _table("level", "body cm", "garment cm", "ease cm", "ease %")
    for row in tree["girths"]:
        table.add_row(
            f"{row['level']} {row['side'] or ''}",
            f"{row['body_cm']:.1f}",
            f"{row['garment_cm']:.1f}",
            f"{row['ease_cm']:+.1f}",
            f"{row['ease_percent']:+.1f}",
        )
    out.print(table)
    out.print(f"{tree['garment']}: {tree['summary']['en']}", markup=False, soft_wrap=True)
    for zone in tree["zones"]:
        if zone["verdict"] not in (None, "as_designed"):
            out.print(f"  {zone['text']['en']}", markup=False, soft_wrap=True)
    for movement in tree["mobility"]:
        if movement["verdict"] != "free":
            out.print(f"  {movement['text']['en']}", markup=False, soft_wrap=True)
    for alteration in tree["alterations"]:
        out.print(f"  {alteration['text']['en']}", markup=False, soft_wrap=True)
    for note in tree["notes"]:
        out.print(f"  {note}", markup=False, soft_wrap=True)
    if tree["size_advice"]:
        out.print(tree["size_advice"]["summary"]["en"], markup=False, soft_wrap=True)


def _fit_tables(tree: Mapping[str, Any]) -> None:
    for one in tree.get("garments", (tree,)):
        _fit_table(one)


def _advice_table(tree: Mapping[str, Any]) -> None:
    table = _table("size", "fits with", "as designed with")
    for row in tree["sizes"]:
        table.add_row(
            row["size"],
            f"{100 * row['probability']:.0f} %",
            f"{100 * row['probability_as_designed']:.0f} %",
        )
    out.print(table)
    out.print(tree["summary"]["en"], markup=False, soft_wrap=True)


def _finished_table(tree: Mapping[str, Any]) -> None:
    """Finished measurements with tolerances beside the body's."""
    if not tree["finished"]:
        return
    table = _table("finished", "garment cm", "± cm", "body cm", "ease cm")
    for row in tree["finished"]:
        body, ease = row["body_cm"], row["ease_cm"]
        table.add_row(
            row["name"].replace("_", " "),
            f"{row['garment_cm']:.1f}",
            f"{row['tolerance_cm']:.1f}",
            "" if body is None else f"{body:.1f}",
            "" if ease is None else f"{ease:+.1f}",
        )
    out.print(table)


def _openings_table(tree: Mapping[str, Any]) -> None:
    """How wide openings are, and what must go through."""
    if not tree["openings"]:
        return
    table = _table("opening", "cm", "opens to cm", "over")
    for row in tree["openings"]:
        table.add_row(
            row["name"], f"{row['length_cm']:.1f}", f"{row['opens_to_cm']:.1f}", row["over"]
        )
    out.print(table)


def _catalogue(tree: Mapping[str, Any]) -> None:
    for name, entry in tree.items():
        out.print(f"{name}: {entry['title']}", markup=False)
        for option, facts in entry.get("options", {}).items():
            out.print(f"    {option}: {facts}", markup=False)


def _caption(path: Path, worn: Sequence[Drape]) -> str:
    sizes = {drape.cloth.pattern.size for drape in worn} - {""}
    return f"{path.stem}: {', '.join(sorted(sizes))}" if sizes else path.stem


def _crop(text: str) -> tuple[int, int, int, int]:
    try:
        left, top, width, height = (int(part) for part in text.split(","))
    except ValueError:
        raise BadInput(
            f"--crop {text!r}: write it as left,top,width,height, like 360,165,280,227"
        ) from None
    return left, top, width, height


def _finishes(
    colours: list[str] | None, print_: Path | None, width_cm: float, turn_degrees: float
) -> Callable[[Sequence[str]], dict[str, Finish]]:
    """Reads what is asked of the cloth; then tells it by garment name."""
    from fitting.render import Finish, prints
    from fitting.render.colour import from_hex

    told = [item.rpartition("=") for item in colours or ()]
    dyes = {name: from_hex(text) for name, _, text in told}
    ink = None
    if print_ is not None:
        ink = prints.picture(files.read(print_), width_cm=width_cm, turn=math.radians(turn_degrees))

    def of(worn: Sequence[str]) -> dict[str, Finish]:
        for name in dyes:
            if name and name not in worn:
                raise BadInput(f"--colour {name}: the look has no {name!r}, only {', '.join(worn)}")
        if not dyes and ink is None:
            return {}
        return {n: Finish(colour=dyes.get(n, dyes.get("")), print=ink) for n in worn}

    return of


def _warn(found: Measurements) -> None:
    _caution(found.warnings)


def _caution(cautions: Iterable[Caution]) -> None:
    for caution in cautions:
        err.print(f"{caution.code}: {caution.text}", markup=False, soft_wrap=True)


def main() -> None:
    """Run the command line; errors become one line and an exit code."""
    try:
        app(standalone_mode=True)
    except BadInput as error:
        err.print(f"fitting: {error}", markup=False, soft_wrap=True)
        sys.exit(2)
    except FittingError as error:
        err.print(f"fitting: {error}", markup=False, soft_wrap=True)
        sys.exit(1)
