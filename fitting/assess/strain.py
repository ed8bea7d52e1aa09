"""Strain and tension of draped cloth, triangle by triangle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fitting.assess.style import material_stretch
from fitting.records import ClothMesh, Drape, Fabric, FloatArray, PanelFit

_SLIVER = 1e-10  # triangles of less rest area [m²] say nothing: a hundredth of a millimetre square


@dataclass(frozen=True, eq=False)
class Strain:
    """How each triangle of the cloth is deformed, one row a triangle.

    Attributes:
        gradient: World directions of a unit of weft and of warp, shape (T, 3, 2).
        weft, warp: Length over length at rest, less one; negative where it is compressed, (T,).
        shear: Dot product of the two world directions, (T,); near 0 the angle between them
            beyond a right one [rad].
        largest: The larger principal strain, (T,).
        area: At rest [m²], (T,).
    """

    gradient: FloatArray
    weft: FloatArray
    warp: FloatArray
    shear: FloatArray
    largest: FloatArray
    area: FloatArray


def strain(drape: Drape) -> Strain:
    """Strain of a draped cloth against its flat pattern."""
    cloth = drape.cloth
    corners = drape.vertex_positions[cloth.faces]
    flat = cloth.uv[cloth.faces]
    then = np.stack([flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]], axis=2)
    now = np.stack([corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]], axis=2)
    area = np.abs(np.linalg.det(then)) / 2
    gradient = np.zeros((len(flat), 3, 2))
    gradient[:, 0, 0] = gradient[:, 1, 1] = 1.0
    good = area > _SLIVER
    gradient[good] = now[good] @ np.linalg.inv(then[good])
    weft, warp = np.linalg.norm(gradient, axis=1).T
    shear = (gradient[:, :, 0] * gradient[:, :, 1]).sum(1)
    # The larger singular value of a 3x2 matrix from its Gram matrix [[a, s], [s, b]].
    a, b = weft**2, warp**2
    largest = np.sqrt((a + b) / 2 + np.hypot((a - b) / 2, shear))
    return Strain(gradient, weft - 1, warp - 1, shear, largest - 1, np.where(good, area, 0.0))


def tension(of: Strain, fabric: Fabric, *, compression: float = 0.0) -> FloatArray:
    """Membrane stress of each triangle in the world frame [N/m], shape (T, 3, 3), symmetric.

    The cloth is the one that is draped: energy ``½ k (|f| - 1)²`` along weft and warp and
    ``½ k_s (f_weft · f_warp)²`` in shear, per area at rest. The stress per width as the cloth
    lies now is ``F S Fᵀ / J`` with the stress S at rest and the area ratio J.

    Args:
        of: The strain.
        fabric: Its stiffness [N/m].
        compression: Stiffness in compression as a share of that in tension; 0: cloth buckles.
    Reference:
        J. Bonet, R. D. Wood, Nonlinear Continuum Mechanics for Finite Element Analysis,
        2nd ed. 2008, eq. 5.45: Cauchy stress from the second Piola-Kirchhoff stress.
    """
    f_weft, f_warp = of.gradient[:, :, 0], of.gradient[:, :, 1]

    def along(strain: FloatArray, stiffness: float) -> FloatArray:
        k = np.where(strain > 0, stiffness, stiffness * compression)
        stress: FloatArray = k * strain / np.maximum(1 + strain, 1e-6)
        return stress

    s_weft, s_warp = along(of.weft, fabric.weft), along(of.warp, fabric.warp)
    s_shear = fabric.shear * of.shear
    ratio = np.linalg.norm(np.cross(f_weft, f_warp), axis=1)
    outer = np.einsum("ti,tj->tij", f_weft, f_warp)
    stress: FloatArray = (
        s_weft[:, None, None] * np.einsum("ti,tj->tij", f_weft, f_weft)
        + s_warp[:, None, None] * np.einsum("ti,tj->tij", f_warp, f_warp)
        + s_shear[:, None, None] * (outer + outer.transpose(0, 2, 1))
    ) / np.maximum(ratio, 1e-6)[:, None, None]
    return stress


def quantile(values: FloatArray, weights: FloatArray, share: float) -> float:
    """The value below which a share of the weight lies; 0 where there is no weight."""
    if len(values) == 0 or weights.sum() <= 0:
        return 0.0
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    at = min(int(np.searchsorted(below, share * below[-1])), len(values) - 1)
    return float(values[order][at])


def tensile(values: FloatArray) -> FloatArray:
    """Strain as far as it is stretch; slack and compression count as 0."""
    stretched: FloatArray = np.maximum(values, 0.0)
    return stretched


def limits(fabric: Fabric) -> tuple[float, float] | None:
    """Wearable stretch of warp and weft, or None where the fabric states none."""
    stated = (fabric.stretch_warp, fabric.stretch_weft)
    return stated if all(np.isfinite(s) and s > 0 for s in stated) else None


def panel_fits(cloth: ClothMesh, of: Strain, fabric: Fabric) -> tuple[PanelFit, ...]:
    """The strain of each draped panel.

    Panels of another material are held against its own usual stretch, if that is known.
    """
    owner = cloth.panel[cloth.faces[:, 0]]
    found = []
    for index, panel in enumerate(cloth.pattern.panels):
        on = owner == index
        if not on.any():
            continue
        area = of.area[on]
        over = None
        shell = panel.material == "shell"
        limit = limits(fabric) if shell else material_stretch(panel.material)
        if limit is not None:
            past = (of.warp[on] > limit[0]) | (of.weft[on] > limit[1])
            over = float((area * past).sum() / max(area.sum(), 1e-12))
        warp, weft, largest = (
            quantile(tensile(v[on]), area, 0.95) for v in (of.warp, of.weft, of.largest)
        )
        found.append(PanelFit(panel.name, warp, weft, largest, over))
    return tuple(found)


def to_vertices(cloth: ClothMesh, values: FloatArray, area: FloatArray) -> FloatArray:
    """A figure of the triangles at the vertices, by area; shape (V,), shared across seams."""
    node = cloth.node_faces.ravel()
    weight = np.repeat(area, 3)
    total = np.bincount(node, weight * np.repeat(values, 3), cloth.nodes)
    sums = np.bincount(node, weight, cloth.nodes)
    at_nodes: FloatArray = (total / np.where(sums > 0, sums, 1.0))[cloth.node]
    return at_nodes
