"""Everything inferred from something."""

from __future__ import annotations

import numpy as np
import pytest
from body_people import TAPES, tapes_of, told
from numpy.testing import assert_allclose

from fitting.body import advise, infer
from fitting.body.measure import ALL, NAMES
from fitting.body.prior import Observation, Population, condition, population
from fitting.body.survey import measurements
from fitting.errors import BadMeasurement, UnknownName
from fitting.records import Measurement, Sex

KG = Measurement(62.0, 0.5, "stated")


def codes(**stated: float) -> set[str]:
    person = infer(told(**stated), sex="female", weight_kg=KG)
    return {caution.code for caution in person.warnings}


def test_conditioning_two_numbers_follows_the_closed_form() -> None:
    """The mean moves by r sd_y / sd_x of the surprise, the variance falls to 1 - r²."""
    sd_x, sd_y, r = 0.04, 0.08, 0.6
    covariance = np.array([[sd_x**2, r * sd_x * sd_y], [r * sd_x * sd_y, sd_y**2]])
    people = Population(("x", "y"), np.array([0.5, 0.1]), covariance)
    mean, after = condition(people, [Observation("x", float(np.exp(0.56)), 1e-9)])
    assert mean[1] == pytest.approx(0.1 + r * sd_y / sd_x * 0.06, abs=1e-4)
    assert after[1, 1] == pytest.approx(sd_y**2 * (1 - r**2), rel=1e-3)


def test_two_observations_of_one_thing_count_by_their_precision() -> None:
    people = Population(("x",), np.array([0.0]), np.array([[100.0]]))
    seen = [Observation("x", 1.0, 0.01), Observation("x", float(np.exp(0.03)), 0.02 * np.exp(0.03))]
    mean, after = condition(people, seen)
    assert mean[0] == pytest.approx(0.03 * 1 / 5, abs=1e-4)
    assert after[0, 0] == pytest.approx(1 / (1 / 0.01**2 + 1 / 0.02**2), rel=1e-3)


@pytest.mark.parametrize("sex", ["female", "male"])
def test_the_shipped_covariances_are_symmetric_and_positive(sex: Sex) -> None:
    people = population(sex)
    assert_allclose(people.covariance, people.covariance.T, atol=1e-12)
    assert np.linalg.eigvalsh(people.covariance).min() > 0
    assert set(ALL) < set(people.names)


def test_every_measurement_comes_out_with_its_sigma_and_source() -> None:
    stated = told(height=1.66, waist_girth=0.74)
    seen = {"hip_girth": Measurement(1.00, 0.012, "photo")}
    person = infer(stated, sex="female", weight_kg=KG, observed=seen)
    assert set(person.values) == set(ALL)
    assert person.values["waist_girth"] == stated["waist_girth"]
    assert person.values["hip_girth"].source == "photo"
    assert person.values["hip_girth"].sigma < 0.012
    assert person.values["neck_girth"].source == "inferred"
    assert all(0 < m.sigma < 0.2 * m.value for m in person.values.values())


def test_knowing_more_never_widens_a_sigma() -> None:
    little = infer(told(height=1.66), sex="female")
    more = infer(told(height=1.66), sex="female", weight_kg=KG)
    most = infer(told(height=1.66, hip_girth=0.98), sex="female", weight_kg=KG, age_years=30)
    for name in ALL:
        relative = [p.values[name].sigma / p.values[name].value for p in (little, more, most)]
        assert relative == sorted(relative, reverse=True), name


def test_mass_is_inferred_where_it_was_not_told() -> None:
    person = infer(told(height=1.66, bust_girth=0.9, hip_girth=0.98), sex="female")
    assert person.weight_kg is not None
    assert person.weight_kg.source == "inferred"
    assert 50 < person.weight_kg.value < 75


def test_very_little_knowledge_is_said() -> None:
    person = infer({}, sex="male")
    assert {c.code for c in person.warnings} == {"measure.little_known"}
    assert all(c.text_ru for c in person.warnings)
    assert 1.70 < person["height"] < 1.80


def test_a_tape_value_that_contradicts_the_rest_is_kept_and_reported() -> None:
    assert codes(height=1.66, hip_girth=0.98) == set()
    person = infer(told(height=1.66, thigh_girth=0.66, hip_girth=0.95), sex="female", weight_kg=KG)
    assert "measure.contradiction" in {c.code for c in person.warnings}
    assert person["thigh_girth"] == 0.66


def test_a_tape_value_wins_over_the_photos_and_the_contradiction_is_reported() -> None:
    seen = {"waist_girth": Measurement(0.84, 0.012, "photo")}
    stated = told(height=1.66, waist_girth=0.72)
    person = infer(stated, sex="female", weight_kg=KG, observed=seen)
    assert "measure.photo_contradiction" in {c.code for c in person.warnings}
    assert person["waist_girth"] == 0.72
    close = {"waist_girth": Measurement(0.73, 0.012, "photo")}
    calm = infer(stated, sex="female", weight_kg=KG, observed=close)
    assert not calm.warnings


