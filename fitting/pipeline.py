"""From photos to a preview: every stage in its order, one line a stage.

The stages are pure functions of their inputs and a version, so each result is kept in a `Store`
under a hash of both and found again.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fitting.errors import BadInput, BadMeasurement, BadOption, BadPhoto
from fitting.fabrics import fabric
from fitting.records import (
    Body,
    Caution,
    Drape,
    Fabric,
    FitReport,
    FloatArray,
    Measurement,
    Measurements,
    Pattern,
    Sex,
    Silhouette,
    View,
)
from fitting.store import Store
from fitting.units import CM, MM

if TYPE_CHECKING:
    from fitting.body import Advice
    from fitting.pattern import Garment
    from fitting.render import Finish, Order

STAGES = ("measure", "avatar", "draft", "drape", "assess", "render")
# Part of every stored result's name: raise a stage's number when its results change.
VERSIONS = {
    **dict.fromkeys(STAGES, "2"),
    "measure": "4",
    "avatar": "3",
    "draft": "4",
    "drape": "10",
    "assess": "7",
    "render": "4",
}

Progress = Callable[[str, float], None]  # stage, share done 0..1
Cancelled = Callable[[], bool]

# How far off what people say is. Height and weight: self-report against measurement, Gorber et
# al. 2007, Obesity Reviews 8, 307-326 (doi 10.1111/j.1467-789X.2007.00347.x), rounded. Tape: the
# spread of lay people measuring themselves, chosen at twice the experts' 0.5 cm of ISO 20685.
STATED_SIGMA = {"height": 1.0 * CM, "tape": 1.0 * CM, "weight_kg": 2.0}


@dataclass(frozen=True)
class Person:
    """What a customer gives: at least a height.

    Attributes:
        height_cm: Stated stature.
        sex: Which population the person is compared with.
        weight_kg, age_years: Stated, if known.
        tape_cm: Tape measurements by name without unit, e.g. ``{"waist_girth": 78.5}``.
        front, side: Bytes of the photos.
    """

    height_cm: float
    sex: Sex
    weight_kg: float | None = None
    age_years: float | None = None
    tape_cm: Mapping[str, float] = field(default_factory=dict)
    front: bytes | None = None
    side: bytes | None = None


@dataclass(frozen=True)
class Look:
    """What is tried on.

    Attributes:
        garment: Name, as `fitting garments` lists them, or a garment of one's own.
        fabric: Name, as `fitting fabrics` lists them; the garment's own default if None.
        options: Drafting options by name.
        edge_mm: Edge length of the cloth's triangles.
        views: Which stills are made.
        size: Their width and height in pixels.
        on_photo: Also show the garment on the person's own front photo.
    """

    garment: str | Garment
    fabric: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    edge_mm: float = 12.0
    views: tuple[str, ...] = ("front", "back", "side", "three-quarter")
    size: tuple[int, int] = (1024, 1365)
    on_photo: bool = False


@dataclass(frozen=True)
class Preview:
    """Everything the chain made of a person and a look."""

    measurements: Measurements
    body: Body
    pattern: Pattern
    drape: Drape
    fit: FitReport
    pictures: Mapping[str, bytes]  # file name -> PNG
    model: bytes  # GLB with body and garment
    cautions: tuple[Caution, ...] = ()  # of the pictures


def quiet(stage: str, share: float) -> None:
    """Progress that nobody asked for."""


def preview(
    person: Person,
    look: Look,
    *,
    store: Store | None = None,
    progress: Progress = quiet,
    cancelled: Cancelled | None = None,
    device: str = "auto",
) -> Preview:
    """Photos and a height in, a fitted garment out.

    Raises:
        BadInput: With the value, the limit and the remedy.
        Cancelled: `cancelled` returned True.
    """
    store = store or Store()
    check_look(look)
    cloth = fabric_of(look)
    measurements = measure(person, store=store, progress=progress)
    body = avatar(measurements, store=store, progress=progress)
    pattern = draft(measurements, look, store=store, progress=progress)
    draped = drape(
        pattern, body, cloth, edge_mm=look.edge_mm, device=device,
        store=store, progress=progress, cancelled=cancelled,
    )  # fmt: skip
    fit = assess(draped, store=store, progress=progress)
    pictures, model = render(draped.body, draped, look, store=store, progress=progress)
    made = Preview(measurements, draped.body, pattern, draped, fit, pictures, model)
    if look.on_photo and person.front is not None:
        return _worn_on_photo(made, person.front)
    return made


# ---- the stages, each found again in the store ---------------------------------------------------


def measure(
    person: Person, *, store: Store | None = None, progress: Progress = quiet
) -> Measurements:
    """What the photos, the stated values and the survey say of a person."""

    def make() -> Measurements:
        from fitting.body import infer

        stated = stated_measurements(person)
        weight = _stated_weight(person)
        observed: Mapping[str, Measurement] = {}
        cautions: tuple[Caution, ...] = ()
        if person.front is not None:
            front, cautions = _silhouette(person.front, "front")
            side = None
            if person.side is not None:
                side, more = _silhouette(person.side, "side", beside=front)
                cautions += more
            progress("measure", 0.5)
            from fitting.body.silhouette import measure_silhouettes

            observed, seen = measure_silhouettes(
                front, side, stated_height=stated["height"], sex=person.sex,
                weight_kg=weight, age_years=person.age_years, stated=stated,
            )  # fmt: skip
            cautions += seen
        result = infer(
            stated, sex=person.sex, weight_kg=weight, age_years=person.age_years, observed=observed
        )
        if observed:
            from fitting.body.silhouette import settled

            # The silhouettes' regression has learnt from the survey's people already.
            result = settled(result, observed)
        return dataclasses.replace(result, warnings=cautions + result.warnings)

    progress("measure", 0.0)
    found = (store or Store()).remember("measure", VERSIONS["measure"], (person,), make)
    progress("measure", 1.0)
    return found


def measurements_of_size(spec: str) -> Measurements:
    """What a size CHART:LABEL states, completed by the survey at the chart's or a usual height."""
    from fitting import sizing

    return sizing.measurements_of_size(spec)


