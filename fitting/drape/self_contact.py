"""Cloth against itself: pairs of near features, their repulsion, and steps that never cross.

Pairs of a vertex and a triangle, or of two edges, are found by a bounding volume tree within a
radius and some slack, kept until the cloth may have moved out of the slack, and measured anew at
each step. Features that share a vertex, or are joined by one edge, are no pairs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fitting.drape.kernels import pairs
from fitting.drape.linear import Coupling
from fitting.drape.patches import Patches
from fitting.drape.settings import StepSettings
from fitting.drape.topology import Edges, FloatArray, IntArray, adjacency

_PAIRS_PER_VERTEX = 16  # room at first; doubled where folds need more
_SLACK = 0.8  # of the radius: a search lasts until a vertex moved a third of the radius
# Where only a few vertices moved out of the slack, pairs are looked for anew around those that
# moved by this part of what would be too far: the others may still go back as far and then too far.
# In more than this share of the cloth it is quicker to look everywhere.
_FAR = 0.45  # of the slack, too far: two vertices that went as far have met
_MOVED = 0.2
_FEW = 0.3
_PROJECTIONS = 4
_SHORT = 0.3  # of the median edge; at 0.5 gathers went through themselves beside their seams
_HALVINGS = 24  # the later half stops whatever would still cross


class SelfContact:
    """The pairs of one cloth.

    Args:
        faces: Vertex triangles, shape (T, 3).
        edges: Of the mesh.
        count: How many vertices.
        lengths: Of the edges at rest [m], shape (E,).
        start: Positions [m], shape (count, 3); triangles near one another there are searched as
            one.
        kind: Vertices of the same kind never meet, shape (count,); each its own if None.
        layer: Which garment each vertex belongs to, from the skin outwards, shape (count,); all
            the same if None.
        locally: Look for pairs anew only around vertices that moved, where those are few: garments
            over one another are near each other everywhere, and searches their dearest part.
        device: As Warp names it.
    """

    def __init__(
        self,
        faces: IntArray,
        edges: Edges,
        count: int,
        *,
        lengths: FloatArray,
        start: FloatArray,
        kind: IntArray | None = None,
        layer: IntArray | None = None,
        locally: bool = False,
        device: str = "cpu",
    ) -> None:
        self.device = device
        self.locally = locally
        self.layers = 1 if layer is None else int(layer.max()) + 1
        self._longest = float(lengths.max())
        self.count = count
        kinds = np.arange(count, dtype=np.int32) if kind is None else np.asarray(kind, np.int32)
        self._patches = Patches(faces, kinds, start, device)
        kinds_count = int(kinds.max()) + 1
        near = adjacency(kinds[edges.ends], kinds_count)
        # Before seams are sewn the two sides must pass one another's neighbours. In sewn cloth only
        # ends of edges so short that they repel one another when flat are exempt.
        limit = _SHORT * float(np.median(lengths)) if kind is None else np.inf
        short = edges.ends[lengths < limit]
        exempt = adjacency(kinds[short], kinds_count)

        def array(values: NDArray[np.generic], dtype: Any) -> wp.array:
            return wp.array(np.ascontiguousarray(values), dtype=dtype, device=device)

        self._faces = array(faces, wp.vec3i)
        self._flat_faces = array(faces.ravel(), wp.int32)
        self._edges = array(edges.ends, wp.vec2i)
        self._face_edges = array(edges.of_face, wp.vec3i)
        self._owned = array(edges.owned, wp.vec3i)
        self._kind = array(kinds, wp.int32)
        self._exempt_start = array(exempt.indptr.astype(np.int32), wp.int32)
        self._exempt = array(exempt.indices.astype(np.int32), wp.int32)
        self._near_start = array(near.indptr.astype(np.int32), wp.int32)
        self._near = array(near.indices.astype(np.int32), wp.int32)
        self._single = wp.zeros(count, dtype=wp.vec3, device=device)
        self._folded = wp.zeros(count, dtype=wp.int32, device=device)
        self._fresh = wp.zeros(count, dtype=wp.int32, device=device)
        self._layer = array(np.zeros(1) if layer is None else layer, wp.int32)
        self._tangled = wp.zeros(count, dtype=wp.int32, device=device)
        self._outward = wp.zeros(count if self.layers > 1 else 1, dtype=wp.vec3, device=device)
        self._found = wp.zeros(1, dtype=wp.int32, device=device)
        self._active = wp.zeros(1, dtype=wp.int32, device=device)
        self._hits = wp.zeros(1, dtype=wp.int32, device=device)
        self._tree: wp.Mesh | None = None
        self._seen: wp.array | None = None
        self._moved = wp.zeros(1, dtype=wp.float32, device=device)
        self.pairs = 0
        self.searches = 0
        self._vertex_pairs = 0
        self._reserve(_PAIRS_PER_VERTEX * count)

    def _reserve(self, capacity: int) -> None:
        """Room for pairs."""
        self.capacity = capacity

        def room(dtype: Any) -> wp.array:
            return wp.zeros(capacity, dtype=dtype, device=self.device)

        self._nodes = room(wp.vec4i)
        self._weight = room(wp.vec4)
        self._normal = room(wp.vec4)
        self._active_nodes = room(wp.vec4i)
        self._active_weight = room(wp.vec4)
        self._active_normal = room(wp.vec3)

    def let_through(self, tangled: NDArray[np.bool_] | None) -> None:
        """Features with vertices named here on both sides are no pairs; None for none."""
        if tangled is None:
            self._tangled.zero_()
        else:
            self._tangled.assign(np.asarray(tangled, np.int32))

    def forget(self) -> None:
        """Pairs are looked for anew at the next step."""
        self._seen = None

    def _launch(self, kernel: object, count: int, arguments: list[object]) -> None:
        if count:
            wp.launch(kernel, count, arguments, device=self.device, record_tape=False)

    def repel(
        self, positions: wp.array, s: StepSettings, force: wp.array, diagonal: wp.array
    ) -> None:
        """Adds the forces and the diagonal stiffness of pairs nearer than the thickness."""
        self._launch(pairs.to_single, self.count, [positions, self._single])
        slack = _SLACK * s.self_radius
        if self._stale(slack):
            self._look(s.self_radius + slack, slack)
        if self.layers > 1:
            self._outward.zero_()
            self._launch(
                pairs.add_normals, len(self._faces), [self._single, self._faces, self._outward]
            )
        self._launch(
            pairs.measure_pairs,
            self.pairs,
            [
                self._single, self._nodes, self._vertex_pairs, s.self_radius, s.self_thickness,
                s.self_stiffness, s.self_drag, self._weight, self._normal, self._active,
                self._active_nodes, self._active_weight, self._active_normal, s.soft,
                self.layers, self._layer, self._outward, self._tangled, force, diagonal,
            ],
        )  # fmt: skip

    def _stale(self, slack: float) -> bool:
        """Whether two features may have come within the radius since the last search."""
        if self._seen is None:
            return True
        self._moved.zero_()
        self._launch(pairs.greatest_move, self.count, [self._single, self._seen, self._moved])
        return bool(float(self._moved.numpy()[0]) > _FAR * slack)

    def _look(self, radius: float, slack: float) -> None:
        """Finds pairs anew: everywhere, or around what moved."""
        self._refit()
        # An edge that comes within the radius of another has an end this near to a triangle.
        wide = (radius**2 + 0.25 * self._longest**2) ** 0.5
        around = self._around_moved(radius, _MOVED * _FAR * slack)
        if around is None:
            self._patches.mark_folded(self._single, self._faces, wide, self._folded)
            self._fresh.fill_(1)
            self._seen = wp.clone(self._single)
            none = np.zeros((0, 4), np.int32)
            kept, kept_edges = none, none
        else:
            fresh, near = around
            assert self._seen is not None
            seen = np.where(fresh[:, None], self._single.numpy(), self._seen.numpy())
            self._seen.assign(seen)
            self._fresh.assign(fresh.astype(np.int32))
            self._folded.assign(near.astype(np.int32))
            nodes = self._nodes.numpy()[: self.pairs]
            stays = ~fresh[nodes].any(axis=1)
            kept = nodes[: self._vertex_pairs][stays[: self._vertex_pairs]]
            kept_edges = nodes[self._vertex_pairs :][stays[self._vertex_pairs :]]
        self._search(radius, wide, kept, kept_edges)

    def _around_moved(
        self, radius: float, least: float
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
        """Vertices that moved by more than `least` [m] since they were looked at, and those whose
        pairs may be with them; None where looking everywhere is quicker."""
        if not self.locally or self._seen is None:
            return None
        x = self._single.numpy()
        fresh = np.linalg.norm(x - self._seen.numpy(), axis=1) > least
        if fresh.mean() > _FEW:
            return None
        reach = radius + 1.5 * self._longest
        near = np.isfinite(cKDTree(x[fresh]).query(x, distance_upper_bound=reach)[0])
        return None if near.mean() > _FEW else (fresh, near)

    def _refit(self) -> None:
        if self._tree is None:
            self._tree = wp.Mesh(points=wp.clone(self._single), indices=self._flat_faces)
        else:
            wp.copy(self._tree.points, self._single)
            self._tree.refit()

    def _keep(self, nodes: IntArray, first: int) -> None:
        """Lists pairs found before behind the first ones."""
        if len(nodes) and first + len(nodes) <= self.capacity:
            wp.copy(self._nodes, wp.array(nodes, dtype=wp.vec4i, device=self.device), first)
        self._found.fill_(first + len(nodes))

    def _search(self, radius: float, wide: float, kept: IntArray, kept_edges: IntArray) -> None:
        """Lists pairs kept and found, first of vertices and triangles, then of edges."""
        assert self._tree is not None
        self.searches += 1
        while True:
            self._keep(kept, 0)
            common = [self._kind, self._exempt_start, self._exempt, radius, self.capacity]
            self._launch(
                pairs.find_vertex_pairs,
                self.count,
                [
                    self._tree.id, self._single, self._faces, *common, self._near_start,
                    self._near, wide, self._found, self._nodes, self._folded, self._fresh,
                ],
            )  # fmt: skip
            self._vertex_pairs = int(self._found.numpy()[0])
            self._keep(kept_edges, self._vertex_pairs)
            self._launch(
                pairs.find_edge_pairs,
                len(self._edges),
                [
                    self._tree.id, self._single, self._edges, self._face_edges, self._owned,
                    *common, self._folded, self._found, self._nodes, self._fresh,
                ],
            )  # fmt: skip
            self.pairs = int(self._found.numpy()[0])
            if self.pairs <= self.capacity:
                return
            self._reserve(2 * self.pairs)

    def begin(self) -> None:
        """Forgets which pairs are active; at the begin of a step."""
        self._active.zero_()

    def active_lists(self) -> list[Any]:
        """Room, number, nodes, weights and scaled normals of the active pairs, for a kernel."""
        return [
            self.capacity, self._active, self._active_nodes, self._active_weight,
            self._active_normal,
        ]  # fmt: skip

    def coupling(self) -> Coupling:
        """The active pairs, for the linear solve."""
        return Coupling(
            self._active, self._active_nodes, self._active_weight, self._active_normal,
            self.capacity,
        )  # fmt: skip

    def filter(self, step: wp.array, free: wp.array, keep: float) -> None:
        """Takes out of a step what would bring features too near or through each other."""
        for _ in range(_PROJECTIONS):
            self._launch(
                pairs.keep_apart,
                self.pairs,
                [self._nodes, self._weight, self._normal, free, keep, step],
            )
        for attempt in range(_HALVINGS):
            self._hits.zero_()
            kept = 0.5 if attempt < _HALVINGS // 2 else 0.0
            self._launch(
                pairs.shorten_crossing,
                self.pairs,
                [self._nodes, self._weight, self._normal, keep, kept, step, self._hits],
            )
            if int(self._hits.numpy()[0]) == 0:
                return
