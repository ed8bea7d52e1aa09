"""The report as fit.json has it; docs/fit.md describes every field."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

from fitting.records import (
    Alteration,
    Balance,
    FitReport,
    GirthFit,
    MobilityFit,
    PanelFit,
    PressureFit,
    SizeAdvice,
    Wrinkle,
    ZoneFit,
)
from fitting.units import to_cm, to_mm

SCHEMA = 4  # raised whenever a field changes its meaning or goes; new fields do not raise it


def fit_json(report: FitReport) -> dict[str, Any]:
    """The report in centimetres, millimetres, per cent, kilopascals and degrees."""
    return {
        "schema": SCHEMA,
        "garment": report.garment,
        "size": report.size or None,
        "fabric": report.fabric,
        "verdict": report.verdict,
        "summary": {"en": report.text, "ru": report.text_ru},
        "zones": [_zone(zone) for zone in report.zones],
        "girths": [_girth(row) for row in report.girths],
        "strain_percent": {
            "warp_p95": _percent(report.strain_warp_p95),
            "weft_p95": _percent(report.strain_weft_p95),
            "max": _percent(report.strain_max),
        },
        "panels": [_panel(panel) for panel in report.panels],
        "pressure_kpa": None if report.pressure is None else _pressure(report.pressure),
        "gap_mm": None
        if report.gap is None
        else {key: to_mm(value) for key, value in dataclasses.asdict(report.gap).items()},
        "balance": None if report.balance is None else _balance(report.balance),
        "wrinkles": [_wrinkle(wrinkle) for wrinkle in report.wrinkles],
        "mobility": [_movement(movement) for movement in report.mobility],
        "alterations": [_alteration(alteration) for alteration in report.alterations],
        "fabric_area_m2": round(report.fabric_area, 4),
        "notes": list(report.notes),
        "cautions": [
            {"code": c.code, "text": {"en": c.text, "ru": c.text_ru}} for c in report.cautions
        ],
        "size_advice": None if report.advice is None else advice_json(report.advice),
    }


def fits_json(reports: Sequence[FitReport]) -> dict[str, Any]:
    """One report as it is; several garments of a look, from the skin outwards, under `garments`."""
    if len(reports) == 1:
        return fit_json(reports[0])
    return {"schema": SCHEMA, "garments": [fit_json(report) for report in reports]}


def advice_json(advice: SizeAdvice) -> dict[str, Any]:
    """Size advice as fit.json and the API have it."""
    return {
        "schema": SCHEMA,
        "garment": advice.garment,
        "chart": advice.chart or None,
        "best": advice.best,
        "made_to_measure": advice.made_to_measure,
        "summary": {"en": advice.text, "ru": advice.text_ru},
        "decisive": None
        if advice.decisive is None
        else {
            "measurement": advice.decisive,
            "off_by_cm": to_cm(advice.decisive_by),
            "then": advice.decisive_size,
        },
        "sizes": [
            {
                "size": size.size,
                "probability": round(size.probability, 4),
                "probability_as_designed": round(size.probability_as_designed, 4),
                "misfit": round(size.loss, 4),
                "zones": [
                    {
                        "measurement": zone.measurement,
                        "customer_less_size_cm": to_cm(zone.off),
                        "verdict": zone.verdict,
                        "probability": round(zone.probability, 4),
                    }
                    for zone in size.zones
                ],
            }
            for size in advice.sizes
        ],
    }


def _percent(ratio: float | None) -> float | None:
    return None if ratio is None else round(100 * ratio, 2) + 0.0


def _cm(metres: float | None) -> float | None:
    # Adding 0 turns a rounded -0.0 into 0.0.
    return None if metres is None else to_cm(metres) + 0.0


def _words(said: ZoneFit | MobilityFit | Alteration) -> dict[str, str]:
    return {"en": said.text, "ru": said.text_ru}


def _zone(zone: ZoneFit) -> dict[str, Any]:
    return {
        "zone": zone.zone,
        "side": zone.side or None,
        "verdict": zone.verdict,
        "ease_cm": to_cm(zone.ease),
        "design_ease_cm": _cm(zone.design_ease),
        "stretch_percent": _percent(zone.stretch),
        "stretch_limit_percent": _percent(zone.limit),
        "pressure_kpa": None if zone.pressure is None else round(zone.pressure / 1000, 3),
        "text": _words(zone),
    }


def _girth(row: GirthFit) -> dict[str, Any]:
    return {
        "level": row.level,
        "side": row.side or None,
        "body_cm": to_cm(row.body),
        "garment_cm": to_cm(row.garment),
        "rest_cm": _cm(row.rest),
        "pattern_cm": _cm(row.flat),
        "ease_cm": to_cm(row.ease),
        "ease_percent": round(100 * row.ease / row.body, 1) if row.body else None,
        "worn_ease_cm": to_cm(row.worn_ease),
        "design_ease_cm": _cm(row.design_ease),
        "stretch_percent": _percent(row.stretch),
        "stretch_limit_percent": _percent(row.limit),
    }


def _panel(panel: PanelFit) -> dict[str, Any]:
    return {
        "panel": panel.panel,
        "warp_p95_percent": _percent(panel.warp_p95),
        "weft_p95_percent": _percent(panel.weft_p95),
        "largest_p95_percent": _percent(panel.largest_p95),
        "over_limit_percent": _percent(panel.over_limit),
    }


def _pressure(pressure: PressureFit) -> dict[str, Any]:
    kilo = {
        key: round(getattr(pressure, key) / 1000, 4)
        for key in ("mean", "p95", "highest", "contact_mean")
    }
    return {**kilo, "touching_percent": _percent(pressure.touching), "zone": pressure.zone}


def _balance(balance: Balance) -> dict[str, Any]:
    return {
        "hem_height_cm": _cm(balance.hem_height),
        "hem_front_rise_cm": _cm(balance.hem_front_rise),
        "hem_left_rise_cm": _cm(balance.hem_left_rise),
        "hem_spread_cm": _cm(balance.hem_spread),
        "side_lean_left_deg": _degrees(balance.side_lean_left),
        "side_lean_right_deg": _degrees(balance.side_lean_right),
        "centre_front_off_cm": _cm(balance.centre_front),
        "centre_back_off_cm": _cm(balance.centre_back),
        "text": {"en": balance.text, "ru": balance.text_ru},
    }


def _degrees(angle: float | None) -> float | None:
    return None if angle is None else round(math.degrees(angle), 2) + 0.0


def _wrinkle(wrinkle: Wrinkle) -> dict[str, Any]:
    return {
        "part": wrinkle.part,
        "kind": wrinkle.kind,
        "depth_mm": to_mm(wrinkle.depth, 1),
        "area_cm2": round(wrinkle.area * 1e4, 1),
        "share_percent": _percent(wrinkle.share),
        "height_cm": to_cm(wrinkle.height, 1),
    }


def _movement(movement: MobilityFit) -> dict[str, Any]:
    return {
        "movement": movement.movement,
        "verdict": movement.verdict,
        "zone": movement.zone,
        "stretch_percent": _percent(movement.stretch),
        "stretch_limit_percent": _percent(movement.limit),
        "reach_cm": _cm(movement.reach),
        "text": _words(movement),
    }


def _alteration(alteration: Alteration) -> dict[str, Any]:
    return {
        "action": alteration.action,
        "seam": alteration.seam,
        "zone": alteration.zone,
        "total_cm": to_cm(alteration.total),
        "each_edge_cm": to_cm(alteration.each),
        "options": dict(alteration.options),
        "text": _words(alteration),
    }
