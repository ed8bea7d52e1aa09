"""What trousers, shorts and leggings share: sewing legs and putting a waistband on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from fitting.pattern import skirts, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.outline import Stretch


def sew_legs(table: Assembly, front: Sequence[Stretch], back: Sequence[Stretch]) -> None:
    """Sew out- and inseams and darts of the four leg panels."""
    for side in upper.SIDES:
        skirts.sew_darts(table, f"front.{side}", front)
        skirts.sew_darts(table, f"back.{side}", back)
        for name in (s.name for s in front):
            if name.startswith(("outseam", "inseam")):
                other = f"back.{side}/{name}"
                # Past the knee front and back slope apart by a tenth of a millimetre.
                table.sew(f"front.{side}/{name}", other, name=name.split(".")[0])
        for seam in ("outseam", "inseam"):
            parts = [s.name for s in front if s.name.startswith(seam)]
            for a, b in pairwise(parts):
                table.corner(f"front.{side}/{a}", f"front.{side}/{b}")


def waist_around(
    front: Sequence[Stretch], back: Sequence[Stretch], *, from_front: bool
) -> list[str]:
    """Waist edges around the body, left to right as seen from outside.

    Args:
        front, back: The drawn legs; their waist runs from the side to the centre.
        from_front: The band opens at the centre front, else at the centre back.
    """
    fronts, backs = skirts.waist_edges(front), skirts.waist_edges(back)
    left = [
        *(f"front.L/{n}" for n in reversed(fronts)),
        *(f"back.L/{n}" for n in backs),
    ]
    right = [
        *(f"back.R/{n}" for n in reversed(backs)),
        *(f"front.R/{n}" for n in fronts),
    ]
    return [*left, *right] if from_front else [*right, *left]


def hem_openings(table: Assembly) -> None:
    """Name the openings at the ankles."""
    for side in upper.SIDES:
        table.open(f"leg.{side}", [f"front.{side}/hem", f"back.{side}/hem"])
