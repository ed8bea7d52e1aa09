"""The records that the stages hand to one another.

Frozen; array shapes are checked when a record is made, and arrays are made read-only. Frames and
units are those of docs/architecture.md: metres, kilograms, seconds, radians; +y up, +z to the
wearer's front, +x to the wearer's left, soles at y = 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fitting import curves
from fitting.errors import BadMeasurement, BadMesh

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]

Sex = Literal["female", "male"]
View = Literal["front", "side"]
Source = Literal["stated", "photo", "inferred"]
StopReason = Literal["at_rest", "time_limit", "diverged", "tangled", "in_body", "too_small"]


def _frozen(array: Any, dtype: Any, shape: tuple[int | None, ...], name: str) -> NDArray[Any]:
    """A read-only copy of the array in C order, after a check of its shape."""
    out = np.array(array, dtype=dtype, order="C")
    if out.ndim != len(shape) or any(
        w is not None and w != g for w, g in zip(shape, out.shape, strict=True)
    ):
        raise BadMesh(f"{name} has shape {out.shape}; it must be {shape} (None: any number)")
    out.flags.writeable = False
    return out


def _set(record: object, **values: Any) -> None:
    for name, value in values.items():
        object.__setattr__(record, name, value)


# ---- photo ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Photo:
    """A decoded picture without metadata.

    Attributes:
        pixels: sRGB, shape (height, width, 3), uint8, upright.
        focal_35mm: Focal length in 35 mm terms [mm], where the camera told it.
    """

    pixels: NDArray[np.uint8]
    focal_35mm: float | None = None

    def __post_init__(self) -> None:
        _set(self, pixels=_frozen(self.pixels, np.uint8, (None, None, 3), "pixels"))

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


@dataclass(frozen=True)
class Landmarks:
    """The 33 points of MediaPipe's pose model.

    Attributes:
        points: Pixel coordinates x right, y down, shape (33, 2).
        visibility: 0..1, shape (33,).
        depth: Relative depth in pixels, smaller is nearer the camera, shape (33,).
    """

    points: FloatArray
    visibility: FloatArray
    depth: FloatArray

    def __post_init__(self) -> None:
        _set(
            self,
            points=_frozen(self.points, np.float64, (33, 2), "points"),
            visibility=_frozen(self.visibility, np.float64, (33,), "visibility"),
            depth=_frozen(self.depth, np.float64, (33,), "depth"),
        )


@dataclass(frozen=True)
class Silhouette:
    """Which pixels are the person, with the landmarks found in the same picture.

    Attributes:
        mask: shape (height, width), bool.
        landmarks: In the same pixels.
        view: Which side of the person the picture shows.
        focal_35mm: As in `Photo`.
        refined: The mask was refined at full resolution.
        people: How many people of about the same size the picture shows.
    """

    mask: NDArray[np.bool_]
    landmarks: Landmarks
    view: View
    focal_35mm: float | None = None
    refined: bool = False
    people: int = 1

    def __post_init__(self) -> None:
        _set(self, mask=_frozen(self.mask, np.bool_, (None, None), "mask"))


# ---- measurements and body -----------------------------------------------------------------------


@dataclass(frozen=True)
class Caution:
    """Something the caller should know, with a stable code."""

    code: str
    text: str
    text_ru: str = ""


@dataclass(frozen=True)
class Measurement:
    """One body measurement.

    Attributes:
        value: [m].
        sigma: Standard deviation of the error [m].
        source: Told by the person, seen in a photo, or inferred from the others.
    """

    value: float
    sigma: float
    source: Source

    def __post_init__(self) -> None:
        if not (np.isfinite(self.value) and self.value > 0):
            raise BadMeasurement(f"a measurement of {self.value} m is not a positive length")
        if not (np.isfinite(self.sigma) and self.sigma >= 0):
            raise BadMeasurement(f"a standard deviation of {self.sigma} m is not a length")


@dataclass(frozen=True)
class Measurements:
    """What is known of a person.

    Attributes:
        values: By name without unit, e.g. ``waist_girth``; see docs/measurements.md.
        sex: Which survey population the person is compared with.
        weight_kg: Stated or inferred body mass [kg].
        age_years: Stated age, if any.
        warnings: Contradictions and guesses the caller should see.
    """

    values: Mapping[str, Measurement]
    sex: Sex
    weight_kg: Measurement | None = None  # value and sigma in kg
    age_years: float | None = None
    warnings: tuple[Caution, ...] = ()

    def __getitem__(self, name: str) -> float:
        """The value [m] of a measurement.

        Raises:
            BadMeasurement: The measurement is not there.
        """
        try:
            return self.values[name].value
        except KeyError:
            have = ", ".join(sorted(self.values))
            raise BadMeasurement(
                f"the measurement {name!r} is missing; there are: {have}"
            ) from None


@dataclass(frozen=True)
class Body:
    """A closed avatar in metres.

    Attributes:
        vertices: shape (N, 3) [m].
        faces: shape (M, 3), counter-clockwise seen from outside.
        joints: Joint centres [m], name -> (3,). Names as ``shoulder.L``, ``elbow.R``, ``neck``.
        landmarks: Points on the skin [m], name -> (3,): ``nipple.L``, ``navel``, ``acromion.R``,
            ``nape``, ``crotch`` ...
        regions: Vertex indices by part: ``torso``, ``head``, ``arm.L``, ``leg.R``, ``hand.L`` ...
        measurements: What the body measures, or was fitted to.
        pose: ``a``, ``hip-width``, ``t``, ``arms-down`` or another name.
        bone_names, bone_indices, bone_weights: Skin weights, (N, K) indices into the names and
            (N, K) weights that sum to 1; None for a body read from a file.
        bone_heads: Where each bone starts in this pose [m], shape (bones, 3).
        parameters: What the body was made from, so that it can be posed again; None for a file.
    """

    vertices: FloatArray
    faces: IntArray
    joints: Mapping[str, FloatArray] = field(default_factory=dict)
    landmarks: Mapping[str, FloatArray] = field(default_factory=dict)
    regions: Mapping[str, IntArray] = field(default_factory=dict)
    measurements: Measurements | None = None
    pose: str = "a"
    bone_names: tuple[str, ...] = ()
    bone_indices: IntArray | None = None
    bone_weights: FloatArray | None = None
    bone_heads: FloatArray | None = None
    parameters: FloatArray | None = None

    def __post_init__(self) -> None:
        _set(
            self,
            vertices=_frozen(self.vertices, np.float64, (None, 3), "body vertices"),
            faces=_frozen(self.faces, np.int32, (None, 3), "body faces"),
        )
        if not np.isfinite(self.vertices).all():
            raise BadMesh("the body has coordinates that are not finite; export it again")


# ---- pattern -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Edge:
    """One side of a panel, from a vertex to the next.

    Attributes:
        start, end: Indices into the panel's vertices.
        shape: Line or curve, controls in the panel's frame [m].
        name: What a tailor calls it: ``side``, ``armhole``, ``neckline``, ``hem`` ...
        allowance: Seam allowance [m].
        label: A foreign file's own label, kept as it was.
        relative: A foreign file's own controls, as shares of the chord along it and to its left,
            kept so that they are written back to the last bit.
    """

    start: int
    end: int
    shape: curves.Shape = curves.LINE
    name: str = ""
    allowance: float = 0.0
    label: str = ""
    relative: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Notch:
    """A mark across the seam allowance: edge index, fraction of its length, single or double."""

    edge: int
    fraction: float
    double: bool = False


@dataclass(frozen=True)
class InternalLine:
    """A drawn line inside a panel, points (n, 2) [m]: fold line, buttonhole, pocket place ..."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Placement:
    """Where a panel starts before it is sewn.

    A point (x, y) of the panel starts at ``rotation @ (x, y, 0) + translation``. Where `wrap` is
    given, the flat panel is then bent around that part of the body.

    Attributes:
        translation: [m], shape (3,).
        rotation: Rotation matrix, shape (3, 3), R = Rz·Ry·Rx of a file's angles.
        wrap: ``torso``, ``hips``, ``arm.L``, ``arm.R``, ``leg.L``, ``leg.R``, ``neck``, ``head``
            or empty.
        angles: A foreign file's own x, y and z angles [deg], kept as they were.
    """

    translation: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation: tuple[tuple[float, float, float], ...] = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    wrap: str = ""
    angles: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Panel:
    """A piece of cloth as it is cut, without seam allowance.

    The edges form a closed loop. A counter-clockwise loop (seen in x-y) shows the fabric's right
    side towards the panel's +z; a clockwise one towards -z.

    Attributes:
        name: Unique in the pattern.
        vertices: shape (V, 2) [m], y up as drawn.
        edges: Closed loop: each edge ends where the next starts.
        grain: Direction of the warp in the panel's plane, unit vector.
        placement: Where it starts.
        cut: How many are cut.
        fold: Index of the edge or the name of the line that lies on the fabric's fold; empty if
            none. Panels are always stored whole, unfolded.
        notches, lines, drills: Marks.
        draped: False for pieces that exist on the cutting table only (facings, pocket bags).
        material: ``shell``, ``rib``, ``lining``, ``fusing``.
        label: A foreign file's own label, kept as it was.
    """

    name: str
    vertices: FloatArray
    edges: tuple[Edge, ...]
    grain: tuple[float, float] = (0.0, 1.0)
    placement: Placement = Placement()
    cut: int = 1
    fold: str = ""
    notches: tuple[Notch, ...] = ()
    lines: tuple[InternalLine, ...] = ()
    drills: tuple[tuple[float, float], ...] = ()
    draped: bool = True
    material: str = "shell"
    label: str = ""

    def __post_init__(self) -> None:
        _set(self, vertices=_frozen(self.vertices, np.float64, (None, 2), f"panel {self.name}"))

    def edge_length(self, index: int) -> float:
        """Length of an edge [m]."""
        e = self.edges[index]
        return curves.length(self.vertices[e.start], self.vertices[e.end], e.shape)

    def edge_points(self, index: int, fractions: FloatArray) -> FloatArray:
        """Points at fractions of an edge's length, shape (len(fractions), 2) [m]."""
        e = self.edges[index]
        return curves.divide(self.vertices[e.start], self.vertices[e.end], e.shape, fractions)


