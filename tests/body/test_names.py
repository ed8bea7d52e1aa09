"""What other programs call our measurements."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from fitting.body import canonical_name, infer, schemes
from fitting.body.names import FREESEWING, GARMENTCODE, SEAMLY
from fitting.body.survey import COLUMNS, measurements
from fitting.errors import BadInput, BadMeasurement, UnknownName
from fitting.formats import foreign_measurements, read_measurements
from fitting.records import Measurement, Measurements


def test_names_of_other_programs_are_understood_and_misspelt_ones_get_a_guess() -> None:
    assert canonical_name("waist_girth_cm") == "waist_girth"
    assert canonical_name("seat") == "hip_girth"
    assert canonical_name("arm_upper_circ") == "upper_arm_girth"
    with pytest.raises(UnknownName, match="waist_girth"):
        canonical_name("waist_girht")


def test_what_is_written_for_freesewing_reads_back(woman: Measurements) -> None:
    out = schemes.written(woman, "freesewing")
    back = schemes.read(out, "freesewing")
    assert set(FREESEWING) <= set(out)
    for name, value in back.items():
        assert value == pytest.approx(woman[name], abs=1e-4), name
    assert 700 < out["waist"] < 800  # millimetres
    assert 5 < out["shoulderSlope"] < 35  # degrees
    assert out["bustFront"] < out["chest"]
    assert 0 < out["waistToUnderbust"] < out["hpsToWaistFront"]


def test_what_is_written_for_seamly_reads_back(man: Measurements) -> None:
    out = schemes.written(man, "seamly")
    back = schemes.read(out, "seamly")
    assert set(SEAMLY) <= set(out)
    for name, value in back.items():
        assert value == pytest.approx(man[name], abs=1e-4), name
    assert out["bust_arc_f"] + out["bust_arc_b"] == pytest.approx(out["bust_circ"], rel=0.03)


def test_the_garmentcode_file_has_the_keys_of_its_own_bodies(
    woman: Measurements, shared: Path
) -> None:
    ours = yaml.safe_load(schemes.garmentcode_yaml(woman))["body"]
    theirs = yaml.safe_load((shared / "bodies" / "mean_female.yaml").read_text())["body"]
    assert set(ours) == set(theirs)
    for name, value in theirs.items():
        assert 0.5 < ours[name] / value < 1.6, name


def test_a_garmentcode_body_becomes_a_person_of_its_own_measure(shared: Path) -> None:
    """Their mean woman, of a survey of civilians, is within 3 sigma of ours throughout."""
    body = yaml.safe_load((shared / "bodies" / "mean_female.yaml").read_text())["body"]
    ours = schemes.read(body, "garmentcode")
    assert ours["bust_girth"] == pytest.approx(0.974, abs=1e-3)
    assert ours["waist_height"] == pytest.approx(1.0491, abs=1e-3)
    person = infer({n: Measurement(v, 0.01, "stated") for n, v in ours.items()}, sex="female")
    assert person["hip_girth"] == ours["hip_girth"]
    assert set(GARMENTCODE.values()) <= set(ours)


def test_an_arm_length_with_the_hand_in_it_is_left_out(shared: Path) -> None:
    body = yaml.safe_load((shared / "bodies" / "f_smpl_average_A40.yaml").read_text())["body"]
    assert "arm_length" not in schemes.read(body, "garmentcode")


@pytest.mark.parametrize("name", ["mean_female", "mean_male", "var_belly_m", "m_smpl_average_A40"])
def test_a_garmentcode_body_file_is_read_as_a_whole_person(shared: Path, name: str) -> None:
    data = (shared / "bodies" / f"{name}.yaml").read_bytes()
    theirs = yaml.safe_load(data)["body"]
    person = read_measurements(data)
    assert person.sex == ("female" if name == "mean_female" else "male")
    assert person["bust_girth"] == pytest.approx(theirs["bust"] / 100)
    assert person.values["bust_girth"].source == "stated"
    assert person.values["calf_girth"].source == "inferred"


@pytest.mark.parametrize("scheme", schemes.SCHEMES)
@pytest.mark.parametrize("who", ["woman", "man"])
def test_a_file_written_for_another_program_is_read_again_by_its_own_units(
    scheme: schemes.Scheme, who: str, request: pytest.FixtureRequest
) -> None:
    person: Measurements = request.getfixturevalue(who)
    back = read_measurements(foreign_measurements(person, scheme, ".json"))
    assert back.sex == person.sex
    for name in ("bust_girth", "waist_girth", "hip_girth", "arm_length"):
        assert back[name] == pytest.approx(person[name], abs=2e-4), name


def test_a_file_of_no_programs_names_is_refused() -> None:
    with pytest.raises(BadMeasurement, match="FreeSewing"):
        read_measurements(b'{"moustache": 30}')
    with pytest.raises(BadInput, match="not JSON"):
        read_measurements(b"moustache")


def test_unknown_schemes_and_values_that_are_no_lengths_are_refused(woman: Measurements) -> None:
    with pytest.raises(UnknownName, match="burda"):
        schemes.written(woman, "burda")  # type: ignore[arg-type]
    with pytest.raises(UnknownName, match="burda"):
        schemes.read({"waist": 70.0}, "burda")  # type: ignore[arg-type]
    with pytest.raises(BadMeasurement, match="number"):
        schemes.read({"waist": float("nan")}, "freesewing")
    with pytest.raises(BadMeasurement, match="positive"):
        schemes.read({"waist": -3.0}, "freesewing")
    with pytest.raises(BadMeasurement, match="no known name"):
        schemes.read({"moustache": 3.0}, "freesewing")


def test_a_row_of_the_survey_reads_in_our_names_with_relaxed_arms_and_a_natural_waist() -> None:
    row = dict.fromkeys(COLUMNS, "1000") | {
        "tenthribheight": "1100",
        "iliocristaleheight": "1000",
        "waistheightomphalion": "1010",
        "waistbacklength": "450",
    }
    found = measurements(row)
    assert found["upper_arm_girth"] == pytest.approx(0.94)
    assert found["waist_height"] == pytest.approx(1.05)
    assert found["back_waist_length"] == pytest.approx(0.41)
    with pytest.raises(BadMeasurement, match="millimetres"):
        measurements({"stature": "tall"})
    assert np.isclose(measurements({"stature": 1700.0})["height"], 1.7)
