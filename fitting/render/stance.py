"""The avatar brought into the pose and before the camera of a photo.

Joint rotations and place are found so that the avatar's joints fall on the landmarks seen, with
the landmarks' own weak depth and a prior that keeps limbs near rest where the picture does not
tell; then its outline is brought to the person's. World axes are then the camera's: x right in the
picture, y up, z towards the viewer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt, map_coordinates
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from fitting.errors import BadPhoto
from fitting.records import Body, Drape, FloatArray, Silhouette
from fitting.render.rays import Occluders
from fitting.render.rig import JOINTS, Joint, garment_shares, joint_shares, posed
from fitting.render.surfaces import vertex_normals
from fitting.render.views import Camera

# Vertical field of view where the file tells no focal length: a phone's main camera held upright.
ASSUMED_FOV = float(np.radians(60.0))
DIAGONAL = 43.267  # [mm] of the 36 x 24 mm frame that focal lengths are told for
_SEEN = 0.5  # MediaPipe's visibility from which a landmark counts

# How far joints usually turn from rest [rad], standard deviation: chosen from the range of people
# standing and walking; elbows and knees bend further, but only about their hinge.
_TURNS = {
    "hips": 10.0, "chest": 0.2, "nose": 0.3, "left_shoulder": 0.9, "right_shoulder": 0.9,
    "left_elbow": 1.0, "right_elbow": 1.0, "left_hip": 0.7, "right_hip": 0.7, "left_knee": 1.0,
    "right_knee": 1.0,
}  # fmt: skip
_ASKEW = 0.2  # [rad] how far a hinge gives sideways, and backwards
# Where MediaPipe puts its landmarks, seen from the joints: shares of the stature towards the
# wearer's left (mirrored on the right), up and forwards at rest. Means over 30 photographs of six
# rendered avatars whose joints are known, from -55 to 55 degrees; what is left is 1 to 2 cm.
_OFFSETS = {
    "shoulder": (-0.001, 0.004, 0.001), "elbow": (-0.010, 0.008, 0.003),
    "wrist": (-0.005, -0.001, -0.002), "hip": (-0.009, -0.022, 0.024),
    "knee": (-0.005, -0.016, -0.003), "ankle": (-0.001, 0.010, 0.003),
}  # fmt: skip
# The same for the face, seen from the head's joint: landmark, share of the stature.
_FACE = (
    (0, (0.0, 0.006, 0.063)), (7, (0.032, 0.015, 0.015)), (8, (-0.032, 0.015, 0.015)),
)  # fmt: skip
_TURNED = [k for k, joint in enumerate(JOINTS) if joint.name in _TURNS]
_NAMES = [joint.name for joint in JOINTS]
_PARENTS = [_NAMES.index(joint.parent) if joint.parent else -1 for joint in JOINTS]
_HEAD = _NAMES.index("nose")
_ROUNDS = 3  # of bringing the avatar's outline to the person's
_OUTLINE = 60.0  # weight of the whole outline, in landmarks
_SIGMA_DEPTH = 0.15  # [m] error of MediaPipe's relative depth between joints, chosen


@dataclass(frozen=True)
class Stance:
    """How the avatar stands before a photo's camera.

    Attributes:
        moves: Of each of `rig.JOINTS` from the avatar's rest to the photo's world, (J, 3, 4).
        camera: The photo's.
        error: Root mean square distance from the landmarks [px].
    """

    moves: FloatArray
    camera: Camera
    error: float


def stance(body: Body, silhouette: Silhouette) -> Stance:
    """Pose and camera of a photo.

    Args:
        body: The avatar, with joints; in any pose.
        silhouette: The person in the photo.

    Raises:
        BadPhoto: Shoulders or hips cannot be seen.
        BadMesh: The body has no joints.
    """
    sight = _Sight(body, silhouette)
    rough = [
        least_squares(sight.residuals, start, loss="soft_l1", tr_solver="lsmr", max_nfev=8)
        for start in sight.starts()
    ]
    best = min(rough, key=lambda one: float(one.cost))
    best = least_squares(sight.residuals, best.x, loss="soft_l1", tr_solver="lsmr", max_nfev=40)
    for _ in range(_ROUNDS):
        sight.outline(best.x)
        best = least_squares(sight.residuals, best.x, loss="soft_l1", tr_solver="lsmr", max_nfev=10)
    height, width = silhouette.mask.shape
    camera = Camera(np.zeros(3), np.eye(3), height / 2 / sight.focal, width / height)
    return Stance(moves_of(sight.rest, best.x), camera, sight.error(best.x))


class _Sight:
    """Where the avatar's joints should fall in a photo, as a least-squares problem."""

    def __init__(self, body: Body, silhouette: Silhouette) -> None:
        height, width = silhouette.mask.shape
        self.focal = focal_pixels(silhouette.focal_35mm, silhouette.mask.shape)
        self.middle = (width / 2, height / 2)
        self._body, self._shares = body, joint_shares(body)  # refuses a body without a skeleton
        self.rest = np.array([body.joints[joint.place] for joint in JOINTS])
        self._beyond = _beyond(silhouette)
        self._rim = np.zeros(0, np.int64)
        points, weight, depth = _seen(silhouette)
        used = [k for k, joint in enumerate(JOINTS) if joint.landmark > 0]
        tall = float(np.ptp(body.vertices[:, 1]))
        at = [self.rest[k] + tall * _offset(JOINTS[k]) for k in used]
        # The trunk carries its corners' landmarks, each limb its own end's.
        carried = [_PARENTS[k] if JOINTS[k].name.endswith(("shoulder", "hip")) else k for k in used]
        marks = [JOINTS[k].landmark for k in used]
        for landmark, share in _FACE:
            at.append(self.rest[_HEAD] + tall * np.array(share))
            carried.append(_HEAD)
            marks.append(landmark)
        self._marks, self._at, self._carried = marks, np.array(at), np.array(carried)
        self._points, self._weight, self._depth = points[marks], weight[marks], depth[marks]
        trunk = np.linalg.norm(points[[11, 12]].mean(0) - points[[23, 24]].mean(0))
        # Landmarks of clothed people are about this far off, as a share of the trunk's length.
        self._sigma = 0.03 * max(float(trunk), 1.0)
        self._hinges = _hinges(self.rest)

    def _joints(self, moves: FloatArray) -> FloatArray:
        """Where the landmarks' places on the avatar come to lie [m], shape (K, 3)."""
        turn = moves[self._carried]
        return np.asarray((turn[:, :, :3] @ self._at[:, :, None])[:, :, 0] + turn[:, :, 3])

    def residuals(self, free: FloatArray) -> FloatArray:
        """Pixels off, depth off and rotations from rest, each over what is usual."""
        moves = moves_of(self.rest, free)
        at = self._joints(moves)
        off = _project(at, self.focal, self.middle) - self._points
        away = float(-at[:, 2].mean())
        told = -self._depth * away / self.focal  # MediaPipe's depth grows away from the camera
        deep = (at[:, 2] + away) - (told - told.mean())
        return np.concatenate([
            self._outside(moves),
            (off * self._weight[:, None] / self._sigma).ravel(),
            deep * self._weight / _SIGMA_DEPTH,
            self._bends(free),
        ])  # fmt: skip

    def _bends(self, free: FloatArray) -> FloatArray:
        """Rotations from rest over what is usual; elbows and knees turn about their hinges."""
        rows = []
        for k, turn in zip(_TURNED[1:], free[6:].reshape(-1, 3), strict=True):
            usual = _TURNS[JOINTS[k].name]
            axis = self._hinges.get(k)
            if axis is None:
                rows.append(turn / usual)
                continue
            bend = float(turn @ axis)
            rows.append((turn - bend * axis) / _ASKEW)
            rows.append(np.array([bend / usual, min(bend + _ASKEW, 0.0) / _ASKEW]))
        return np.concatenate(rows)

    def outline(self, free: FloatArray) -> None:
        """Note which vertices of trunk and upper limbs are on the outline in a pose."""
        place = posed(self._body.vertices, self._shares, moves_of(self.rest, free))
        normals = vertex_normals(place, self._body.faces)
        toward = -place / np.linalg.norm(place, axis=1, keepdims=True)
        rim = np.abs((normals * toward).sum(1)) < 0.12
        for name, rows in self._body.regions.items():
            if name.startswith(("head", "hand", "foot")):
                rim[rows] = False
        found = np.flatnonzero(rim)
        self._rim = found[:: max(1, len(found) // 250)]

    def _outside(self, moves: FloatArray) -> FloatArray:
        """How far the avatar's outline lies off the person's, over what clothes make usual."""
        if not len(self._rim):
            return np.zeros(0)
        place = posed(self._body.vertices[self._rim], self._shares[self._rim], moves)
        flat = _project(place, self.focal, self.middle)
        off = map_coordinates(self._beyond, flat[:, ::-1].T - 0.5, order=1, mode="nearest")
        # A vertex inside the mask may lie under loose clothes, or on an arm before the trunk.
        away = np.where(off > 0, off, 0.5 * np.maximum(off, -4 * self._sigma))
        return np.asarray(away / self._sigma * np.sqrt(_OUTLINE / len(self._rim)))

    def error(self, free: FloatArray) -> float:
        """Root mean square distance from the landmarks that are seen [px]."""
        off = (
            _project(self._joints(moves_of(self.rest, free)), self.focal, self.middle)
            - self._points
        )
        return float(np.sqrt((off[self._weight > 0] ** 2).sum(1).mean()))

    def starts(self) -> list[FloatArray]:
        """First guesses: facing the camera, and turned to either side."""
        seen = [self._points[self._marks.index(k)] for k in (11, 12, 23, 24)]
        shoulders, hips = (
            self._at[[self._marks.index(k) for k in pair]].mean(0) for pair in ((11, 12), (23, 24))
        )
        top, low = (seen[0] + seen[1]) / 2, (seen[2] + seen[3]) / 2
        trunk = float(np.linalg.norm(shoulders - hips))
        away = self.focal * trunk / max(float(np.linalg.norm(top - low)), 1.0)
        x, y = (top + low) / 2 - self.middle
        at = np.array([x * away / self.focal, -y * away / self.focal, -away])
        guesses = []
        for yaw, pitch in ((0.0, 0.0), (0.9, 0.0), (-0.9, 0.0), (0.0, 0.8)):
            turn = Rotation.from_euler("yx", (yaw, pitch))
            free = np.zeros(3 + 3 * len(_TURNED))
            free[:3] = at - turn.apply((shoulders + hips) / 2 - self.rest[0])
            free[3:6] = turn.as_rotvec()
            guesses.append(free)
        return guesses


def stand(body: Body, how: Stance) -> Body:
    """The avatar in the photo's world, by linear blend skinning of its whole limbs."""
    shares = joint_shares(body)
    place = posed(body.vertices, shares, how.moves)
    moved = {
        joint.place: how.moves[k, :, :3] @ body.joints[joint.place] + how.moves[k, :, 3]
        for k, joint in enumerate(JOINTS)
    }
    nearest = {name: int(_nearest(body.vertices, at)) for name, at in body.landmarks.items()}
    marks = {name: place[k] for name, k in nearest.items()}
    return dataclasses.replace(body, vertices=place, joints=moved, landmarks=marks, pose="photo")


def _offset(joint: Joint) -> FloatArray:
    """From a joint to its landmark's place at rest, as shares of the stature, shape (3,)."""
    x, y, z = _OFFSETS[joint.name.partition("_")[2]]
    return np.array([x if joint.side == "L" else -x, y, z])


def _hinges(rest: FloatArray) -> dict[int, FloatArray]:
    """The axis about which each elbow and knee bends, by joint, from the joints at rest [m]."""
    axes = {}
    for end, joint in enumerate(JOINTS):
        k = _PARENTS[end]
        if not joint.name.endswith(("wrist", "ankle")):
            continue
        limb = rest[end] - rest[k]
        ahead = (0.0, 0.0, 1.0 if joint.name.endswith("wrist") else -1.0)
        axis = np.cross(limb, ahead)
        axes[k] = axis / max(float(np.linalg.norm(axis)), 1e-9)
    return axes


def _nearest(points: FloatArray, at: FloatArray) -> int:
    return int(((points - at) ** 2).sum(1).argmin())


def stand_drape(drape: Drape, body: Body, standing: Body, how: Stance) -> Drape:
    """A garment carried along from the avatar's pose to the photo's.

    Args:
        drape: At rest on `body`.
        body: The avatar as it was draped.
        standing: The same as `stand` placed it.
        how: From one to the other.
    """
    shares = garment_shares(drape, body, joint_shares(body))
    place = posed(drape.positions, shares, how.moves)
    skin = Occluders(standing.vertices, standing.faces)
    for _ in range(2):  # what was moved out of the arm may now be in the trunk
        place = skin.outside(place, margin=0.004)
    return dataclasses.replace(drape, body=standing, positions=place)


# From the pose that garments are draped in to one at ease: arms lower, feet closer [rad], chosen so
# that hands stay off the thighs and sleeves off the sides.
_AT_EASE = {"shoulder": 0.30, "hip": 0.07}


def at_ease(body: Body, drapes: Sequence[Drape]) -> tuple[Body, list[Drape]]:
    """A dressed avatar that stands at ease, by moving its joints and the cloth along.

    Args:
        body: The avatar as it was draped, in the A pose or with its feet under the hips.
        drapes: At rest on it.

    Raises:
        BadMesh: The body has no skeleton.
    """
    joint_shares(body)  # refuses a body without a skeleton
    rest = np.array([body.joints[joint.place] for joint in JOINTS])
    free = np.zeros(3 + 3 * len(_TURNED))
    free[:3] = rest[0]
    for at, k in enumerate(_TURNED):
        part = JOINTS[k].name.partition("_")[2]
        closed = part == "hip" and body.pose == "hip-width"
        turn = 0.0 if closed else _AT_EASE.get(part, 0.0)
        free[3 + 3 * at + 2] = -turn if JOINTS[k].side == "L" else turn
    how = Stance(moves_of(rest, free), Camera(np.zeros(3), np.eye(3), 1.0, 1.0), 0.0)
    standing = stand(body, how)
    worn = [stand_drape(drape, body, standing, how) for drape in drapes]
    down = np.array([0.0, float(standing.vertices[:, 1].min()), 0.0])
    standing = dataclasses.replace(
        standing,
        vertices=standing.vertices - down,
        joints={name: at - down for name, at in standing.joints.items()},
        landmarks={name: at - down for name, at in standing.landmarks.items()},
    )
    return standing, [
        dataclasses.replace(d, body=standing, positions=d.positions - down) for d in worn
    ]


def _beyond(silhouette: Silhouette) -> FloatArray:
    """Distance from the person's outline [px], negative inside, shape (height, width)."""
    mask = silhouette.mask
    return np.asarray(distance_transform_edt(~mask) - distance_transform_edt(mask))


def focal_pixels(focal_35mm: float | None, shape: tuple[int, ...]) -> float:
    """Focal length [px], told by the camera or assumed, of a picture of height and width [px]."""
    height, width = shape
    if focal_35mm is not None:
        return focal_35mm * float(np.hypot(height, width)) / DIAGONAL
    return max(height, width) / 2 / float(np.tan(ASSUMED_FOV / 2))


def _seen(silhouette: Silhouette) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Landmarks [px], their weights 0..1 and relative depth [px].

    Raises:
        BadPhoto: The trunk's corners cannot be seen.
    """
    marks = silhouette.landmarks
    weight = np.where(marks.visibility >= _SEEN, marks.visibility, 0.0)
    trunk = marks.visibility[[11, 12, 23, 24]]
    if trunk.min() < _SEEN:
        raise BadPhoto(
            f"shoulders and hips are seen with {trunk.min():.2f}, {_SEEN} is needed; take a photo "
            "that shows the trunk from the front"
        )
    return marks.points, weight, marks.depth


def moves_of(rest: FloatArray, free: FloatArray) -> FloatArray:
    """World transform of each joint from rest, shape (J, 3, 4).

    Args:
        rest: Joints at rest [m], shape (J, 3).
        free: Place of the root [m], then rotation vectors [rad] of the joints that turn.
    """
    own = np.tile(np.eye(3), (len(JOINTS), 1, 1))
    own[_TURNED] = Rotation.from_rotvec(free[3:].reshape(-1, 3)).as_matrix()
    moves = np.zeros((len(JOINTS), 3, 4))
    for k, above in enumerate(_PARENTS):
        if above < 0:
            turn, place = own[k], free[:3]
        else:
            turn = moves[above, :, :3] @ own[k]
            place = moves[above, :, :3] @ rest[k] + moves[above, :, 3]
        moves[k, :, :3] = turn
        moves[k, :, 3] = place - turn @ rest[k]
    return moves


def _project(at: FloatArray, focal: float, middle: tuple[float, float]) -> FloatArray:
    """Pixels (N, 2), x right and y down, of points before the camera [m]."""
    deep = np.maximum(-at[:, 2], 0.1)
    return np.column_stack(
        [middle[0] + focal * at[:, 0] / deep, middle[1] - focal * at[:, 1] / deep]
    )
