"""Which edge of a garment is a waistband: what hangs from the waist and not from the shoulders."""

from __future__ import annotations

import numpy as np

from fitting.drape.topology import FloatArray, IntArray
from fitting.records import Body, ClothMesh

# Cloth above this part of the stature hangs from the shoulders. Armpits lie at 0.75 to 0.76 of it
# and shoulders at 0.81 to 0.82 (ANSUR II, means of axilla height and acromial height).
# A strapless bodice ends between them.
_SHOULDERED = 0.805
# Chosen: 60 vertices pull with 7 N for each centimetre. At 0.05 trousers that are too tight at the
# hips rise until their crotch is pulled into the body; at 1.0 narrow bands crumple.
_RISING = 0.3
# Garments that stay on come down by 3 cm from where they were sewn, the slipping ones by 10 [m].
_SLID = 0.08


def waistband(cloth: ClothMesh, body: Body, nodes: FloatArray) -> tuple[IntArray, FloatArray]:
    """The nodes of a garment's upper edge, and their heights [m], where nothing else holds it.

    A closed or elastic waistband, or the edge of a strapless bodice, stays where it is put on:
    where the body is as narrow as it is. There it keeps the outline that it is laid out with. A
    garment that covers the shoulders needs none.

    Args:
        cloth: Of the garment.
        body: Its wearer.
        nodes: Where its nodes are [m], shape (cloth.nodes, 3).
    Returns:
        Nodes, shape (H,), and the heights at which they are held, shape (H,).
    """
    soles, crown = body.vertices[:, 1].min(), body.vertices[:, 1].max()
    height = np.zeros(cloth.nodes)
    height[cloth.node] = cloth.start[:, 1]
    if height.max() > soles + _SHOULDERED * (crown - soles):
        return np.zeros(0, np.int32), np.zeros(0)
    loops = border_loops(cloth.node_faces)
    if not loops:
        return np.zeros(0, np.int32), np.zeros(0)
    top = max(loops, key=lambda loop: float(height[loop].mean()))
    return top, height[top] + float(np.median(nodes[top, 1] - height[top]))


def slid_off(before: FloatArray, after: FloatArray) -> bool:
    """Whether a garment as a whole came down by more than hems and hoods do.

    Args:
        before, after: Where its nodes were, and are [m], shape (N, 3).
    """
    if not np.isfinite(after).all():
        return False
    return bool(
        np.quantile(before[:, 1], 0.99) - np.quantile(after[:, 1], 0.99) > _SLID
        and np.median(before[:, 1] - after[:, 1]) > _SLID
    )


def may_rise(cloth: ClothMesh) -> float:
    """Share of the stiffness with which a waistband is kept from rising.

    Ours are drafted for the height they are worn at. Where a pattern does not say on which part of
    the body it is worn, tight hips may push it up to where the body is narrower; held, its band
    would crumple.
    """
    known = any(panel.placement.wrap for panel in cloth.pattern.panels)
    return 1.0 if known else _RISING


def drafted_waistband(cloth: ClothMesh, body: Body) -> tuple[IntArray, FloatArray]:
    """The vertices of a waistband that is not sewn yet, and their heights as drafted [m].

    Sewn around a belly or wide thighs a garment would slip down to where they are narrower.

    Returns:
        Vertices, shape (H,), and heights, shape (H,).
    """
    place = np.zeros((cloth.nodes, 3))
    place[cloth.node] = cloth.start
    top, _ = waistband(cloth, body, place)
    own = np.flatnonzero(np.isin(cloth.node, top)).astype(np.int32)
    return own, cloth.start[own, 1]


def border_loops(faces: IntArray) -> list[IntArray]:
    """Vertices of each connected border of a mesh, in no particular order."""
    halves = faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    ends, times = np.unique(np.sort(halves, axis=1), axis=0, return_counts=True)
    border = ends[times == 1]
    names, index = np.unique(border, return_inverse=True)
    index = index.reshape(-1, 2)
    label = np.arange(len(names))
    while True:
        least = np.minimum(label[index[:, 0]], label[index[:, 1]])
        fresh = label.copy()
        np.minimum.at(fresh, index[:, 0], least)
        np.minimum.at(fresh, index[:, 1], least)
        fresh = fresh[fresh]
        if (fresh == label).all():
            break
        label = fresh
    return [names[label == one].astype(np.int32) for one in np.unique(label)]