@dataclass(frozen=True)
class EdgeRef:
    """An edge of a panel, by panel name and edge index."""

    panel: str
    edge: int


@dataclass(frozen=True)
class Seam:
    """Two edges sewn together, whole edge to whole edge.

    The start of `a` meets the end of `b`; with `right_wrong` start meets start and the right side
    of one lies on the wrong side of the other. Unequal lengths are matched by fraction of length.

    Attributes:
        a, b: The two edges.
        ease: Declared difference length(a) - length(b) [m]: sleeve cap ease, gathers, stretch.
        kind: What the difference means.
        right_wrong: See above.
        name: What a tailor calls it.
    """

    a: EdgeRef
    b: EdgeRef
    ease: float = 0.0
    kind: Literal["seam", "ease", "gather", "stretch", "dart", "closure"] = "seam"
    right_wrong: bool = False
    name: str = ""


@dataclass(frozen=True)
class Opening:
    """A free border that the body goes through: ``neck``, ``hem``, ``cuff.L``, ``waist`` ...

    Attributes:
        name: Which opening.
        edges: The free edges around it, in order.
        over: The measurement that must get through it, e.g. ``head_girth``; empty if none.
        stretch: How far the edge may be stretched when dressing, as a ratio (1.0: not at all).
    """

    name: str
    edges: tuple[EdgeRef, ...]
    over: str = ""
    stretch: float = 1.0