def measurements_needed(garment: str) -> tuple[str, ...]:
    """The measurements that a garment is drafted from."""
    from fitting import pattern

    return tuple(pattern.garment(garment).measurements)


def advise(measurements: Measurements, wanted: Sequence[str]) -> Advice:
    """The one tape measurement that would tell most about those that are wanted."""
    from fitting.body import advise as best

    return best(measurements, dict.fromkeys(wanted, 1.0))


def avatar(
    measurements: Measurements,
    *,
    pose: str = "a",
    store: Store | None = None,
    progress: Progress = quiet,
) -> Body:
    """An avatar that measures what the measurements say."""

    def make() -> Body:
        from fitting.body import fit_body

        return fit_body(measurements, pose=pose)

    progress("avatar", 0.0)
    found = (store or Store()).remember("avatar", VERSIONS["avatar"], (measurements, pose), make)
    progress("avatar", 1.0)
    return found


def standing(body: Body, patterns: Sequence[Pattern]) -> Body:
    """The body as it stands to wear something: an avatar in the A pose puts its feet under the hips
    where a skirt goes around both legs and nothing around one.

    The legs of the A pose are apart: thighs together are then wider than the hips that a skirt is
    drafted to, and a narrow one is pushed up.
    """
    from fitting.cloth import parts_worn

    worn = set().union(*(parts_worn(pattern) for pattern in patterns))
    if body.pose != "a" or body.parameters is None:
        return body
    if "hips" not in worn or any(part.startswith("leg") for part in worn):
        return body
    from fitting.body import pose_body

    return pose_body(body, "hip-width")


def draft(
    measurements: Measurements,
    look: Look,
    *,
    size: str = "",
    store: Store | None = None,
    progress: Progress = quiet,
) -> Pattern:
    """The look's garment drafted to the measurements, checked to be sewable.

    `size` is the chart and label that the measurements stand for, written on the pattern.
    """

    def make() -> Pattern:
        from fitting import pattern

        drafted = pattern.draft(
            look.garment, measurements, options=look.options, fabric=fabric_of(look)
        )
        pattern.require_sewable(drafted)
        return dataclasses.replace(drafted, size=size)

    progress("draft", 0.0)
    if isinstance(look.garment, str):
        key = (measurements, look.garment, dict(look.options), look.fabric, size)
        found = (store or Store()).remember("draft", VERSIONS["draft"], key, make)
    else:
        found = make()  # what a designer's own code drafts cannot be told by its name
    progress("draft", 1.0)
    return found


