"""How the columns of ANSUR II read as our measurements.

The survey [1] measured 4,082 men and 1,986 women. Its waist is at the navel, its shoulder a
straight caliper distance, and its arm girths are taken with the muscles tensed; the factors below
turn those into a tape's reading on relaxed arms.

References:
    [1] C. Gordon et al., "2012 Anthropometric Survey of U.S. Army Personnel: Methods and Summary
        Statistics", NATICK/TR-15/007, 2014.
    [2] G. Heinz, L. Peterson, R. Johnson, C. Kerk, "Exploring Relationships in Body Dimensions",
        Journal of Statistics Education 11(2), 2003: 247 men and 260 women.
    [3] R. Johnson, "Fitting Percentage of Body Fat to Simple Body Measurements", Journal of
        Statistics Education 4(1), 1996: 252 men, arms extended.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fitting.errors import BadMeasurement
from fitting.records import FloatArray

# Mean extended upper arm of [3], 32.27 cm, over the survey's regression of the flexed one on
# height, weight and age at that sample's means: 0.942. The forearm likewise, and 0.942 and 0.941 in
# the men and women of [2].
RELAXED = 0.94

# Column [mm] -> our measurement and the factor from the one to the other.
COLUMNS: dict[str, tuple[str, float]] = {
    "stature": ("height", 1.0),
    "chestcircumference": ("bust_girth", 1.0),
    "waistcircumference": ("navel_waist_girth", 1.0),
    "buttockcircumference": ("hip_girth", 1.0),
    "neckcircumference": ("neck_girth", 1.0),
    "neckcircumferencebase": ("neck_base_girth", 1.0),
    "biacromialbreadth": ("biacromial_breadth", 1.0),
    "shoulderlength": ("shoulder_length", 1.0),
    "interscyei": ("back_width", 1.0),
    "sleeveoutseam": ("arm_length", 1.0),
    "bicepscircumferenceflexed": ("upper_arm_girth", RELAXED),
    "forearmcircumferenceflexed": ("forearm_girth", RELAXED),
    "wristcircumference": ("wrist_girth", 1.0),
    "thighcircumference": ("thigh_girth", 1.0),
    "lowerthighcircumference": ("lower_thigh_girth", 1.0),
    "calfcircumference": ("calf_girth", 1.0),
    "anklecircumference": ("ankle_girth", 1.0),
    "crotchheight": ("inside_leg_length", 1.0),
    "buttockheight": ("hip_height", 1.0),
    "kneeheightmidpatella": ("knee_height", 1.0),
    "chestheight": ("bust_height", 1.0),
    "waistheightomphalion": ("navel_height", 1.0),
    "cervicaleheight": ("nape_height", 1.0),
    "headcircumference": ("head_girth", 1.0),
}


def measurements(person: Mapping[str, float | str]) -> dict[str, float]:
    """A row of the survey in our names [m].

    Args:
        person: Column -> value [mm], as numbers or text; columns we do not know are passed over.
    Returns:
        Our names -> [m], and ``waist_height`` and the lengths that end there where the row has
        both bones of the natural waist: half way from tenth rib to iliac crest.
    Raises:
        BadMeasurement: A value is not a positive number.
    """
    found: dict[str, float] = {}
    for column, (name, factor) in COLUMNS.items():
        if column in person:
            found[name] = factor * _metres(person, column)
    if {"tenthribheight", "iliocristaleheight", "waistheightomphalion"} <= person.keys():
        waist = (_metres(person, "tenthribheight") + _metres(person, "iliocristaleheight")) / 2
        above_navel = waist - _metres(person, "waistheightomphalion")
        found["waist_height"] = waist
        for column, name, sign in _TO_NAVEL:
            if column in person:
                found[name] = _metres(person, column) + sign * above_navel
    return found


# Lengths that end at the navel's level, ours at the natural waist's; the crotch length does twice.
_TO_NAVEL = (
    ("waistbacklength", "back_waist_length", -1),
    ("crotchlengthomphalion", "crotch_length", 2),
)


def _metres(person: Mapping[str, float | str], column: str) -> float:
    try:
        value = float(person[column]) / 1000
    except ValueError:
        value = float("nan")
    if not (np.isfinite(value) and value > 0):
        raise BadMeasurement(f"{column} is {person[column]!r}; the survey gives millimetres")
    return value


def table(people: list[dict[str, str]]) -> dict[str, FloatArray]:
    """The same for many rows: name -> values [m], shape (people,)."""
    rows = [measurements(person) for person in people]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}