@dataclass(frozen=True)
class Pattern:
    """Panels and how they are sewn.

    Attributes:
        name: Garment name, e.g. ``tee``; it becomes a node name in GLB files.
        panels, seams, openings: See there.
        fabric: Name of the shell fabric the pattern was drafted for.
        options: The options it was drafted with, lengths in metres, ratios as numbers.
        finished: Finished garment measurements [m], e.g. ``bust_girth``, ``back_length``.
        measurements: The body measurements used [m].
        size: Chart and label, or empty for made to measure.
        layer: Order from the skin outwards.
    """

    name: str
    panels: tuple[Panel, ...]
    seams: tuple[Seam, ...]
    openings: tuple[Opening, ...] = ()
    fabric: str = ""
    options: Mapping[str, float | str | bool] = field(default_factory=dict)
    finished: Mapping[str, float] = field(default_factory=dict)
    measurements: Mapping[str, float] = field(default_factory=dict)
    size: str = ""
    layer: int = 1

    def panel(self, name: str) -> Panel:
        """The panel of that name; KeyError if there is none."""
        for panel in self.panels:
            if panel.name == name:
                return panel
        raise KeyError(name)


# ---- cloth, fabric, drape ------------------------------------------------------------------------


@dataclass(frozen=True)
class Fabric:
    """What the cloth is made of, in SI.

    Attributes:
        name, title, title_ru: Identifier and words for people.
        density: Areal density [kg/m²].
        warp, weft, shear: Membrane stiffness [N/m]; shear per radian of engineering angle.
        bend_warp, bend_weft: Bending rigidity per width [N·m].
        thickness: [m], at about 1 kPa.
        friction_skin, friction_self: Coulomb coefficients.
        stretch_warp, stretch_weft: Wearable stretch, as a ratio above 1.0 length; 0.25 is 25 %.
        colour: Default colour, sRGB 0..1.
        weave: ``jersey``, ``rib``, ``plain``, ``twill``, ``satin``, ``fleece`` ... for the look.
        sources: For each figure its source, or how it was estimated.
    """

    name: str
    title: str
    title_ru: str
    density: float
    warp: float
    weft: float
    shear: float
    bend_warp: float
    bend_weft: float
    thickness: float
    friction_skin: float
    friction_self: float
    stretch_warp: float
    stretch_weft: float
    colour: tuple[float, float, float]
    weave: str
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ClothMesh:
    """A pattern cut into triangles, with its seams and its start around the body.

    Vertices belong to one panel each; nodes are what is left of them once the seams are sewn.

    Attributes:
        pattern: What was sewn.
        uv: Material coordinates [m], shape (V, 2); x along the weft, y along the warp (grain).
        panel: Index into `pattern.panels` of each vertex, shape (V,).
        faces: Vertex triangles, shape (T, 3); the fabric's right side is the outside.
        node: Node of each vertex, shape (V,), 0..nodes-1.
        start: Where each vertex starts, shape (V, 3) [m].
        edge_m: The edge length it was cut at [m].
        seam_pairs: Vertices sewn together, shape (S, 2).
        coarser: The same pattern with longer edges, for solving coarse to fine.
        prolong_faces, prolong_weights: For each vertex the triangle of `coarser` that holds it,
            shape (V,), and its barycentric weights there, shape (V, 3).
    """

    pattern: Pattern
    uv: FloatArray
    panel: IntArray
    faces: IntArray
    node: IntArray
    start: FloatArray
    edge_m: float
    seam_pairs: IntArray
    coarser: ClothMesh | None = None
    prolong_faces: IntArray | None = None
    prolong_weights: FloatArray | None = None

    def __post_init__(self) -> None:
        count = len(self.uv)
        _set(
            self,
            uv=_frozen(self.uv, np.float64, (None, 2), "uv"),
            panel=_frozen(self.panel, np.int32, (count,), "panel"),
            faces=_frozen(self.faces, np.int32, (None, 3), "cloth faces"),
            node=_frozen(self.node, np.int32, (count,), "node"),
            start=_frozen(self.start, np.float64, (count, 3), "start"),
            seam_pairs=_frozen(self.seam_pairs, np.int32, (None, 2), "seam pairs"),
        )

    @property
    def nodes(self) -> int:
        """How many nodes there are once the seams are sewn."""
        return int(self.node.max()) + 1 if len(self.node) else 0

    @property
    def node_faces(self) -> IntArray:
        """Triangles of nodes, shape (T, 3)."""
        return self.node[self.faces]