def drape(
    pattern: Pattern,
    body: Body,
    fabric: Fabric,
    *,
    edge_mm: float = 12.0,
    device: str = "auto",
    near: Drape | None = None,
    store: Store | None = None,
    progress: Progress = quiet,
    cancelled: Cancelled | None = None,
) -> Drape:
    """The pattern sewn around the body, standing as `standing` says, and left to hang until it is
    at rest.

    Args:
        pattern, body, fabric: What is draped.
        edge_mm: Edge length of the cloth's triangles [mm].
        device: As in `fitting.drape.drape`.
        near: A drape of the same garment in another size or fabric or on another body; the new one
            starts from it and takes a part of the steps.
        store, progress, cancelled: As everywhere here.
    """

    def make() -> Drape:
        from fitting.cloth import sew, transferred
        from fitting.drape import drape as settle

        cloth = sew(pattern, body, edge_m=edge_mm * MM)
        return settle(
            cloth, body, fabric, device=device, cancelled=cancelled,
            warm_start=None if near is None else transferred(near, cloth, body),
            progress=lambda _, share: progress("drape", share),
        )  # fmt: skip

    body = standing(body, [pattern])
    key: tuple[object, ...] = (pattern, body, fabric, edge_mm, device)
    if near is not None:
        key = (*key, near.cloth.pattern, near.body, near.positions)
    progress("drape", 0.0)
    found = (store or Store()).remember("drape", VERSIONS["drape"], key, make)
    progress("drape", 1.0)
    return found


def drape_look(
    patterns: Sequence[Pattern],
    body: Body,
    fabrics: Sequence[Fabric],
    *,
    edge_mm: float = 12.0,
    device: str = "auto",
    store: Store | None = None,
    progress: Progress = quiet,
    cancelled: Cancelled | None = None,
) -> tuple[Drape, ...]:
    """Several garments worn over one another, in the order of their layers and then as given:
    trousers before a shirt that hangs over them, after one that is tucked in. The body stands as
    `standing` says."""

    def make() -> tuple[Drape, ...]:
        from fitting.cloth import sew
        from fitting.drape import drape_layers

        cloths = [sew(pattern, body, edge_m=edge_mm * MM) for pattern in patterns]
        return tuple(
            drape_layers(
                cloths, body, fabrics, device=device, cancelled=cancelled,
                progress=lambda _, share: progress("drape", share),
            )
        )  # fmt: skip

    if len(patterns) == 1 and len(fabrics) == 1:
        return (
            drape(
                patterns[0], body, fabrics[0], edge_mm=edge_mm, device=device,
                store=store, progress=progress, cancelled=cancelled,
            ),
        )  # fmt: skip
    body = standing(body, patterns)
    key = (tuple(patterns), body, tuple(fabrics), edge_mm, device)
    progress("drape", 0.0)
    found = (store or Store()).remember("drape", VERSIONS["drape"], key, make)
    progress("drape", 1.0)
    return found


def assess(
    draped: Drape,
    *,
    under: Sequence[Drape] = (),
    store: Store | None = None,
    progress: Progress = quiet,
) -> FitReport:
    """Does it fit over what is worn under it, where not, and which size the wearer would take."""

    def make() -> FitReport:
        from fitting.assess import assess as judge
        from fitting.sizing import advice_for

        report = judge(draped, under=under)
        progress("assess", 0.7)
        return dataclasses.replace(report, advice=advice_for(draped))

    progress("assess", 0.0)
    key = (draped, tuple(under))
    found = (store or Store()).remember("assess", VERSIONS["assess"], key, make)
    progress("assess", 1.0)
    return found


def assess_layers(
    draped: Sequence[Drape], *, store: Store | None = None, progress: Progress = quiet
) -> tuple[FitReport, ...]:
    """The fit of several garments, given from the skin outwards, each over those before it."""

    def tell(first: int) -> Progress:
        return lambda stage, share: progress(stage, (first + share) / len(draped))

    return tuple(
        assess(one, under=draped[:k], store=store, progress=tell(k)) for k, one in enumerate(draped)
    )


def render(
    body: Body,
    draped: Drape,
    look: Look,
    *,
    store: Store | None = None,
    progress: Progress = quiet,
) -> tuple[Mapping[str, bytes], bytes]:
    """Stills by file name, and the look as a GLB."""
    return render_look(body, [draped], look, store=store, progress=progress)


def render_look(
    body: Body,
    draped: Sequence[Drape],
    look: Look,
    *,
    store: Store | None = None,
    progress: Progress = quiet,
) -> tuple[Mapping[str, bytes], bytes]:
    """Stills of several garments by file name, and all of them as a GLB."""

    def make() -> tuple[Mapping[str, bytes], bytes]:
        from fitting.scenes import write_look

        return stills(body, draped, look, progress=progress), write_look(body, list(draped))

    worn = draped[0] if len(draped) == 1 else tuple(draped)
    key = (body, worn, look.views, look.size)
    progress("render", 0.0)
    found = (store or Store()).remember("render", VERSIONS["render"], key, make)
    progress("render", 1.0)
    return found


