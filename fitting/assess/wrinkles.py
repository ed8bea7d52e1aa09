"""Wrinkles of draped cloth: where, how deep, and whether they pull or collapse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix, diags

from fitting.assess.levels import Figure
from fitting.assess.nearest import pseudonormals
from fitting.assess.strain import Strain, limits, quantile
from fitting.records import ClothMesh, Drape, FloatArray, Wrinkle
from fitting.units import CM, MM

_RADIUS = 3 * CM  # shapes much wider than this are the garment's form, not wrinkles; chosen
_LEAST = 2 * MM  # from middle to crest; shallower ripples are hardly seen; chosen
_AREA = 4 * CM**2  # less wrinkled area on a part of the body is not worth telling; chosen
# A wrinkle pulls where the cloth along it is stretched beyond this, and beyond this share of its
# wearable limit; chosen: a woven shows drag lines at half a per cent.
_PULL, _PULL_SHARE = 0.005, 0.15


def depth(drape: Drape) -> FloatArray:
    """How far the nodes stand out of the smoothed cloth [m], shape (nodes,), signed.

    The shape is smoothed twice, so that even curvature (a sleeve's, a bust's) cancels and only
    what turns within a few centimetres is left. Near free borders, where cloth lies on one side
    only, it is 0.
    """
    cloth = drape.cloth
    x = drape.positions
    links = _links(cloth)
    a, b = links.nonzero()
    edge = float(np.linalg.norm(x[a] - x[b], axis=1).mean())
    count = max(1, round(4 * _RADIUS**2 / edge**2))  # a half step spreads by a quarter edge squared
    share = diags(1.0 / np.maximum(np.asarray(links.sum(1)).ravel(), 1.0)) @ links

    def rough(points: FloatArray) -> FloatArray:
        smooth = points
        for _ in range(count):
            smooth = 0.5 * (smooth + share @ smooth)
        left: FloatArray = points - smooth
        return left

    off = (rough(rough(x)) * pseudonormals(x, cloth.node_faces)).sum(1)
    near = _border(cloth).astype(float)
    for _ in range(max(1, round(_RADIUS / edge))):
        near = np.maximum(near, (links @ near > 0).astype(float))
    signed: FloatArray = np.where(near > 0, 0.0, off)
    return signed


def wrinkles(drape: Drape, who: Figure, of: Strain, part: NDArray[np.str_]) -> tuple[Wrinkle, ...]:
    """The wrinkles by part of the body and kind.

    Args:
        drape: The cloth.
        who: On whom.
        of: Its strain.
        part: Nearest part of the body of each node, shape (nodes,).
    """
    faces = drape.cloth.node_faces
    deep = np.abs(depth(drape))[faces].max(1)
    centres = drape.positions[faces].mean(1)
    where = _trunk(who, part[faces[:, 0]], centres)
    ahead = (centres - who.middle) @ who.front
    torso = where == "torso"
    trunk = who.body.vertices[who.body.regions["torso"]] if "torso" in who.body.regions else None
    middle = 0.0 if trunk is None else float(((trunk - who.middle) @ who.front).mean())
    where = np.where(torso, np.where(ahead > middle, "torso front", "torso back"), where)
    stated = limits(drape.fabric)
    pull = max(_PULL, _PULL_SHARE * min(stated)) if stated else _PULL
    found = []
    for name in np.unique(where):
        on = where == name
        for kind in ("pulling", "collapsing"):
            held = on & (deep > _LEAST) & ((of.largest > pull) == (kind == "pulling"))
            area = float(of.area[held].sum())
            if not name or area < _AREA:
                continue
            found.append(
                Wrinkle(
                    str(name),
                    "pulling" if kind == "pulling" else "collapsing",
                    2 * quantile(deep[held], of.area[held], 0.95),
                    area,
                    area / float(of.area[on].sum()),
                    float((who.height(centres[held]) * of.area[held]).sum() / area),
                )
            )
    return tuple(found)


def _trunk(who: Figure, part: NDArray[np.str_], points: FloatArray) -> NDArray[np.str_]:
    """The parts, with the legs above the crotch counted to the torso."""
    crotch = who.body.landmarks.get("crotch")
    if crotch is None:
        return part
    above = who.height(points) > float(who.height(crotch))
    named: NDArray[np.str_] = np.where(above & np.char.startswith(part, "leg"), "torso", part)
    return named


def _links(cloth: ClothMesh) -> csr_matrix:
    """Which nodes share an edge, 1 where they do."""
    f = cloth.node_faces
    a, b = f[:, [0, 1, 2]].ravel(), f[:, [1, 2, 0]].ravel()
    rows, columns = np.concatenate([a, b]), np.concatenate([b, a])
    links = coo_matrix((np.ones(len(rows)), (rows, columns)), (cloth.nodes, cloth.nodes)).tocsr()
    links.data[:] = 1.0
    return links


def _border(cloth: ClothMesh) -> NDArray[np.bool_]:
    """Nodes on the free border."""
    f = cloth.node_faces
    a, b = f.ravel(), np.roll(f, -1, axis=1).ravel()
    key = np.minimum(a, b).astype(np.int64) * cloth.nodes + np.maximum(a, b)
    _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    free = count[inverse] == 1
    on = np.zeros(cloth.nodes, bool)
    on[a[free]] = on[b[free]] = True
    return on