@dataclass(frozen=True)
class DrapeReport:
    """How a drape went. Field names are those of drape.json."""

    garment: str
    vertices: int
    triangles: int
    edge_mm: float
    device: str
    seconds: Mapping[str, float]
    cpu_seconds: float
    simulated_s: float
    stop_reason: StopReason
    residual_speed_mean_m_s: float
    residual_speed_max_m_s: float
    force_residual: float  # mean out-of-balance force over a vertex's weight
    penetration_max_mm: float
    seam_gap_max_mm: float
    stretch_p99: float
    stretch_max: float
    self_intersections: int
    peak_rss_mb: float
    version: str
    layer_intersections: int = 0  # crossings with the garments worn beneath
    too_small: str = ""  # which panel is stretched beyond what is worn, and how far; mostly empty


@dataclass(frozen=True)
class Drape:
    """A garment at rest on a body.

    Attributes:
        cloth: What was draped.
        body: What it was draped on.
        fabric: Of what.
        positions: Nodes at rest, shape (cloth.nodes, 3) [m].
        report: Why it stopped and how good it is.
    """

    cloth: ClothMesh
    body: Body
    fabric: Fabric
    positions: FloatArray
    report: DrapeReport

    def __post_init__(self) -> None:
        _set(
            self, positions=_frozen(self.positions, np.float64, (self.cloth.nodes, 3), "positions")
        )

    @property
    def vertex_positions(self) -> FloatArray:
        """Positions of the panel vertices, shape (V, 3) [m]: seam vertices coincide."""
        return self.positions[self.cloth.node]