def stills(
    body: Body,
    draped: Sequence[Drape],
    look: Look,
    *,
    progress: Progress = quiet,
) -> dict[str, bytes]:
    """The look's views as PNG, by file name."""
    from fitting.render import Studio, png

    pictures = {}
    with Studio(body, draped, size=look.size) as studio:
        for number, view in enumerate(look.views):
            pictures[f"{view}.png"] = png(studio.still(view))
            progress("render", (number + 1) / (len(look.views) + 1))
    return pictures


def on_photo(
    data: bytes,
    body: Body,
    draped: Sequence[Drape],
    *,
    finishes: Mapping[str, Finish] | None = None,
    crop: tuple[int, int, int, int] | None = None,
) -> tuple[bytes, tuple[Caution, ...]]:
    """The look on a person's own photo as PNG, and what does not look right in it.

    Args:
        data: Bytes of the photo.
        body: The avatar of that person, as the garments were draped on it.
        draped: What is worn.
        finishes: How garments are shown, by garment name.
        crop: Left, top, width and height of the part with the person [px], if others are near.

    Nothing of it is stored: it is a picture of a person.

    Raises:
        BadPhoto, RetakeNeeded: It cannot be read, or shows nobody, or several people, or nobody
            whose pose can be matched.
        BadMesh: The body has no skeleton.
    """

    from fitting import photo
    from fitting.render import composite, png
    from fitting.render.overlay import cut, pasted

    whole = photo.read_photo(data)
    part = whole if crop is None else cut(whole, crop)
    silhouette = photo.detect(part, "front")
    if silhouette.people > 1:
        raise BadPhoto(
            "several people are in the photo, and one cannot be told from another: say which "
            "part to dress, for example --crop 360,165,280,227 (left, top, width, height)"
        )
    made = composite(part, silhouette, _limbed(body), draped, finishes=finishes)
    return png(pasted(whole, made.picture, crop)), made.cautions


def _limbed(body: Body) -> Body:
    """The avatar with the skin weights that every avatar has and a look's file leaves out."""
    if body.bone_weights is not None or body.parameters is None:
        return body
    from fitting.body.model import load

    model = load()
    return dataclasses.replace(
        body, bone_names=tuple(model.bones), bone_indices=model.bone_indices,
        bone_weights=model.bone_weights,
    )  # fmt: skip


def _worn_on_photo(made: Preview, front: bytes) -> Preview:
    """The preview with the garment on the photo, or the reason why it is not there."""
    try:
        picture, cautions = on_photo(front, made.body, [made.drape])
    except BadInput as error:
        reason = Caution("not_on_photo", f"the photo cannot wear the garment: {error}",
                         f"показать вещь на фотографии нельзя: {error}")  # fmt: skip
        return dataclasses.replace(made, cautions=(reason,))
    pictures = {**made.pictures, "on-photo.png": picture}
    return dataclasses.replace(made, pictures=pictures, cautions=cautions)


def shown(body: Body, draped: Sequence[Drape], order: Order, suffix: str) -> bytes:
    """A draped look as one file: a still, a map, a turntable, or a model for viewers.

    Raises:
        UnknownName, BadOption: What is ordered cannot be made; see `fitting.render.Order`.
    """
    from fitting import render

    render.check_order(order, suffix)
    values = None
    if order.map != "none":
        values = fit_maps(draped, order.map)
    return render.make(order, _limbed(body), draped, suffix, values=values)


def beside(body: Body, looks: Mapping[str, Sequence[Drape]], order: Order, suffix: str) -> bytes:
    """Several looks of one body next to one another at one scale, before and after say.

    Args:
        body: The avatar.
        looks: What it wears in each picture, by caption.
        order: View, size of each picture and the like.
        suffix: ``.png`` or ``.webp``.

    Raises:
        UnknownName, BadOption: What is ordered cannot be made.
    """
    from fitting import render
    from fitting.render.pictures import webp
    from fitting.render.sets import side_by_side

    render.check_order(order, suffix)
    if (
        suffix not in (".png", ".webp")
        or order.view in ("sheet", "turntable")
        or order.map != "none"
    ):
        raise BadOption("looks are laid beside one another as .png or .webp, in one named view")
    picture = side_by_side(
        body, list(looks.values()), captions=list(looks), view=order.view, size=order.size,
        background=order.background, tone=order.tone, finishes=order.finishes,
    )  # fmt: skip
    return render.png(picture) if suffix == ".png" else webp(picture)


