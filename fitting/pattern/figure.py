"""The body a garment is drafted for: its measurements and what follows from them.

Derived lengths are sums of measurements with fixed coefficients and no constants, so that a doll
half the size gets everything half the size. "ANSUR II" marks least-squares fits made on the open
tables of that survey (US Army, 2012; 3,640 men and women).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fitting.errors import BadMeasurement
from fitting.records import Measurements

# Least and greatest share of the height; the survey's extremes widened by a third, so that only
# slips of the pen, swapped units and swapped fields are refused.
_SHARES: dict[str, tuple[float, float]] = {
    "bust_girth": (0.30, 1.20),
    "underbust_girth": (0.26, 1.10),
    "waist_girth": (0.24, 1.20),
    "hip_girth": (0.32, 1.20),
    "neck_girth": (0.12, 0.42),
    "neck_base_girth": (0.13, 0.46),
    "shoulder_width": (0.14, 0.42),
    "shoulder_length": (0.045, 0.14),
    "back_width": (0.12, 0.42),
    "across_chest_width": (0.10, 0.42),
    "back_waist_length": (0.17, 0.40),
    "front_waist_length": (0.17, 0.45),
    "arm_length": (0.24, 0.45),
    "upper_arm_girth": (0.09, 0.42),
    "elbow_girth": (0.08, 0.35),
    "wrist_girth": (0.06, 0.18),
    "thigh_girth": (0.18, 0.70),
    "knee_girth": (0.13, 0.45),
    "calf_girth": (0.12, 0.42),
    "ankle_girth": (0.08, 0.26),
    "inside_leg_length": (0.34, 0.58),
    "waist_height": (0.48, 0.72),
    "hip_height": (0.38, 0.62),
    "crotch_length": (0.22, 0.72),
    "knee_height": (0.20, 0.36),
    "bust_height": (0.55, 0.85),
    "bust_point_distance": (0.06, 0.24),
    "head_girth": (0.20, 0.48),
}
_LEAST_HEIGHT, _GREATEST_HEIGHT = 0.30, 4.0  # [m]: a doll, and a giant of twice a tall man


@dataclass(frozen=True)
class Figure:
    """Measurements with the heights and lengths that drafting needs besides."""

    measurements: Measurements

    def __getitem__(self, name: str) -> float:
        return self.measurements[name]

    @property
    def height(self) -> float:
        """Stature [m]."""
        return self["height"]

    def _known(self, name: str) -> float | None:
        found = self.measurements.values.get(name)
        return None if found is None else found.value

    @property
    def nape_height(self) -> float:
        """Back neck point above the floor [m]; else ANSUR II cervicale, residual 13 mm."""
        return self._known("nape_height") or 0.862 * self.height

    @property
    def side_neck_height(self) -> float:
        """Side neck point above the floor [m].

        The typical man 176-100-78 of the GOST figures carries it 1.6 cm under the nape.
        """
        return self.nape_height - 0.009 * self.height

    @property
    def shoulder_height(self) -> float:
        """Shoulder point above the floor [m]; ANSUR II acromion, residual 16 mm."""
        return 0.8204 * self.height

    @property
    def half_breadth(self) -> float:
        """From the body's middle to the shoulder point, straight [m].

        Where only the tape over the back is known: it is about 7 % longer than the straight
        breadth (ANSUR II biacromial against FreeSewing's tape figures).
        """
        breadth = self._known("biacromial_breadth")
        return (breadth or self["shoulder_width"] / 1.07) / 2

    @property
    def waist_to_hip(self) -> float:
        """Waist level down to hip level [m]."""
        return max(self["waist_height"] - self["hip_height"], 0.06 * self.height)

    @property
    def head_girth(self) -> float:
        """Over the brow [m]; measured, else ANSUR II (residual 20 mm)."""
        measured = self._known("head_girth")
        if measured is not None:
            return measured
        neck = self._known("neck_girth") or 0.21 * self.height
        if self.measurements.sex == "male":
            return 0.227 * self.height + 0.440 * neck
        return 0.224 * self.height + 0.591 * neck


def require(measurements: Measurements, names: Iterable[str]) -> Figure:
    """A figure that has all the names, each believable.

    Raises:
        BadMeasurement: One is missing or implausible against the height.
    """
    missing = sorted({"height", *names} - set(measurements.values))
    if missing:
        raise BadMeasurement(
            f"missing measurements: {', '.join(missing)}; state them, or infer them from the others"
        )
    height = measurements["height"]
    if not _LEAST_HEIGHT <= height <= _GREATEST_HEIGHT:
        raise BadMeasurement(
            f"a height of {height * 100:g} cm is outside {_LEAST_HEIGHT * 100:g} to "
            f"{_GREATEST_HEIGHT * 100:g} cm; check the unit"
        )
    for name in names:
        low, high = _SHARES.get(name, (0.0, float("inf")))
        share = measurements[name] / height
        if not low <= share <= high:
            raise BadMeasurement(
                f"{name} of {measurements[name] * 100:.1f} cm is {share:.2f} of the height "
                f"{height * 100:.1f} cm; it must be {low:g} to {high:g} of it: measure again"
            )
    return Figure(measurements)