# ---- fit -----------------------------------------------------------------------------------------

Verdict = Literal["too_tight", "snug", "as_designed", "loose", "too_loose"]


@dataclass(frozen=True)
class GirthFit:
    """Girths at one level of the body [m].

    Attributes:
        level: ``bust_girth``, ``upper_arm_girth``, ``hem_girth`` ...
        body: Length of a tape around the body, or around what is worn under the garment.
        garment: Length of the cloth along the cut, folds included.
        flat: The pattern's finished measure, None where it states none.
        side: ``L`` or ``R`` of a limb, else empty.
        rest: Length of the same cloth before it was worn; None where it is not known.
        limit: Wearable stretch of that cloth along the cut, as a ratio; None where the fabric
            states none.
        design_ease: The ease the style asks for [m], None where nothing says.
        stretch: Mean tensile strain of the yarns that run along the cut, as a ratio; 0 where the
            cloth is slack. Cloth that is only drawn askew on the bias has none. Of a neckline,
            from which a garment hangs, that of the half that is stretched least.
    """

    level: str
    body: float
    garment: float
    flat: float | None = None
    side: str = ""
    rest: float | None = None
    limit: float | None = None
    design_ease: float | None = None
    stretch: float = 0.0

    @property
    def ease(self) -> float:
        """Cloth before it is worn less body [m]; negative where it must stretch."""
        return (self.garment if self.rest is None else self.rest) - self.body

    @property
    def worn_ease(self) -> float:
        """Cloth as it is worn less body [m]: room between them, never much below 0."""
        return self.garment - self.body


