"""The avatar as it is drawn: a calm, matt mannequin in a bodysuit, or in a skin tone."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from fitting.errors import UnknownName
from fitting.records import Body, FloatArray, IntArray
from fitting.render.colour import linear
from fitting.render.light import SINK, AmbientLight
from fitting.render.surfaces import vertex_normals

# sRGB 0..1, chosen by eye: the mannequin is a warm light grey plaster; the skin tones step evenly
# in lightness from very light to very dark.
TONES: dict[str, tuple[float, float, float]] = {
    "mannequin": (0.80, 0.775, 0.75),
    "porcelain": (0.93, 0.85, 0.80),
    "sand": (0.90, 0.77, 0.67),
    "honey": (0.81, 0.64, 0.52),
    "amber": (0.64, 0.45, 0.34),
    "chestnut": (0.44, 0.30, 0.23),
    "espresso": (0.26, 0.18, 0.15),
}


@dataclass(frozen=True)
class Figure:
    """A body to be drawn.

    Attributes:
        positions, normals: [m] and unit vectors, shape (N, 3).
        open: Mean free direction and open share, shape (N, 4).
        paint: Linear colour and roughness, shape (N, 4).
        suit: How far inside the underwear each vertex lies [m], shape (N,).
        faces: shape (M, 3), all facing outwards.
    """

    positions: FloatArray
    normals: FloatArray
    open: FloatArray
    paint: FloatArray
    suit: FloatArray
    faces: IntArray


def suit_colour(tone_name: str) -> FloatArray:
    """Linear colour of the underwear: a grey that stands off from every tone."""
    light = tone_name in ("amber", "chestnut", "espresso")
    return linear(np.array([0.70, 0.68, 0.66] if light else [0.60, 0.59, 0.58]))


def tone(name: str) -> tuple[float, float, float]:
    """The avatar's colour of that name.

    Raises:
        UnknownName: There is none.
    """
    try:
        return TONES[name]
    except KeyError:
        raise UnknownName(f"there is no tone {name!r}; choose one of: {', '.join(TONES)}") from None


def neighbours(count: int, faces: IntArray) -> sp.csr_matrix:
    """Row-stochastic matrix that gives each vertex the mean of its neighbours, (count, count)."""
    i = faces[:, [0, 1, 2, 1, 2, 0]].ravel()
    j = faces[:, [1, 2, 0, 0, 1, 2]].ravel()
    joined = sp.csr_matrix((np.ones(len(i)), (i, j)), shape=(count, count))
    joined.data[:] = 1.0
    degree = np.maximum(np.asarray(joined.sum(1)).ravel(), 1)
    return sp.csr_matrix(sp.diags(1 / degree) @ joined)


class PlainHead:
    """A head without features around a body's own: the outline that a shop's mannequin has.

    The outermost skin in each direction from the head's centre is averaged over neighbouring
    directions; eyes, lips and what lies behind them all come to lie on that one smooth surface.

    Args:
        points: The head's vertices [m], shape (N, 3).

    Attributes:
        centre: [m], shape (3,).
        looks: Directions in which the surface is known, unit vectors, shape (K, 3).
        reach: Distance from the centre in each [m], shape (K,).
    """

    # von Mises-Fisher concentration of the averaging; 60 is a spread of about 7 degrees.
    _SHARP = 60.0

    def __init__(self, points: FloatArray) -> None:
        self.centre = (points.max(0) + points.min(0)) / 2
        rays = points - self.centre
        length = np.maximum(np.linalg.norm(rays, axis=1), 1e-9)
        # Directions spread evenly by the golden angle; in each the outermost vertex near it.
        k = np.arange(900) + 0.5
        polar, turn = np.arccos(1 - 2 * k / 900), np.pi * (1 + 5**0.5) * k
        even = np.column_stack(
            [np.cos(turn) * np.sin(polar), np.cos(polar), np.sin(turn) * np.sin(polar)]
        )
        near = cKDTree(rays / length[:, None]).query_ball_point(even, 2 * np.sin(np.radians(3)))
        self.looks = even[[len(found) > 0 for found in near]]
        self.reach = np.array([length[found].max() for found in near if found])
        # Ears: at the sides nothing stands out from what lies around it.
        aside = np.abs(self.looks[:, 0]) > 0.6
        for _ in range(4):
            around = self.spread(self.looks, self.reach, 15.0)
            self.reach = np.where(aside, np.minimum(self.reach, around), self.reach)

    def _weights(self, looks: FloatArray, sharp: float) -> FloatArray:
        weights = np.exp(sharp * (looks @ self.looks.T - 1))
        return np.asarray(weights / np.maximum(weights.sum(1, keepdims=True), 1e-30))

    def spread(self, looks: FloatArray, values: FloatArray, sharp: float = _SHARP) -> FloatArray:
        """Values known in the head's directions, averaged around other directions."""
        return np.asarray(self._weights(looks, sharp) @ values)

    def toward(self, points: FloatArray) -> FloatArray:
        """Unit directions from the centre, shape (N, 3)."""
        out = points - self.centre
        return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9))

    def surface(self, looks: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Places [m] and normals of the smooth head in given directions, (N, 3) each."""
        weights = self._weights(looks, self._SHARP)
        radius = weights @ self.reach
        slope = self._SHARP * (weights * (self.reach - radius[:, None])) @ self.looks
        slope -= (slope * looks).sum(1, keepdims=True) * looks
        normals = looks - slope / radius[:, None]
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        return self.centre + radius[:, None] * looks, normals


def calm_skin(body: Body) -> Body:
    """The body with the detail of breast points and crotch smoothed away, as mannequins are."""
    p = np.array(body.vertices)
    weight = np.zeros(len(p))
    for point, reach in (("nipple.L", 0.02), ("nipple.R", 0.02), ("crotch", 0.06)):
        if point in body.landmarks:
            gap = np.linalg.norm(p - body.landmarks[point], axis=1)
            weight = np.maximum(weight, np.clip(1.5 - gap / reach, 0, 1))
    if not weight.any():
        return body
    average = neighbours(len(p), body.faces)
    for _ in range(40):
        p += 0.5 * weight[:, None] * (average @ p - p)
    return dataclasses.replace(body, vertices=p)


def head_of(body: Body) -> IntArray:
    """Vertices of the head, eyes included."""
    if "head" in body.regions:
        return body.regions["head"]
    # Without named regions: above the chin, which lies at 0.87 of the stature (ANSUR II).
    y = body.vertices[:, 1]
    return np.flatnonzero(y > 0.87 * float(y.max())).astype(np.int32)


def figure(
    body: Body, light: AmbientLight, tone_name: str = "mannequin", sink: float = SINK
) -> Figure:
    """What is drawn of a body.

    Args:
        body: What `calm_skin` made of any body.
        light: The room's light on it.
        tone_name: One of `TONES`.
        sink: Covered skin is drawn this much deeper [m].

    Raises:
        UnknownName: There is no such tone.
    """
    paint = np.empty((len(body.vertices), 4))
    paint[:, :3] = linear(tone(tone_name))
    paint[:, 3] = 0.62
    average = neighbours(len(body.vertices), body.faces)
    # The skin is smooth: what differs from vertex to vertex is the rays' noise.
    p, open_ = np.array(body.vertices), np.asarray(average @ light.body)
    normals = vertex_normals(p, body.faces)
    head = head_of(body)
    if len(head):
        plain = PlainHead(p[head])
        # The head takes over from the neck within 3 cm; what lies inside the head, gullet and all,
        # is no neck.
        rest = np.delete(p, head, axis=0)
        rest = rest[rest[:, 1] < plain.centre[1] - 0.05]
        gap = cKDTree(rest).query(p[head])[0] if len(rest) else np.ones(len(head))
        s = np.clip(gap / 0.03, 0, 1)[:, None]
        looks = plain.toward(p[head])
        place, facing = plain.surface(looks)
        # A little outside the face, so that its own features do not darken it.
        shell, out = plain.surface(plain.looks)
        seen = plain.spread(looks, light.on(shell + 0.012 * out, out))
        open_ = open_.copy()
        p[head] = (1 - s) * p[head] + s * place
        open_[head] = (1 - s) * open_[head] + s * seen
        normals[head] = (1 - s) * normals[head] + s * facing
        normals[head] /= np.linalg.norm(normals[head], axis=1, keepdims=True)
    depth = light.covered.copy()
    for _ in range(2):
        depth = np.minimum(depth, average @ depth)
    depth *= sink
    pokes = np.where(light.pokes > 0, light.pokes + SINK, 0.0)
    for _ in range(3):
        pokes = np.maximum(pokes, average @ pokes)
    depth = np.maximum(depth, pokes)
    place = p - depth[:, None] * normals
    faces = _outward(place, normals, body.faces, head)
    return Figure(place, normals, open_, paint, underwear(body), faces)


def _outward(place: FloatArray, normals: FloatArray, faces: IntArray, head: IntArray) -> IntArray:
    """Faces with those of mouth and eyes turned, which face inwards on the smooth head."""
    on_head = np.zeros(len(place), bool)
    on_head[head] = True
    a, b, c = (place[faces[:, k]] for k in range(3))
    inward = (np.cross(b - a, c - a) * normals[faces[:, 0]]).sum(1) < 0
    turned = inward & on_head[faces].all(1)
    return np.where(turned[:, None], faces[:, ::-1], faces).astype(np.int32)


@dataclass(frozen=True)
class Cut:
    """A skin cut in two along the border of the underwear.

    Attributes:
        pairs, share: Edges that are cut, (E, 2), and how far along each, (E,). Each cut makes two
            vertices after the skin's own N: E of bare skin, then E of underwear.
        skin, suit: Faces of each, (M, 3).
        worn: Which vertices are underwear, shape (N + 2 E,).
    """

    pairs: IntArray
    share: FloatArray
    skin: IntArray
    suit: IntArray
    worn: FloatArray

    def spread(self, rows: FloatArray) -> FloatArray:
        """Figures of the skin's vertices for all vertices, shape (N + 2 E, k)."""
        t = self.share[:, None]
        new = (1 - t) * rows[self.pairs[:, 0]] + t * rows[self.pairs[:, 1]]
        return np.vstack([rows, new, new])


def cut_out(faces: IntArray, field: FloatArray) -> Cut:
    """Cut a skin where a field of its vertices is zero, underwear where it is above.

    Args:
        faces: shape (M, 3).
        field: As `underwear` gives it, shape (N,).
    """
    inside = field > 0
    count = inside[faces].sum(1)
    mixed = faces[(count == 1) | (count == 2)]
    # Each triangle that is cut turns until the corner that is alone on its side comes first.
    alone = inside[mixed] == (inside[mixed].sum(1) == 1)[:, None]
    order = (alone.argmax(1)[:, None] + np.arange(3)) % 3
    a, b, c = np.take_along_axis(mixed, order, axis=1).T
    ends = np.sort(np.vstack([np.column_stack([a, b]), np.column_stack([a, c])]), axis=1)
    pairs, which = np.unique(ends, axis=0, return_inverse=True)
    which = which.reshape(-1)
    low, high = field[pairs[:, 0]], field[pairs[:, 1]]
    share = low / np.where(low == high, 1.0, low - high)
    size, cuts = len(field), len(pairs)
    ab, ac = size + which[: len(a)], size + which[len(a) :]
    sides = []
    for suit in (False, True):
        shift = cuts if suit else 0
        tip, rest = inside[a] == suit, inside[a] != suit
        p, q = ab + shift, ac + shift
        sides.append(np.vstack([
            faces[count == (3 if suit else 0)],
            np.column_stack([a, p, q])[tip],
            np.column_stack([p, b, c])[rest],
            np.column_stack([p, c, q])[rest],
        ]).astype(np.int32))  # fmt: skip
    worn = np.concatenate([inside, np.zeros(cuts, bool), np.ones(cuts, bool)]).astype(float)
    return Cut(pairs.astype(np.int32), share, sides[0], sides[1], worn)


def underwear(body: Body) -> FloatArray:
    """How far inside the plain underwear each vertex lies [m], negative outside, shape (N,).

    Shorts to just below the crotch; on a woman, or where the sex is not known, a bodysuit with
    straps and short legs, so that no one is shown naked.
    """
    v = body.vertices
    stature = float(v[:, 1].max())

    def height(name: str, share: float) -> float:
        point = body.landmarks.get(name)
        return share * stature if point is None else float(point[1])

    # Shares of the stature where a body has no landmarks: means of ANSUR II.
    crotch, waist, armpit = (
        height("crotch", 0.475), height("navel", 0.60), height("armpit.L", 0.75)
    )  # fmt: skip
    x, y = np.abs(v[:, 0]), v[:, 1]
    legs = y - (crotch - 0.045)
    if body.measurements is None or body.measurements.sex == "female":
        top = np.minimum(legs, (armpit + 0.025) - y)
        # Straps half way out on the shoulder, over it and down the back, as a tank top has them.
        across = float(np.linalg.norm(body.landmarks["acromion.L"][[0, 2]])) if (
            "acromion.L" in body.landmarks
        ) else 0.11 * stature  # fmt: skip
        strap = np.minimum(0.026 - np.abs(x - 0.55 * across), y - armpit)
        field = _joined(top, strap, 0.06)
    else:
        field = np.minimum(legs, (waist - 0.035) - y)
    return np.asarray(np.clip(np.minimum(field, _from_limbs(body)), -0.05, 0.05))


def _joined(a: FloatArray, b: FloatArray, round_: float) -> FloatArray:
    """The greater of two distances, with corners rounded over a length [m].

    Reference:
        I. Quilez, smooth minimum (the quadratic one).
    """
    near = np.maximum(round_ - np.abs(a - b), 0.0) / round_
    return np.asarray(np.maximum(a, b) + 0.25 * round_ * near**2)


def _from_limbs(body: Body) -> FloatArray:
    """Distance along the skin's vertices from arms and head [m], negative on them, shape (N,)."""
    v, bare = body.vertices, np.zeros(len(body.vertices), bool)
    for name, rows in body.regions.items():
        if name.startswith(("arm", "hand", "head")):
            bare[rows] = True
    if not bare.any() or bare.all():
        return np.full(len(v), np.inf)
    out = np.empty(len(v))
    out[bare] = -cKDTree(v[~bare]).query(v[bare])[0]
    out[~bare] = cKDTree(v[bare]).query(v[~bare])[0]
    average = neighbours(len(v), body.faces)
    for _ in range(8):  # the border of a region runs from vertex to vertex
        out = average @ out
    return out
