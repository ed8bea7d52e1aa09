"""The JSON files of the command line and the API: measurements.json and drape.json.

Centimetres, kilograms and years, with the unit in the name. Keys keep their order and numbers are
rounded, so the same records give the same bytes.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import yaml

from fitting.body import ISO_TERMS, canonical_name
from fitting.body.foreign import person_of
from fitting.body.schemes import Scheme, garmentcode_yaml, written
from fitting.errors import BadInput, BadMeasurement
from fitting.records import Caution, DrapeReport, Measurement, Measurements
from fitting.units import CM, to_cm


def dumps(tree: Mapping[str, Any]) -> bytes:
    """A JSON file of a tree of plain values."""
    return (json.dumps(tree, indent=2, ensure_ascii=False) + "\n").encode()


def measurements_json(measurements: Measurements) -> dict[str, Any]:
    """Measurements as measurements.json has them."""
    tree: dict[str, Any] = {
        f"{name}_cm": {
            "value": to_cm(item.value),
            "sigma": to_cm(item.sigma),
            "source": item.source,
            "iso": ISO_TERMS.get(name),
        }
        for name, item in measurements.values.items()
    }
    tree["sex"] = measurements.sex
    weight = measurements.weight_kg
    tree["weight_kg"] = weight and {
        "value": round(weight.value, 2),
        "sigma": round(weight.sigma, 2),
        "source": weight.source,
    }
    tree["age_years"] = measurements.age_years
    tree["warnings"] = [dataclasses.asdict(caution) for caution in measurements.warnings]
    return tree


def foreign_measurements(measurements: Measurements, scheme: Scheme, suffix: str) -> bytes:
    """A file of measurements in another program's names and units.

    JSON, or for GarmentCode with the suffix ``.yaml`` the body file it reads.
    """
    if scheme == "garmentcode" and suffix in (".yaml", ".yml"):
        return garmentcode_yaml(measurements).encode()
    return dumps(written(measurements, scheme))


def read_measurements(data: bytes) -> Measurements:
    """Measurements from the bytes of a measurements.json, or of another program's file.

    A plain number counts as stated with a sigma of 0; the names of other programs are understood.
    A file that is wholly another program's, with no unit in its names, is read in that program's
    units and completed: FreeSewing's or Seamly2D's as JSON, GarmentCode's as JSON or body YAML.

    Raises:
        BadInput: Neither JSON nor YAML, or not of this form.
        BadMeasurement: A value that is not a positive length.
    """
    tree = _tree(data)
    body = tree.get("body")
    if isinstance(body, dict):
        return person_of(body)
    if not any(key.endswith("_cm") for key in tree) and "sex" not in tree:
        return person_of(tree)
    if tree.get("sex") not in ("female", "male"):
        raise BadInput(
            'the measurements must be a JSON object with "sex": "female" or "male"; '
            "`fitting measure` writes one"
        )
    values = {
        canonical_name(key.removesuffix("_cm")): _length(key, item)
        for key, item in tree.items()
        if key not in ("sex", "weight_kg", "age_years", "warnings")
    }
    weight = tree.get("weight_kg")
    return Measurements(
        values=values,
        sex=tree["sex"],
        weight_kg=None if weight is None else _item("weight_kg", weight, 1.0),
        age_years=tree.get("age_years"),
        warnings=tuple(Caution(**caution) for caution in tree.get("warnings", ())),
    )


def _tree(data: bytes) -> dict[str, Any]:
    """The mapping in a JSON or YAML file."""
    try:
        tree = json.loads(data)
    except ValueError as error:
        try:
            tree = yaml.safe_load(data)
        except (yaml.YAMLError, UnicodeDecodeError):
            tree = None
        if not isinstance(tree, dict):
            raise BadInput(
                f"the measurements are not JSON ({error}); see docs/measurements.md"
            ) from None
    if not isinstance(tree, dict):
        raise BadInput(
            'the measurements must be a JSON object with "sex": "female" or "male"; '
            "`fitting measure` writes one"
        )
    return {str(key): value for key, value in tree.items()}


def _length(key: str, item: Any) -> Measurement:
    return _item(key, item, CM)


def _item(key: str, item: Any, unit: float) -> Measurement:
    if not isinstance(item, dict):
        item = {"value": item}
    try:
        return Measurement(
            float(item["value"]) * unit,
            float(item.get("sigma", 0.0)) * unit,
            item.get("source", "stated"),
        )
    except (KeyError, TypeError, ValueError):
        raise BadMeasurement(
            f'{key} is {item!r}; it must be a number or {{"value": number, "sigma": number}}'
        ) from None


def drape_json(report: DrapeReport) -> dict[str, Any]:
    """A drape's report as drape.json has it."""
    tree = dataclasses.asdict(report)
    return {key: _rounded(value) for key, value in tree.items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    return value