@dataclass(frozen=True)
class ZoneFit:
    """How a zone of the body is fitted, in words with the number behind them.

    Attributes:
        zone, side: As the level, without ``_girth``.
        verdict: None where nothing can be said.
        ease, design_ease: Of the garment as it was cut, and as the style asks [m].
        stretch, limit: Of the cloth around the zone, as ratios.
        pressure: On the body near the level, 95 % of the area below it [Pa]; None if not known.
        text, text_ru: For people.
    """

    zone: str
    side: str
    verdict: Verdict | None
    ease: float
    design_ease: float | None
    stretch: float
    limit: float | None
    pressure: float | None
    text: str
    text_ru: str


@dataclass(frozen=True)
class PanelFit:
    """Tensile strain of one panel, as ratios: 95 % of its area lies below the figures.

    Attributes:
        warp_p95, weft_p95, largest_p95: Along warp, weft and the larger principal direction.
        over_limit: Share of the area stretched past the wearable limit of warp or weft; None
            where the fabric states none.
    """

    panel: str
    warp_p95: float
    weft_p95: float
    largest_p95: float
    over_limit: float | None


@dataclass(frozen=True)
class PressureFit:
    """Pressure on the body [Pa], over the cloth that touches it.

    Attributes:
        mean: From membrane tension and curvature.
        p95, highest: 95 % and 99 % of the touching area lie below these.
        contact_mean: The mean again, from the forces that hold the cloth at rest.
        touching: Share of the cloth's area that touches.
        zone: Nearest part of the body to the highest pressure.
    """

    mean: float
    p95: float
    highest: float
    contact_mean: float
    touching: float
    zone: str


@dataclass(frozen=True)
class GapFit:
    """Distance from the skin to the cloth [m], by area; negative is inside the body."""

    mean: float
    median: float
    p95: float
    least: float


@dataclass(frozen=True)
class Balance:
    """How level and upright a garment hangs; None where it has no such line.

    Attributes:
        hem_height: Mean height of the hem above the floor [m].
        hem_front_rise: Front of the hem above its back [m].
        hem_left_rise: Wearer's left of the hem above the right [m].
        hem_spread: Highest less lowest point of the hem [m].
        side_lean_left, side_lean_right: Side seams from the vertical [rad]; positive where the
            lower end swings to the front.
        centre_front, centre_back: Mean distance of the centre line from the body's middle plane
            [m], signed to the wearer's left.
        text, text_ru: What is out of balance, in a sentence; empty where nothing is.
    """

    hem_height: float | None = None
    hem_front_rise: float | None = None
    hem_left_rise: float | None = None
    hem_spread: float | None = None
    side_lean_left: float | None = None
    side_lean_right: float | None = None
    centre_front: float | None = None
    centre_back: float | None = None
    text: str = ""
    text_ru: str = ""


@dataclass(frozen=True)
class Wrinkle:
    """Wrinkles of one kind on one part of the body.

    Attributes:
        part: ``torso``, ``arm.L`` ...
        kind: ``pulling``: drag lines under tension; ``collapsing``: folds of spare cloth.
        depth: Of the cloth from its smoothed shape, 95 % of the wrinkled area below it [m].
        area: Wrinkled area [m²].
        share: Of the garment's area on that part.
        height: Mean height above the floor [m].
    """

    part: str
    kind: Literal["pulling", "collapsing"]
    depth: float
    area: float
    share: float
    height: float


@dataclass(frozen=True)
class MobilityFit:
    """Whether the wearer can make a movement.

    Attributes:
        movement: ``sit``, ``raise_arms``, ``step`` ...
        verdict: ``free``; ``held``: the cloth must stretch within its limit; ``blocked``: past
            it; None where it cannot be said.
        zone: Where it is tightest.
        stretch, limit: Stretch that the movement asks for there, and the wearable limit.
        reach: Of a step that is not free, the longest that can be made [m].
    """

    movement: str
    verdict: Literal["free", "held", "blocked"] | None
    zone: str
    stretch: float
    limit: float | None
    text: str
    text_ru: str
    reach: float | None = None