@pytest.mark.parametrize(
    ("stated", "hint"),
    [
        ({"height": 0.17}, "digit missing"),
        ({"height": 1.66, "waist_girth": 0.33}, "inches"),
        ({"height": 17.0}, "millimetres"),
        ({"height": 0.0166}, "metres"),
        ({"height": 1.66, "waist_girth": 1.30, "hip_girth": 0.90}, "cannot belong"),
        ({"height": 1.66, "hip_girth": 2.5}, "outside"),
    ],
)
def test_impossible_values_are_refused_with_a_hint(stated: dict[str, float], hint: str) -> None:
    with pytest.raises(BadMeasurement, match=hint):
        infer(told(**stated), sex="female")


def test_a_mass_in_pounds_is_refused_with_a_hint() -> None:
    with pytest.raises(BadMeasurement, match="pounds"):
        infer(told(height=1.66), sex="female", weight_kg=Measurement(290.0, 1.0, "stated"))


def test_a_mass_that_no_such_height_has_is_refused() -> None:
    with pytest.raises(BadMeasurement, match="cannot belong"):
        infer(
            told(height=1.95, hip_girth=0.95),
            sex="male",
            weight_kg=Measurement(31.0, 0.5, "stated"),
        )


def test_wrong_names_sexes_and_ages_are_refused() -> None:
    with pytest.raises(UnknownName, match="nose_girth"):
        infer(told(nose_girth=0.1), sex="female")
    with pytest.raises(BadMeasurement, match="female or male"):
        infer(told(height=1.7), sex="other")  # type: ignore[arg-type]
    for age in (float("nan"), -3.0, 8.0, 200.0):
        with pytest.raises(BadMeasurement, match="age"):
            infer(told(height=1.7), sex="male", age_years=age)


def test_nobody_of_the_survey_is_refused_and_few_are_doubted(
    survey_rows: list[dict[str, str]],
) -> None:
    doubted = 0
    rows = survey_rows[:: len(survey_rows) // 300]
    for row in rows:
        mass = Measurement(float(row["weight_kg"]), 0.5, "stated")
        person = infer(
            tapes_of(row),
            sex=row["sex"],  # type: ignore[arg-type]
            weight_kg=mass,
            age_years=float(row["age_years"]),
        )
        doubted += bool(person.warnings)
    assert doubted / len(rows) < 0.10


@pytest.mark.parametrize("sex", ["female", "male"])
def test_ninety_percent_intervals_hold_ninety_percent_of_people(
    sex: Sex, survey_rows: list[dict[str, str]]
) -> None:
    """Height and weight only, for each measurement that the survey took."""
    inside: dict[str, list[bool]] = {}
    for row in [r for r in survey_rows if r["sex"] == sex][:400]:
        truth = measurements(row)
        mass = Measurement(float(row["weight_kg"]), 0.1, "stated")
        height = {"height": Measurement(truth["height"], 0.001, "stated")}
        person = infer(height, sex=sex, weight_kg=mass)
        for name, value in truth.items():
            m = person.values[name]
            inside.setdefault(name, []).append(abs(value - m.value) < 1.645 * m.sigma)
    for name in inside.keys() - {"height"}:
        assert 0.84 < np.mean(inside[name]) < 0.96, name


def test_the_advice_names_the_tape_that_tells_most() -> None:
    person = infer(told(height=1.66), sex="female", weight_kg=KG)
    assert advise(person, {"waist_girth": 1.0}).name == "waist_girth"
    assert advise(person, {"wrist_girth": 1.0}).name == "wrist_girth"
    overall = advise(person)
    assert overall.after < overall.before
    assert 0 < overall.share < 1
    assert overall.name in NAMES


def test_following_the_advice_removes_what_it_promised() -> None:
    person = infer(told(height=1.66), sex="female", weight_kg=KG)
    weights = {"bust_girth": 1.0, "waist_girth": 1.0, "hip_girth": 1.0}
    advice = advise(person, weights)
    stated = told(height=1.66) | {advice.name: Measurement(person[advice.name], 0.005, "stated")}
    after = infer(stated, sex="female", weight_kg=KG)
    rms = np.sqrt(np.mean([after.values[n].sigma ** 2 for n in weights]))
    assert rms == pytest.approx(advice.after, rel=0.05)


def test_what_was_stated_is_not_advised_again() -> None:
    person = infer(told(height=1.66, waist_girth=0.74), sex="female", weight_kg=KG)
    assert "waist_girth" not in dict(advise(person).ranking)


def test_bad_weights_are_refused() -> None:
    person = infer(told(height=1.66), sex="female", weight_kg=KG)
    with pytest.raises(UnknownName, match="nose"):
        advise(person, {"nose": 1.0})
    with pytest.raises(BadMeasurement, match="at least one"):
        advise(person, {"waist_girth": 0.0})
    assert len(TAPES) == 12
