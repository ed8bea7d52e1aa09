"""The garment on the customer's own photo.

The avatar stands in the photo's pose before the photo's camera; the garment is carried along, lit
like the photo, and laid over it. Arms, hands and hair that are in front in the photo stay in front.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull

from fitting.errors import BadOption, BadPhoto
from fitting.records import Body, Caution, Drape, FloatArray, Photo, Silhouette
from fitting.render.colour import encoded, linear
from fitting.render.finish import Finish
from fitting.render.lamps import Lamps
from fitting.render.stance import DIAGONAL, Stance, focal_pixels, stance, stand, stand_drape
from fitting.render.views import MOST_PIXELS

Mask = NDArray[np.bool_]

# A landmark fit further off than this share of the person's height cannot carry a garment. People
# running are at most 0.021 off, one person's head taken with another's trunk 0.029 to 0.033.
_OFF = 0.027
# Own clothes that show beyond the garment: warn from this share of the garment's area.
_SHOWING = 0.04
# Mean reflectance of a scene, the grey-world assumption of photography (18 % grey card).
_GREY = 0.18
# Reflectance of the brightest things in a scene: paper, snow, white paint.
_WHITE = 0.85


@dataclass(frozen=True)
class Composite:
    """A photo with a garment on it.

    Attributes:
        picture: sRGB, shape of the photo.
        garment: Share of the garment in each pixel 0..1, shape (height, width).
        stance: How the avatar stands in the photo.
        cautions: What does not look right, for the customer.
    """

    picture: NDArray[np.uint8]
    garment: FloatArray
    stance: Stance
    cautions: tuple[Caution, ...]


def composite(
    photo: Photo,
    silhouette: Silhouette,
    body: Body,
    drapes: Sequence[Drape],
    *,
    finishes: Mapping[str, Finish] | None = None,
) -> Composite:
    """The garments on the person in a photo.

    Args:
        photo: The customer's.
        silhouette: The person in it.
        body: The avatar fitted to that person, in the pose it was draped in.
        drapes: Garments at rest on it.
        finishes: How garments are shown, by garment name.

    Raises:
        BadPhoto: The person's trunk cannot be seen, or the pose cannot be matched.
        BadMesh: The body has no skeleton.
        NotSupported: EGL is missing.
    """
    from fitting.render.studio import Studio

    how = stance(body, silhouette)
    tall = float(np.ptp(np.flatnonzero(silhouette.mask.any(1)))) if silhouette.mask.any() else 0.0
    if how.error > _OFF * max(tall, 1.0):
        raise BadPhoto(
            f"the avatar's joints miss the picture's by {how.error:.0f} pixels; the most is "
            f"{_OFF * tall:.0f}: take a photo standing, seen whole, nobody near"
        )
    standing = stand(body, how)
    worn = [stand_drape(d, body, standing, how) for d in drapes]
    lamps = lamps_of(photo, silhouette)
    size = (photo.width, photo.height)
    if photo.width * photo.height > MOST_PIXELS:
        raise BadPhoto(f"the photo has over {MOST_PIXELS / 1e6:.0f} million pixels; reduce it")
    with Studio(
        standing, worn, finishes=finishes, size=size, background="transparent", lamps=lamps,
        sink=0.025,
    ) as studio:  # fmt: skip
        layer = studio.through(how.camera, "garments")
        cloth = studio.through(how.camera, "cloth")
        shaded = studio.through(how.camera, "body")
    with Studio(standing, [], size=size, background="transparent", lamps=lamps, rays=24) as bare:
        clear = bare.through(how.camera, "body")
    share = layer[..., 3] / 255.0
    band, arm = _arms(photo, silhouette, share, cloth[..., 3] / 255.0)
    layer = np.where(band[..., None], cloth, layer)
    share = np.where(band, cloth[..., 3] / 255.0 * (1 - arm), share)
    share = share * (1 - _in_front(photo, silhouette, share))
    scene = linear(photo.pixels / 255.0)
    scene *= _shade_on_skin(shaded, clear, silhouette.mask)[..., None]
    mixed: FloatArray = np.asarray(
        scene * (1 - share[..., None]) + linear(layer[..., :3] / 255.0) * share[..., None]
    )
    picture = np.round(encoded(mixed) * 255).astype(np.uint8)
    # Where nothing was laid over and nothing shades, the photo's own pixels stay as they are.
    same = (np.abs(mixed - linear(photo.pixels / 255.0)) < 1e-6).all(2)
    picture[same] = photo.pixels[same]
    return Composite(picture, share, how, _cautions(clear, silhouette, share))


def cut(photo: Photo, crop: tuple[int, int, int, int]) -> Photo:
    """A part of a photo, seen through the same lens.

    Args:
        photo: The whole.
        crop: Left, top, width and height [px].

    Raises:
        BadOption: Not within the photo, or under 64 pixels a side.
    """
    left, top, width, height = crop
    inside = left >= 0 and top >= 0 and left + width <= photo.width and top + height <= photo.height
    if not inside or min(width, height) < 64:
        raise BadOption(
            f"the part {left},{top},{width},{height} is not within the photo of "
            f"{photo.width} x {photo.height}, or under 64 pixels a side; give it as left, top, "
            "width, height"
        )
    lens = focal_pixels(photo.focal_35mm, (photo.height, photo.width))
    told = lens * DIAGONAL / float(np.hypot(width, height))
    pixels = np.ascontiguousarray(photo.pixels[top : top + height, left : left + width])
    return Photo(pixels, told)


def pasted(
    whole: Photo, part: NDArray[np.uint8], crop: tuple[int, int, int, int] | None
) -> NDArray[np.uint8]:
    """The whole photo with a part of it replaced, shape (height, width, 3)."""
    if crop is None:
        return part
    left, top, width, height = crop
    out = np.array(whole.pixels)
    out[top : top + height, left : left + width] = part
    return out


# ---- light ---------------------------------------------------------------------------------------


def lamps_of(photo: Photo, silhouette: Silhouette) -> Lamps:
    """Lights like those of a photo.

    Colour is that which makes the scene around the person average to grey. Strength lies between
    what makes it average to middle grey, and what makes its brightest parts white: snow and night
    fool the first, a lamp or a window in the picture the second. The direction is that in which
    the person is brightest: across the body from left to right, and from above in any case.

    Reference:
        G. Buchsbaum, A spatial processor model for object colour perception, 1980 (grey world);
        E. Land, J. McCann, Lightness and retinex theory, 1971 (white patch).
    """
    light = linear(photo.pixels / 255.0)
    around = light[~silhouette.mask] if (~silhouette.mask).any() else light.reshape(-1, 3)
    mean = np.clip(around.mean(0), 0.01, 1.0)
    tint = mean / mean.mean()
    # Backgrounds are coloured themselves: half of their cast is taken for the light's.
    tint = np.sqrt(tint)
    grey = float(np.clip(mean.mean() / _GREY, 0.1, 1.6))
    white = float(np.clip(np.percentile(light.mean(2), 98) / _WHITE, 0.1, 1.1))
    strength = float(np.clip(np.sqrt(grey * white), 0.25, 1.05))
    side = _lit_side(light.mean(2), silhouette.mask)
    key = float(np.clip(0.60 + 0.35 * abs(side), 0.60, 0.90))
    colour = strength * tint

    def scaled(factor: float) -> tuple[float, float, float]:
        return (float(factor * colour[0]), float(factor * colour[1]), float(factor * colour[2]))

    return Lamps(
        places=((-60.0 * side, 50.0), (60.0 * side, 10.0), (-150.0, 35.0), (150.0, 35.0)),
        powers=(scaled(key), scaled(0.08), scaled(0.08), scaled(0.08)),
        sky=scaled(0.46),
        ground=scaled(0.24),
    )


def _lit_side(luminance: FloatArray, mask: Mask) -> float:
    """-1 where the light comes from the picture's right, 1 from its left, 0 from ahead.

    From the person's own left and right halves, row by row, so that shirt and trousers count
    alike.
    """
    rows = np.flatnonzero(mask.sum(1) >= 8)
    ratios = []
    for y in rows:
        xs = np.flatnonzero(mask[y])
        third = max(2, len(xs) // 3)
        left, right = luminance[y, xs[:third]].mean(), luminance[y, xs[-third:]].mean()
        ratios.append(np.log((left + 0.02) / (right + 0.02)))
    if not ratios:
        return 0.0
    return float(np.clip(np.median(ratios) / 0.7, -1, 1))


def _shade_on_skin(shaded: NDArray[np.uint8], clear: NDArray[np.uint8], mask: Mask) -> FloatArray:
    """How much of the light is left on the person beside the garment, 0.5..1, (height, width)."""
    both = (shaded[..., 3] > 250) & (clear[..., 3] > 250) & mask
    with_cloth = linear(shaded[..., :3] / 255.0).mean(2)
    without = linear(clear[..., :3] / 255.0).mean(2)
    ratio = np.where(both, with_cloth / np.maximum(without, 0.02), 1.0)
    return np.asarray(ndimage.gaussian_filter(np.clip(ratio, 0.5, 1.0), 1.0))


# ---- what is in front ----------------------------------------------------------------------------


def _in_front(photo: Photo, silhouette: Silhouette, share: FloatArray) -> FloatArray:
    """Face, and hair and the like, over the garment: 1 where the photo stays, (height, width).

    The face always: who leans forwards has it before the chest. Near the head, what belongs to
    the person, is joined to the head, and has neither the colour of the clothes nor of the skin.
    """
    points, seen = silhouette.landmarks.points, silhouette.landmarks.visibility
    head = np.zeros(silhouette.mask.shape)
    if seen[[0, 7, 8, 11, 12]].min() < 0.5:
        return head
    centre = points[[7, 8]].mean(0)
    reach = 1.6 * float(np.linalg.norm(points[11] - points[12]))
    y, x = np.mgrid[: photo.height, : photo.width]
    away = np.hypot(x - centre[0], y - centre[1])
    near = silhouette.mask & (away < reach)
    ahead = np.zeros(head.shape, bool)
    if seen[:11].min() >= 0.5:
        ahead = _face(points, head.shape) & silhouette.mask & (share > 0)
        head = np.asarray(ndimage.gaussian_filter(ahead.astype(float), 0.8))
    worn = _colour_model(photo, _trunk(points, silhouette.mask))
    face = _disc(points[0], 0.35 * float(np.linalg.norm(points[7] - points[8])), head.shape)
    skin = _colour_model(photo, face & silhouette.mask)
    if worn is None or skin is None:
        return head
    strange = near & (worn(photo) > 9.0) & (skin(photo) > 9.0)
    # Of what is strange, what is joined to the head's upper half.
    labels, _ = ndimage.label(ndimage.binary_opening(strange, iterations=1))
    crown = np.unique(labels[(y < centre[1]) & near])
    joined = np.isin(labels, crown[crown > 0]) & (share > 0)
    return np.asarray(ndimage.gaussian_filter((joined | ahead).astype(float), 0.8))


def _face(points: FloatArray, shape: tuple[int, ...]) -> Mask:
    """The face from the brow to the chin, shape (height, width).

    The chin lies below the mouth by two thirds of the way from the eyes to the mouth, a half as
    wide as the ears are apart.

    Reference:
        L. Farkas, Anthropometry of the head and face, 1994 (sellion, stomion and gnathion).
    """
    eyes, mouth, ears = points[[2, 5]].mean(0), points[[9, 10]].mean(0), points[[7, 8]]
    chin = mouth + 0.67 * (mouth - eyes)
    side = (ears[0] - ears[1]) / 4
    outline = np.vstack([points[:11], chin + side, chin - side])
    corners = outline[ConvexHull(outline).vertices]
    y, x = np.mgrid[: shape[0], : shape[1]]
    inside = np.ones(shape, bool)
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):  # counter-clockwise
        inside &= (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]) >= 0
    return inside


def _arms(
    photo: Photo, silhouette: Silhouette, share: FloatArray, whole: FloatArray
) -> tuple[Mask, FloatArray]:
    """Arms and hands before the garment, as the photo has them.

    The avatar's arm is bare and may lie a little off: beside its outline the colours decide
    between the person's arm and the clothes behind it.

    Args:
        photo, silhouette: Of the person.
        share: Of the garment with the avatar's arm before it, shape (height, width).
        whole: Of the garment alone.

    Returns:
        Where this is decided anew, and the share of the arm there, (height, width) each.
    """
    points, seen = silhouette.landmarks.points, silhouette.landmarks.visibility
    hidden = (whole > 0.5) & (share < 0.5) & silhouette.mask
    trunk = float(np.linalg.norm(points[[11, 12]].mean(0) - points[[23, 24]].mean(0)))
    off = np.full(hidden.shape, np.inf)
    for elbow, wrist, finger in ((13, 15, 19), (14, 16, 20)):
        for a, b in ((elbow, wrist), (wrist, finger)):
            if seen[[a, b]].min() >= 0.5:
                off = np.minimum(off, _away(points[a], points[b], hidden.shape))
    # A forearm is a seventh of the trunk wide, in a sleeve a fifth; the avatar's lies about there.
    hidden &= off < 0.4 * trunk
    near = off < 0.13 * trunk
    nothing = np.zeros(hidden.shape, bool), np.zeros(hidden.shape)
    if hidden.sum() < 30:
        return nothing
    width = max(2, round(0.6 * float(ndimage.distance_transform_edt(hidden).max())))
    band = ndimage.binary_dilation(hidden, iterations=width) & silhouette.mask & (whole > 0.5)
    core = ndimage.binary_erosion(hidden & near, iterations=max(1, width // 3))
    arm = _colour_model(photo, core)
    behind = _colour_model(photo, _trunk(points, silhouette.mask) & ~band)
    if arm is None or behind is None:
        return nothing
    # On the avatar's own arm the clothes behind must be much likelier; beside it, the arm.
    doubt = np.where(hidden, 4.0, 0.5)
    found = band & near & (arm(photo) < doubt * behind(photo))
    labels, _ = ndimage.label(found)
    kept = np.unique(labels[core & found])
    solid = ndimage.binary_closing(np.isin(labels, kept[kept > 0]), iterations=2) & band
    return band, np.asarray(ndimage.gaussian_filter(solid.astype(float), 0.7))


def _away(a: FloatArray, b: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Distance of each pixel from the line from a to b [px], shape (height, width)."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    d = b - a
    t = np.clip(((x - a[0]) * d[0] + (y - a[1]) * d[1]) / max(float(d @ d), 1e-9), 0, 1)
    return np.asarray(np.hypot(x - a[0] - t * d[0], y - a[1] - t * d[1]))


def _trunk(points: FloatArray, mask: Mask) -> Mask:
    """The middle of the person's trunk: a quadrilateral between shoulders and hips."""
    corners = points[[11, 12, 24, 23]]
    middle = corners.mean(0)
    inner = middle + 0.75 * (corners - middle)
    y, x = np.mgrid[: mask.shape[0], : mask.shape[1]]
    inside = np.ones(mask.shape, bool)
    turn = 0.0
    for k in range(4):
        a, b = inner[k], inner[(k + 1) % 4]
        turn += a[0] * b[1] - a[1] * b[0]
    for k in range(4):
        a, b = inner[k], inner[(k + 1) % 4]
        cross = (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])
        inside &= cross * np.sign(turn) >= 0
    return inside & mask