@dataclass(frozen=True)
class Alteration:
    """What a tailor would change.

    Attributes:
        action: What is done.
        seam: At which seam or hem, as the pattern names it.
        zone: Because of which zone.
        total: Change of the whole girth or length [m], positive.
        each: Change at each edge of cloth that is sewn into the seam [m].
        options: Drafting options that would have the same effect, with their new values.
    """

    action: Literal["take_in", "let_out", "shorten", "lengthen"]
    seam: str
    zone: str
    total: float
    each: float
    options: Mapping[str, float]
    text: str
    text_ru: str


@dataclass(frozen=True)
class FitReport:
    """Does it fit. Strains are ratios, 0.05 is 5 %.

    Attributes:
        garment: Which.
        girths: Level by level.
        strain_warp_p95, strain_weft_p95, strain_max: Tensile strain over the cloth's area.
        notes: What could not be said, and why.
        fabric, size: Of what, and in which size; no size if made to measure.
        verdict: The worst of the zones; None where it cannot be said.
        text, text_ru: The verdict in a sentence.
        zones, panels, wrinkles, mobility, alterations: See there.
        pressure, gap, balance: None where the drape does not allow them.
        fabric_area: Area of the draped panels without allowances [m²].
        cautions: The notes again, with a code and in Russian.
        advice: Which size the wearer would take; None where nothing tells.
    """

    garment: str
    girths: tuple[GirthFit, ...]
    strain_warp_p95: float
    strain_weft_p95: float
    strain_max: float
    notes: tuple[str, ...] = ()
    fabric: str = ""
    size: str = ""
    verdict: Verdict | None = None
    text: str = ""
    text_ru: str = ""
    zones: tuple[ZoneFit, ...] = ()
    panels: tuple[PanelFit, ...] = ()
    pressure: PressureFit | None = None
    gap: GapFit | None = None
    balance: Balance | None = None
    wrinkles: tuple[Wrinkle, ...] = ()
    mobility: tuple[MobilityFit, ...] = ()
    alterations: tuple[Alteration, ...] = ()
    fabric_area: float = 0.0
    cautions: tuple[Caution, ...] = ()
    advice: SizeAdvice | None = None


# ---- sizes ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SizeZone:
    """What one size does at one measurement of a customer.

    Attributes:
        measurement: ``bust_girth`` ...
        off: Customer less the body the size was drafted for [m]; positive is tight.
        verdict: At the measured value.
        probability: That the zone is neither too tight nor too loose.
    """

    measurement: str
    off: float
    verdict: Verdict
    probability: float


@dataclass(frozen=True)
class SizeFit:
    """How one size would fit a customer.

    Attributes:
        size: Its label.
        probability: That no zone is too tight or too loose.
        probability_as_designed: That every zone is as the style asks.
        loss: Expected misfit, 0 is perfect; the advice takes the least.
        zones: Measurement by measurement.
    """

    size: str
    probability: float
    probability_as_designed: float
    loss: float
    zones: tuple[SizeZone, ...]


@dataclass(frozen=True)
class SizeAdvice:
    """Which size for whom.

    Attributes:
        best: The size to take; None where none is likely to fit.
        sizes: All of them, in the order given.
        decisive: The measurement that would change the advice if it were off by `decisive_by`
            [m]; None if none would within two sigmas.
        made_to_measure: Whether it is worth it.
        text, text_ru: In a sentence or two.
        chart: Whose sizes they are; empty if they are of no chart.
    """

    garment: str
    best: str | None
    sizes: tuple[SizeFit, ...]
    decisive: str | None
    decisive_by: float
    decisive_size: str | None
    made_to_measure: bool
    text: str
    text_ru: str
    chart: str = ""