def fit_maps(draped: Sequence[Drape], map: str) -> dict[str, FloatArray]:
    """A figure of the fit on each garment's vertices, by its name; nothing for ``none``."""
    from fitting.assess import maps, measure

    if map == "none":
        return {}
    return {
        one.cloth.pattern.name: maps(measure(one, under=draped[:k]))[map]
        for k, one in enumerate(draped)
    }


def preview_files(made: Preview, *, formats: Collection[str] = ()) -> dict[str, bytes]:
    """A preview as files, by name; `formats` may add ``pdf``, ``dxf`` and ``usdz``."""
    return look_files(
        made.measurements, made.body, [made.drape], [made.fit], made.pictures, made.model,
        formats=formats,
    )  # fmt: skip


def look_files(
    measurements: Measurements,
    body: Body,
    draped: Sequence[Drape],
    fits: Sequence[FitReport],
    pictures: Mapping[str, bytes],
    model: bytes,
    *,
    formats: Collection[str] = (),
) -> dict[str, bytes]:
    """One or several garments on a person as files, by name.

    Args:
        measurements, body: Of the person.
        draped: The garments, from the skin outwards.
        fits: The report on each.
        pictures, model: As `render_look` makes them.
        formats: May add ``pdf``, ``dxf`` and ``usdz``.
    Returns:
        ``pattern.json`` and the like of one garment, ``tee-pattern.json`` and so on of several;
        ``fit.json`` and ``drape.json`` have several under ``garments``.
    """
    from fitting.assess import fits_json
    from fitting.formats import drape_json, dumps, measurements_json
    from fitting.pattern import formats_by_suffix
    from fitting.render import write_usdz

    writers = formats_by_suffix()
    kinds = [kind for kind in ("pdf", "dxf") if kind in formats] + ["json", "svg"]
    patterns = {}
    for pattern in [one.cloth.pattern for one in draped]:
        prefix = f"{pattern.name}-" if len(draped) > 1 else ""
        for kind in kinds:
            patterns[f"{prefix}pattern.{kind}"] = writers[f".{kind}"](pattern)
    more = {"look.usdz": write_usdz(body, list(draped))} if "usdz" in formats else {}
    reports = [drape_json(one.report) for one in draped]
    return {
        **patterns,
        **more,
        **pictures,
        "look.glb": model,
        "measurements.json": dumps(measurements_json(measurements)),
        "fit.json": dumps(fits_json(fits)),
        "drape.json": dumps(reports[0] if len(reports) == 1 else {"garments": reports}),
    }


# ---- what people say -----------------------------------------------------------------------------


def stated_measurements(person: Person) -> dict[str, Measurement]:
    """The stated height and tape measurements in metres, each with how far off it may be."""
    from fitting.body import canonical_name

    stated = {"height": Measurement(_finite("height_cm", person.height_cm) * CM,
                                    STATED_SIGMA["height"], "stated")}  # fmt: skip
    for name, value in person.tape_cm.items():
        stated[canonical_name(name)] = Measurement(
            _finite(name, value) * CM, STATED_SIGMA["tape"], "stated"
        )
    return stated


def _stated_weight(person: Person) -> Measurement | None:
    if person.weight_kg is None:
        return None
    return Measurement(_finite("weight_kg", person.weight_kg), STATED_SIGMA["weight_kg"], "stated")


def _finite(name: str, value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        raise BadMeasurement(f"{name} is {value}; it must be a number above 0")
    return float(value)


def check_look(look: Look) -> None:
    """Refuse a look that cannot be made before anything is computed.

    Raises:
        UnknownName, BadOption: With what there is, or the bounds.
    """
    from fitting import pattern, render

    pattern.check_options(look.garment, look.options)
    fabric_of(look)
    render.check_views(look.views, look.size)


def fabric_of(look: Look) -> Fabric:
    """The look's fabric, or the one its garment is usually made of."""
    from fitting import pattern

    return fabric(look.fabric or pattern.garment(look.garment).fabric)


def _silhouette(
    data: bytes, view: View, *, beside: Silhouette | None = None
) -> tuple[Silhouette, tuple[Caution, ...]]:
    """The person in a photo; reasons to retake it that still allow measuring become cautions."""
    from fitting import photo

    picture = photo.read_photo(data)
    silhouette = photo.detect(picture, view)
    return silhouette, photo.judge(picture, silhouette, beside=beside)