def _disc(centre: FloatArray, radius: float, shape: tuple[int, ...]) -> Mask:
    y, x = np.mgrid[: shape[0], : shape[1]]
    return np.asarray(np.hypot(x - centre[0], y - centre[1]) <= max(radius, 2.0))


class _ColourModel:
    """A few typical colours and how far around them others still count."""

    def __init__(self, samples: FloatArray) -> None:
        # Two steps of halving at the median of the widest channel: up to four typical colours.
        groups = [samples]
        for _ in range(2):
            groups = [half for group in groups for half in _halves(group)]
        self._typical = [(g.mean(0), np.linalg.inv(np.cov(g.T) + 15.0 * np.eye(3))) for g in groups]

    def __call__(self, photo: Photo) -> FloatArray:
        """Squared Mahalanobis distance to the nearest typical colour, (height, width)."""
        rows = photo.pixels.astype(float)
        best = np.full(rows.shape[:2], np.inf)
        for mean, inverse in self._typical:
            off = rows - mean
            best = np.minimum(best, np.einsum("hwi,ij,hwj->hw", off, inverse, off))
        return best


def _halves(samples: FloatArray) -> list[FloatArray]:
    if len(samples) < 60:
        return [samples]
    widest = int(samples.std(0).argmax())
    high = samples[:, widest] > np.median(samples[:, widest])
    return [part for part in (samples[high], samples[~high]) if len(part) >= 10]


