"""Which size for a customer, from measurements alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fitting.assess.customers import belief, draws
from fitting.assess.size_words import advice_words
from fitting.assess.style import Band, band, style
from fitting.errors import BadInput, BadMeasurement
from fitting.records import (
    Fabric,
    FloatArray,
    Measurements,
    Pattern,
    SizeAdvice,
    SizeFit,
    SizeZone,
    Verdict,
)
from fitting.units import CM

_TOO = 4.0  # what a zone that is too tight or too loose costs, in squared size steps; chosen
_TIGHT = 1.3  # a closer zone is felt more than a wider one of the same amount; chosen
_LIKELY = 0.5  # below this probability of the best size made to measure is worth it; chosen
_AS_DESIGNED = 0.1  # and below this probability that it is as designed in every zone; chosen
_CHANGES = 2.0  # sigmas within which another reading of the tape is believable
_TRIED, _FEWER = 12, 16  # readings tried to each side, and one draw in how many is asked


@dataclass(frozen=True, eq=False)
class _Zone:
    """One measurement that decides, for all sizes.

    Attributes:
        name: Of the measurement.
        value: Of the customer [m].
        drafted: Of the body each size was drafted for [m], shape (S,).
        design: Ease that the style asks for in each size [m].
        bands: Of each size.
        weight: How much it counts.
    """

    name: str
    value: float
    drafted: FloatArray
    design: FloatArray
    bands: tuple[Band, ...]
    weight: float

    @property
    def bounds(self) -> FloatArray:
        """Least ease that fits, as designed from and to, most, and the size step [m], (5, S, 1)."""
        rows = []
        for b in self.bands:
            tight = max(x for x in (b.least, b.closer) if x is not None)
            rows.append((tight, b.low, b.high, b.most, b.step))
        bounds: FloatArray = np.array(rows, float).T[:, :, None]
        return bounds

    def ease(self, true: FloatArray) -> FloatArray:
        """Ease on a customer who truly measures so much [m], shape (S, N)."""
        found: FloatArray = self.design[:, None] + self.drafted[:, None] - true
        return found


def advise(
    measurements: Measurements,
    sizes: Sequence[Pattern],
    fabric: Fabric,
    *,
    survey: bool = True,
) -> SizeAdvice:
    """The probability that each size fits, and the one to take.

    A size fits where no deciding zone is too tight or too loose and none is so much closer than
    designed that it is another style; the bounds are those that a drape is judged by. What the
    customer truly measures is Gaussian, about the measured values fused with the survey's people.
    The expectation is taken over the same evenly spread draws for every size, so that sizes are
    compared on the same customers.

    Args:
        measurements: Of the customer, each with its sigma.
        sizes: The garment drafted in each size, with the body it was drafted for.
        fabric: What it is made of.
        survey: False takes the measurements as they are, with independent errors.
    Raises:
        BadInput: No sizes, or they are of several garments or say no body.
        BadMeasurement: The customer lacks all measurements that decide.
    """
    if not sizes:
        raise BadInput("no size was given; draft the garment in at least one size of a chart")
    garment = sizes[0].name
    if any(size.name != garment for size in sizes):
        names = ", ".join(sorted({size.name for size in sizes}))
        raise BadInput(f"sizes of several garments were given ({names}); advise on one at a time")
    zones = _zones(measurements, sizes, fabric)
    mean, covariance = belief(measurements, [zone.name for zone in zones], survey=survey)
    people = draws(mean, covariance)
    fits, designed, losses, chances = _outcomes(zones, people)
    loss = losses.mean(1)
    found = tuple(
        SizeFit(
            size.size or f"{garment} {index + 1}",
            float(fits[index].mean()),
            float(designed[index].mean()),
            float(loss[index]),
            tuple(
                _size_zone(zone, index, float(chance[index]))
                for zone, chance in zip(zones, chances, strict=True)
            ),
        )
        for index, size in enumerate(sizes)
    )
    best = int(loss.argmin())
    turn = _turning(zones, covariance, people[:, ::_FEWER])
    taped = turn is not None and measurements.values[turn[0]].source == "stated"
    return _advice(garment, found, best, turn, taped)


def _zones(
    measurements: Measurements, sizes: Sequence[Pattern], fabric: Fabric
) -> tuple[_Zone, ...]:
    """The measurements that decide between the sizes, with the bounds of each."""
    garment = sizes[0].name
    figures = style()
    weights = figures["deciding"].get(garment, figures["deciding"]["default"])
    found, missing = [], []
    for name, weight in weights.items():
        if not all(name in size.measurements for size in sizes):
            continue
        if name not in measurements.values:
            missing.append(name)
            continue
        found.append(_girth(name, weight, measurements, sizes, fabric))
    found += _lengths(measurements, sizes)
    if not found:
        if missing:
            raise BadMeasurement(
                f"the size of a {garment} is decided by {', '.join(weights)}; the customer has "
                f"none of them: measure {missing[0]}"
            )
        raise BadInput(
            f"the sizes of {garment} do not say which body they were drafted for; draft them from "
            "a size chart"
        )
    return tuple(found)


def _girth(
    name: str,
    weight: float,
    measurements: Measurements,
    sizes: Sequence[Pattern],
    fabric: Fabric,
) -> _Zone:
    item = measurements.values[name]
    drafted = np.array([size.measurements[name] for size in sizes])
    eases, bands = [], []
    stated = np.isfinite(fabric.stretch_weft) and fabric.stretch_weft > 0
    for size, body in zip(sizes, drafted, strict=True):
        known = size.finished.get(name)
        # Where a pattern states no finished measure only the difference of the bodies counts.
        design = 0.0 if known is None else known - body
        limit = fabric.stretch_weft if stated and known is not None else None
        around = band(name, item.value, design, limit)
        if around.least is None:
            # Cloth that states no wearable stretch is taken not to stretch.
            least = 0.0 if known is not None and design >= 0 else around.closer
            around = replace(around, least=least)
        eases.append(design)
        bands.append(around)
    return _Zone(name, item.value, drafted, np.array(eases), tuple(bands), float(weight))


def _lengths(measurements: Measurements, sizes: Sequence[Pattern]) -> list[_Zone]:
    """Long sleeves and legs, drafted in proportion to the limb."""
    found = []
    for length, rule in style()["lengths"].items():
        if length == "lengths_source":
            continue
        name = rule["measurement"]
        if name not in measurements.values:
            continue
        if not all(name in size.measurements and length in size.finished for size in sizes):
            continue
        drafted = np.array([size.measurements[name] for size in sizes])
        shares = np.array([size.finished[length] for size in sizes]) / drafted
        if shares.min() < rule["from_share"]:
            continue
        item, near = measurements.values[name], rule["tolerance_cm"] * CM
        one = Band(-2.5 * near, -near, near, 2.5 * near, -2.5 * near, near / 0.75)
        zero = np.zeros(len(sizes))
        found.append(_Zone(name, item.value, drafted, zero, (one,) * len(sizes), rule["weight"]))
    return found


def _outcomes(
    zones: Sequence[_Zone], people: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, list[FloatArray]]:
    """Whether each size fits each of N people, is as designed, what it costs, (S, N); by zone (S,).

    Args:
        zones: What decides.
        people: What they truly measure [m], shape (zones, N).
    """
    shape = (len(zones[0].drafted), people.shape[1])
    fits, designed = np.ones(shape), np.ones(shape)
    losses, chances = np.zeros(shape), []
    for zone, true in zip(zones, people, strict=True):
        ease = zone.ease(true)
        tight, low, high, most, step = zone.bounds
        steps_off = (ease - zone.design[:, None]) / step
        good = (ease >= tight) & (ease <= most)
        fits *= good
        designed *= (ease >= low) & (ease <= high) & good
        cost = np.where(steps_off < 0, _TIGHT, 1.0) * steps_off**2
        losses += zone.weight * (cost + np.where(good, 0.0, _TOO))
        chances.append(good.mean(1))
    return fits, designed, losses, chances


def _size_zone(zone: _Zone, index: int, chance: float) -> SizeZone:
    ease = float(zone.design[index] + zone.drafted[index] - zone.value)
    verdict: Verdict = zone.bands[index].verdict(ease) or "as_designed"
    return SizeZone(zone.name, zone.value - float(zone.drafted[index]), verdict, chance)


def _advice(
    garment: str,
    sizes: tuple[SizeFit, ...],
    best: int,
    turn: tuple[str, float, int] | None,
    taped: bool,
) -> SizeAdvice:
    """The advice with the measurement that would turn it."""
    decisive, by, other = turn if turn is not None else (None, 0.0, None)
    top = sizes[best]
    unlikely = top.probability < _LIKELY
    made = unlikely or top.probability_as_designed < _AS_DESIGNED
    taken = top.size if top.probability >= 0.05 else None
    then = None if other is None else sizes[other].size
    words = advice_words(sizes, best, taken, decisive, by, then, made, unlikely, taped)
    return SizeAdvice(garment, taken, sizes, decisive, by, then, made, *words)


def _turning(
    zones: Sequence[_Zone], covariance: FloatArray, people: FloatArray
) -> tuple[str, float, int] | None:
    """The measurement whose error, in sigmas, need be least to change the best size.

    The others follow it as far as they go together.

    Args:
        zones: What decides.
        covariance: Of what the customer truly measures [m²].
        people: Draws of it [m], shape (zones, N).
    """
    found: list[tuple[float, str, float, int]] = []
    tried = np.linspace(-_CHANGES, _CHANGES, 2 * _TRIED + 1)
    for k, zone in enumerate(zones):
        sigma = float(np.sqrt(covariance[k, k]))
        if sigma <= 0:
            continue
        shifts = covariance[:, k] / sigma * tried[:, None]  # (tried, zones)
        moved = (people[:, None] + shifts.T[:, :, None]).reshape(len(zones), -1)
        losses = _outcomes(zones, moved)[2].reshape(-1, len(tried), people.shape[1]).mean(2)
        picks = losses.argmin(0)
        other = np.flatnonzero(picks != picks[_TRIED])
        if len(other):
            nearest = other[np.abs(tried[other]).argmin()]
            shift = float(tried[nearest])
            found.append((abs(shift), zone.name, shift * sigma, int(picks[nearest])))
    if not found:
        return None
    _, name, by, size = min(found)
    return name, by, size
