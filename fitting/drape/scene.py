"""What a garment is draped on and of, and the solvers made from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fitting.drape.clock import Clock
from fitting.drape.collider import Collider
from fitting.drape.device import pick_device
from fitting.drape.fusing import RIGIDITY, fused_triangles
from fitting.drape.pleats import PRESSED, pleated_triangles, rest_angles
from fitting.drape.quality import crossings
from fitting.drape.settings import DrapeSettings
from fitting.drape.solver import ClothSolver, Material
from fitting.drape.stacking import creases, nodes_on_top
from fitting.drape.topology import FloatArray
from fitting.drape.waist import may_rise, waistband
from fitting.records import Body, ClothMesh, Fabric


@dataclass(frozen=True)
class Scene:
    """What stays the same while a garment is draped.

    Attributes:
        body, collider: Whom it is draped on.
        fabric: Of what.
        settings: How.
        clock: Told and asked.
        device: As Warp names it.
    """

    body: Body
    collider: Collider
    fabric: Fabric
    settings: DrapeSettings
    clock: Clock
    device: str

    def material(self, cloth: ClothMesh, *, bending: float = 0.0, soft: bool = True) -> Material:
        """The fabric on each triangle; fused panels are stiffer.

        Args:
            cloth: Whose triangles.
            bending: Least bending rigidity [N·m].
            soft: Give way in compression, as cloth does that buckles within a triangle.
        """
        f = self.fabric
        material = Material.uniform(
            len(cloth.faces),
            density=f.density,
            weft=f.weft,
            warp=f.warp,
            shear=f.shear,
            bend_weft=max(f.bend_weft, bending),
            bend_warp=max(f.bend_warp, bending),
            compression=self.settings.compression if soft else 1.0,
        )
        least = np.where(fused_triangles(cloth), RIGIDITY, 0.0)[:, None]
        least = np.maximum(
            least, np.where(pleated_triangles(cloth), PRESSED, 0.0)[:, None] * [1, 0]
        )
        return replace(material, bending=np.maximum(material.bending, least))

    def solver(self, cloth: ClothMesh, nodes: FloatArray, material: Material) -> ClothSolver:
        """A solver for sewn cloth."""
        held, heights = waistband(cloth, self.body, nodes)
        return ClothSolver(
            cloth.node_faces,
            cloth.uv[cloth.faces],
            material,
            nodes,
            collider=self.collider,
            layer=nodes_on_top(cloth),
            creases=creases(cloth),
            angles=rest_angles([cloth]),
            held=held,
            heights=heights,
            above=may_rise(cloth),
            device=self.device,
        )

    def crossings(self, nodes: FloatArray, cloth: ClothMesh, *, sewn: bool = True) -> int:
        """How many edges of the cloth go through its triangles.

        Args:
            nodes: Where its nodes are [m], or its vertices if it is not sewn yet.
            cloth: The cloth.
            sewn: Whether it is.
        """
        faces = cloth.node_faces if sewn else cloth.faces
        return len(crossings(nodes, faces, device=self.device)[0])


def scene_for(
    body: Body, fabric: Fabric, settings: DrapeSettings, clock: Clock, device: str
) -> Scene:
    """A scene on a checked body.

    Raises:
        BadMesh: The body is open, inside out or not finite.
        BadOption, NotSupported: There is no such device.
    """
    where = pick_device(device)
    collider = Collider(body.vertices, body.faces, device=where)
    return Scene(body, collider, fabric, settings, clock, where)