def _colour_model(photo: Photo, where: Mask) -> _ColourModel | None:
    """Typical colours of a part of the photo [sRGB 0..255]; None where it is too small."""
    samples = photo.pixels[where].astype(float)
    return _ColourModel(samples) if len(samples) >= 20 else None


# ---- what does not look right --------------------------------------------------------------------


def _cautions(
    clear: NDArray[np.uint8], silhouette: Silhouette, share: FloatArray
) -> tuple[Caution, ...]:
    """Own clothes that stick out beside the garment: person, but neither avatar nor garment."""
    covered = share > 0.5
    if not covered.any():
        return ()
    rows = np.flatnonzero(covered.any(1))
    band = np.zeros_like(covered)
    band[rows[0] : rows[-1] + 1] = True
    # The mask's own border is uncertain by some pixels.
    margin = max(2, silhouette.mask.shape[0] // 200)
    person = ndimage.binary_erosion(silhouette.mask, iterations=margin)
    bare = ndimage.binary_dilation(clear[..., 3] > 128, iterations=margin)
    shows = person & band & ~covered & ~bare
    part = float(shows.sum() / covered.sum())
    if part < _SHOWING:
        return ()
    return (
        Caution(
            "own_clothes_show",
            f"your own clothes show beside the garment ({part:.0%} of its area); wear something "
            "close-fitting for the photo",
            f"из-под вещи видна ваша одежда ({part:.0%} её площади); снимитесь в облегающем",
        ),
    )
