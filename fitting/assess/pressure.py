"""Pressure of cloth on the body, from its tension and curvature and from what holds it at rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitting.assess.nearest import Nearest, pseudonormals
from fitting.assess.strain import Strain, quantile, tension
from fitting.records import Body, ClothMesh, Drape, FloatArray, IntArray, PressureFit
from fitting.units import GRAVITY, MM

# Beyond where the solver holds resting cloth off the skin (half the thickness, 1 mm for a soft
# contact and the sagitta of an edge over a limb of 5 cm), cloth this near counts as touching.
_TOUCH = 1 * MM
_SOFT, _LIMB = 1 * MM, 0.05
# Cloth in compression carries this share of the load it would carry in tension: what the drape's
# solver takes, and so what balances its contact forces.
_COMPRESSION = 0.2


@dataclass(frozen=True, eq=False)
class Pressure:
    """Pressure of the cloth.

    Attributes:
        laplace: Tension times curvature by triangle [Pa], (T,); positive presses inwards.
        held: The same from the forces at the nodes, with the cloth's weight [Pa], (nodes,).
        touching: Which triangles touch the body, (T,).
        area: Of the triangles as they lie [m²], (T,).
        node_area: A third of the triangles around each node [m²], (nodes,).
    """

    laplace: FloatArray
    held: FloatArray
    touching: NDArray[np.bool_]
    area: FloatArray
    node_area: FloatArray

    def on_body(self, cloth: ClothMesh) -> FloatArray:
        """Pressure at the nodes [Pa], 0 where the cloth does not touch, shape (nodes,)."""
        weight = np.repeat(self.area * self.touching, 3)
        node = cloth.node_faces.ravel()
        total = np.bincount(node, weight * np.repeat(self.laplace, 3), cloth.nodes)
        sums = np.bincount(node, weight, cloth.nodes)
        mean: FloatArray = np.maximum(total / np.where(sums > 0, sums, 1.0), 0.0)
        return mean


def pressure(drape: Drape, of: Strain, gap: FloatArray, up: FloatArray) -> Pressure:
    """Pressure of a draped cloth.

    On a surface with the tension N and the curvature K [1/m] a membrane at rest presses with
    N : K; on a cylinder that is tension over radius. The nodes' forces are the other account of
    the same: what the membrane and the weight push inwards, the body must push back.

    Args:
        drape: The cloth.
        of: Its strain.
        gap: Distance of the nodes from the body [m], shape (nodes,).
        up: Unit vector against gravity.
    Reference:
        P. S. Laplace, Mécanique céleste, supplement to book 10, 1806: pressure under a curved
        membrane.
    """
    cloth, x = drape.cloth, drape.positions
    faces = cloth.node_faces
    normals = pseudonormals(x, faces)
    laplace = (tension(of, drape.fabric) * curvature(x, faces, normals)).sum((1, 2))
    a, b, c = (x[faces[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    node_area = _at_nodes(cloth, area)
    force = membrane_forces(x, faces, tension(of, drape.fabric, compression=_COMPRESSION))
    mass = _at_nodes(cloth, of.area) * drape.fabric.density
    force -= mass[:, None] * GRAVITY * up
    held = -(force * normals).sum(1) / np.where(node_area > 0, node_area, 1.0)
    touching = (gap <= touch_distance(drape))[faces].all(1)
    return Pressure(laplace, held, touching, area, node_area)


def _at_nodes(cloth: ClothMesh, area: FloatArray) -> FloatArray:
    """A third of the area of the triangles around each node [m²], shape (nodes,)."""
    share: FloatArray = np.zeros(cloth.nodes)
    np.add.at(share, cloth.node_faces.ravel(), np.repeat(area / 3, 3))
    return share


def touch_distance(drape: Drape) -> float:
    """Cloth nearer to the body than this touches it [m]."""
    return 0.5 * drape.fabric.thickness + _SOFT + drape.cloth.edge_m**2 / (8 * _LIMB) + _TOUCH


def curvature(positions: FloatArray, faces: IntArray, normals: FloatArray) -> FloatArray:
    """Curvature tensor of each triangle in the world frame [1/m], shape (T, 3, 3), symmetric.

    It is the one that best turns each side of the triangle into the change of the vertex normals
    along it; positive where the surface is convex towards its normals.

    Reference:
        S. Rusinkiewicz, Estimating curvatures and their derivatives on triangle meshes, 3DPVT
        2004, doi 10.1109/TDPVT.2004.1335277.
    """
    corners, turned = positions[faces], normals[faces]
    sides = np.roll(corners, -1, axis=1) - corners
    change = np.roll(turned, -1, axis=1) - turned
    e1 = sides[:, 0] / np.maximum(np.linalg.norm(sides[:, 0], axis=1), 1e-30)[:, None]
    out = np.cross(sides[:, 0], sides[:, 1])
    out /= np.maximum(np.linalg.norm(out, axis=1), 1e-30)[:, None]
    e2 = np.cross(out, e1)
    x, y = (np.einsum("tkj,tj->tk", sides, e) for e in (e1, e2))
    u, v = (np.einsum("tkj,tj->tk", change, e) for e in (e1, e2))
    # Unknown (a, b, c) of [[a, b], [b, c]]: rows (x, y, 0) -> u and (0, x, y) -> v.
    zero = np.zeros_like(x)
    rows = np.concatenate([np.stack([x, y, zero], 2), np.stack([zero, x, y], 2)], axis=1)
    right = np.concatenate([u, v], axis=1)
    normal = rows.transpose(0, 2, 1) @ rows
    # A sliver has no curvature to tell; the tiny ridge keeps it from dividing by zero.
    ridge = 1e-9 * np.trace(normal, axis1=1, axis2=2) + 1e-30
    normal += ridge[:, None, None] * np.eye(3)
    a, b, c = np.linalg.solve(normal, np.einsum("tri,tr->ti", rows, right)[..., None])[..., 0].T
    frame = np.stack([e1, e2], axis=1)  # (T, 2, 3)
    second = np.stack([np.stack([a, b], 1), np.stack([b, c], 1)], 1)
    tensor: FloatArray = frame.transpose(0, 2, 1) @ second @ frame
    return tensor


def membrane_forces(positions: FloatArray, faces: IntArray, stress: FloatArray) -> FloatArray:
    """Forces of the membrane on its nodes [N], shape (N, 3).

    Args:
        positions: [m], shape (N, 3).
        faces: shape (T, 3).
        stress: [N/m], shape (T, 3, 3).
    """
    corners = positions[faces]
    out = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    out /= np.maximum(np.linalg.norm(out, axis=1), 1e-30)[:, None]
    force = np.zeros_like(positions)
    for k in range(3):
        opposite = corners[:, (k + 2) % 3] - corners[:, (k + 1) % 3]
        # Area times the gradient of the corner's hat function is n x opposite / 2.
        pull = -np.einsum("tij,tj->ti", stress, np.cross(out, opposite)) / 2
        for axis in range(3):
            force[:, axis] += np.bincount(faces[:, k], pull[:, axis], len(positions))
    return force


def pressure_fit(cloth: ClothMesh, of: Pressure, near: Nearest, body: Body) -> PressureFit | None:
    """The pressures of the touching cloth in a few figures; None where nothing touches."""
    on = of.touching
    if not on.any():
        return None
    faces = cloth.node_faces[on]
    weight = of.area[on]
    nodes = np.unique(faces)
    at = of.on_body(cloth)
    smooth = at[faces].mean(1)
    worst = int(faces[smooth.argmax()][0])
    return PressureFit(
        mean=float((of.laplace[on] * weight).sum() / weight.sum()),
        p95=quantile(smooth, weight, 0.95),
        highest=quantile(smooth, weight, 0.99),
        contact_mean=float(
            (of.held[nodes] * of.node_area[nodes]).sum() / of.node_area[nodes].sum()
        ),
        touching=float(weight.sum() / of.area.sum()),
        zone=part_of(body, near)[worst],
    )


def part_of(body: Body, near: Nearest) -> NDArray[np.str_]:
    """The part of the body nearest to each point, empty where the body names none, (Q,)."""
    names = np.full(len(body.vertices), "", dtype="U16")
    for region, vertices in body.regions.items():
        names[vertices] = region
    found: NDArray[np.str_] = names[body.faces[near.triangles, 0]]
    return found
