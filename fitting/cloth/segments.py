"""Parts and joints of a bare body: a closed mesh that stands upright with its arms off its sides.

Heights are cut into slices. Below the armpits a slice through an arm hangs together with none
through the trunk; the highest such slice is the armpit. Below the crotch the legs part. Joints lie
on the middle lines of the limbs at the proportions of grown people.

Reference:
    C. C. Gordon et al., 2012 Anthropometric Survey of U.S. Army Personnel, Natick/TR-15/007
    (2014): means of hand length, forearm and upper arm over stature, and of ankle height.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from fitting.cloth.tube import cut_points
from fitting.cloth.weld import edges
from fitting.errors import BadMesh
from fitting.records import Body, FloatArray, IntArray

BoolArray = NDArray[np.bool_]

# Shares of stature (see the reference, both sexes): tip of the hand to wrist, wrist to elbow,
# elbow to shoulder joint, floor to ankle, crotch to hip joint.
_HAND, _FOREARM, _UPPER_ARM, _ANKLE, _HIP = 0.108, 0.147, 0.175, 0.045, 0.05
_NECK_ROOT = 0.035  # of stature; chosen from our avatars
_SLICE = 0.012  # half the thickness of a slice, as a share of stature; over the longest edges
_LOWEST_CROTCH, _HIGHEST_ARMPIT = 0.35, 0.86  # as shares of stature
_INNER = 0.06  # chosen: thighs touch or part by less than twice this share of stature
_NECK = (0.80, 0.90)  # the narrowest section between these shares of stature is the neck


def segmented(body: Body) -> Body:
    """The body with regions, joints and landmarks, if it has none.

    Raises:
        BadMesh: Its arms hang on its sides or are held level, so that no armpit is found.
    """
    if body.regions and body.joints:
        return body
    vertices = np.asarray(body.vertices)
    low = vertices.min(axis=0)
    height = float(np.ptp(vertices[:, 1]))
    middle = float((low[0] + vertices[:, 0].max()) / 2)
    segments, _ = edges(body.faces)
    crotch = _crotch(vertices, segments, middle, height)
    arms, armpits = _arms(vertices, segments, middle, height, crotch)
    neck, neck_middle = _neck(vertices, segments, arms["L"] | arms["R"], height)
    # The joint lies under the narrowest section, at the root of the neck.
    root = neck_middle - np.array([0.0, _NECK_ROOT * height, 0.0])
    joints = {"neck": root, "head": neck_middle + np.array([0.0, 0.07 * height, 0.0])}
    landmarks = {"crotch": crotch}
    regions: dict[str, BoolArray] = {}
    sides = {"L": vertices[:, 0] >= middle, "R": vertices[:, 0] < middle}
    free = ~(arms["L"] | arms["R"])
    floor = float(low[1])
    ankle = floor + _ANKLE * height
    for side, own in sides.items():
        tube = _arm_joints(vertices, arms[side], height)
        joints |= {f"{name}.{side}": place for name, place in tube.items()}
        wrist, tip = tube["wrist"], tube["knuckle"]
        beyond = (vertices - wrist) @ (tip - wrist) > 0.0
        regions[f"hand.{side}"] = arms[side] & beyond
        regions[f"arm.{side}"] = arms[side] & ~beyond
        leg = own & free & (vertices[:, 1] < crotch[1])
        regions[f"foot.{side}"] = leg & (vertices[:, 1] < ankle)
        regions[f"leg.{side}"] = leg & (vertices[:, 1] >= ankle)
        joints[f"ankle.{side}"] = _middle_at(vertices, leg, ankle, 0.01 * height)
        hip = _middle_at(vertices, leg, crotch[1] - 0.02 * height, 0.015 * height)
        joints[f"hip.{side}"] = np.array([hip[0], crotch[1] + _HIP * height, hip[2]])
        landmarks[f"armpit.{side}"] = armpits[side]
        near = own & (np.abs(np.abs(vertices[:, 0] - middle)
                             - np.abs(armpits[side][0] - middle)) < 0.01 * height)  # fmt: skip
        near &= vertices[:, 1] > armpits[side][1]
        top = np.flatnonzero(near)[vertices[near][:, 1].argmax()]
        landmarks[f"acromion.{side}"] = vertices[top]
    trunk = free & (vertices[:, 1] >= crotch[1])
    regions["head"] = trunk & (vertices[:, 1] > neck + 0.01 * height)
    regions["neck"] = trunk & ~regions["head"] & (vertices[:, 1] > neck - 0.02 * height)
    regions["torso"] = trunk & ~regions["head"] & ~regions["neck"]
    rows = {name: np.flatnonzero(mask).astype(np.int32) for name, mask in regions.items()}
    return replace(body, joints=joints, landmarks=landmarks, regions=rows)


def _crotch(vertices: FloatArray, segments: IntArray, middle: float, height: float) -> FloatArray:
    """Lowest point of the trunk in the middle plane [m]."""
    axis = np.array([1.0, 0.0, 0.0])
    points = cut_points(vertices, segments, axis * middle, axis)
    floor = float(vertices[:, 1].min())
    points = points[points[:, 1] > floor + _LOWEST_CROTCH * height]
    if not len(points):
        raise BadMesh("the body has no trunk in its middle plane; stand it upright, facing +z")
    return np.asarray(points[points[:, 1].argmin()])


def _arms(
    vertices: FloatArray, segments: IntArray, middle: float, height: float, crotch: FloatArray
) -> tuple[dict[str, BoolArray], dict[str, FloatArray]]:
    """Vertices of both arms with their hands, and the armpits [m]."""
    floor = float(vertices[:, 1].min())
    arms = {side: np.zeros(len(vertices), bool) for side in ("L", "R")}
    armpits: dict[str, FloatArray] = {}
    half = _SLICE * height
    for level in np.arange(floor + _LOWEST_CROTCH * height, floor + _HIGHEST_ARMPIT * height, half):
        rows = np.flatnonzero(np.abs(vertices[:, 1] - level) < half)
        label = _pieces(rows, segments, len(vertices))
        if label is None:
            continue
        x, z = vertices[rows, 0] - middle, vertices[rows, 2]
        # Trunk and thighs come this near to the middle, hands do not.
        nearest = np.full(int(label.max()) + 1, np.inf)
        np.minimum.at(nearest, label, np.abs(x))
        inner = (nearest < _INNER * height)[label]
        for side, sign in (("L", 1.0), ("R", -1.0)):
            own = ~inner & (sign * x > 0.0)
            if not own.any() or (sign * x[own]).min() < 0.5 * (sign * x[inner]).max():
                continue
            arms[side][rows[own]] = True
            if level > crotch[1] + 0.08 * height:
                between = ((sign * x[own]).min() + (sign * x[inner]).max()) / 2
                place = [middle + sign * between, level, float(np.median(z[own]))]
                armpits[side] = np.array(place)
    if set(armpits) != {"L", "R"}:
        raise BadMesh("no armpits were found; stand the body with its arms off its sides")
    for side, sign in (("L", 1.0), ("R", -1.0)):
        pit = armpits[side]
        root = sign * (vertices[:, 0] - pit[0]) > 0.0
        arms[side] |= root & (vertices[:, 1] > pit[1] - half)
    return arms, armpits


def _pieces(rows: IntArray, segments: IntArray, count: int) -> IntArray | None:
    """Which of some vertices hang together; None where there are none."""
    if not len(rows):
        return None
    index = np.full(count, -1)
    index[rows] = np.arange(len(rows))
    ends = index[segments]
    ends = ends[(ends >= 0).all(axis=1)]
    ones = np.ones(len(ends), np.int8)
    graph = coo_matrix((ones, (ends[:, 0], ends[:, 1])), shape=(len(rows), len(rows)))
    return np.asarray(connected_components(graph, directed=False)[1], np.int32)


def _neck(
    vertices: FloatArray, segments: IntArray, arms: BoolArray, height: float
) -> tuple[float, FloatArray]:
    """Height of the narrowest section under the head, and its middle [m]."""
    floor = float(vertices[:, 1].min())
    up = np.array([0.0, 1.0, 0.0])
    inner = segments[~arms[segments].any(axis=1)]
    best, middle = np.inf, np.zeros(3)
    for level in np.arange(floor + _NECK[0] * height, floor + _NECK[1] * height, 0.005):
        points = cut_points(vertices, inner, up * level, up)
        if len(points) and np.ptp(points[:, 0]) < best:
            best = float(np.ptp(points[:, 0]))
            middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return float(middle[1]), middle


def _arm_joints(vertices: FloatArray, arm: BoolArray, height: float) -> dict[str, FloatArray]:
    """Joints of an arm [m], from the tip of its hand upwards along its middle line."""
    points = vertices[arm]
    centre = points.mean(axis=0)
    _, _, axes = np.linalg.svd(points - centre, full_matrices=False)
    axis = axes[0] * (-1.0 if axes[0, 1] > 0.0 else 1.0)  # downwards
    along = (points - centre) @ axis
    tip = float(along.max())

    def at(distance: float) -> FloatArray:
        near = np.abs(along - (tip - distance * height)) < 0.015 * height
        if not near.any():
            return np.asarray(centre + axis * (tip - distance * height))
        return np.asarray((points[near].min(axis=0) + points[near].max(axis=0)) / 2)

    wrist, elbow = at(_HAND), at(_HAND + _FOREARM)
    # The root of the arm is cut slantwise; the upper arm is straight.
    upper = at(_HAND + _FOREARM + 0.5 * _UPPER_ARM)
    return {
        "knuckle": at(0.4 * _HAND),
        "wrist": wrist,
        "elbow": elbow,
        "shoulder": elbow + 2.0 * (upper - elbow),
    }


def _middle_at(vertices: FloatArray, part: BoolArray, level: float, half: float) -> FloatArray:
    """Middle of the box around a part's vertices near a height [m]."""
    near = part & (np.abs(vertices[:, 1] - level) < half)
    if not near.any():
        raise BadMesh(f"the body has no leg at {level:.2f} m above the floor; stand it upright")
    points = vertices[near]
    return np.asarray((points.min(axis=0) + points.max(axis=0)) / 2)
