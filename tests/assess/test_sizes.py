"""Size advice from measurements alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fitting.assess import advice_json, advise, assess, comparison, confirmed, misfit, two_best
from fitting.assess.customers import DRAWS, belief, draws
from fitting.assess.size_words import advice_words
from fitting.errors import BadInput, BadMeasurement, UnknownName
from fitting.records import Measurement, Measurements, Pattern, SizeFit, SizeZone

from .cylinders import TORSO, TURN, cylinder_body, jersey, poplin, report, tube

GIRTHS = ("bust_girth", "waist_girth", "hip_girth", "upper_arm_girth")
LABELS = ("8", "10", "12", "14", "16", "18", "20")


def size(label: str, steps: float, *, ease: float = 0.10, name: str = "tee") -> Pattern:
    """One size of a run like Aldrich's: 4 cm a size on the trunk, 1.2 on the arm."""
    body = dict(
        zip(
            GIRTHS,
            (0.84 + 0.04 * steps, 0.68 + 0.04 * steps, 0.92 + 0.04 * steps, 0.272 + 0.012 * steps),
            strict=True,
        )
    )
    finished = {"bust_girth": body["bust_girth"] + ease, "upper_arm_girth": 1.2 * body[GIRTHS[3]]}
    return Pattern(name, (), (), size=label, measurements=body, finished=finished)


RUN = tuple(size(label, k) for k, label in enumerate(LABELS))


def person(*values: float, sigma: float = 0.01, **more: float) -> Measurements:
    stated = {**dict(zip(GIRTHS, values, strict=False)), **more}
    return Measurements(
        {name: Measurement(v, sigma, "stated") for name, v in stated.items()}, "female"
    )


def test_the_customer_of_a_chart_gets_her_size() -> None:
    for pattern in RUN[1:-1]:
        advice = advise(person(*pattern.measurements.values()), RUN, jersey(), survey=False)
        assert advice.best == pattern.size
        assert not advice.made_to_measure


def test_certain_measurements_give_probabilities_of_zero_or_one() -> None:
    advice = advise(person(0.92, 0.76, 1.0, 0.296, sigma=0.0), RUN, jersey(), survey=False)
    assert {round(s.probability, 9) for s in advice.sizes} == {0.0, 1.0}
    assert next(s for s in advice.sizes if s.size == "12").probability_as_designed == 1


def test_one_gaussian_zone_has_the_probability_of_the_normal_distribution() -> None:
    from scipy.stats import norm

    one = [replace(p, measurements={"bust_girth": p.measurements["bust_girth"]}) for p in RUN]
    advice = advise(person(0.93, sigma=0.02), one, jersey(), survey=False)
    for pattern, found in zip(one, advice.sizes, strict=True):
        # Ten cm of design ease: as close as 5 cm less, as loose as 8 cm more.
        body = pattern.measurements["bust_girth"]
        low, high = body - 0.08, body + 0.05
        exact = norm.cdf(high, 0.93, 0.02) - norm.cdf(low, 0.93, 0.02)
        assert found.probability == pytest.approx(exact, abs=2e-3)
        assert found.zones[0].probability == pytest.approx(exact, abs=2e-3)


def test_the_neighbours_are_told_as_tight_and_loose_with_the_centimetres() -> None:
    advice = advise(person(0.92, 0.76, 1.0, 0.296), RUN, jersey(), survey=False)
    assert "Take size 12" in advice.text
    assert "One size smaller, 10, would be close at the bust" in advice.text
    assert "(cut for 4.0 cm less)" in advice.text
    assert "One size larger, 14" in advice.text
    assert "Берите размер 12" in advice.text_ru
    assert "плотно в груди и в бёдрах (рассчитан на 4,0 см меньше)" in advice.text_ru


def test_sleeves_are_told_as_short_and_long_not_as_tight_and_wide() -> None:
    zone = SizeZone("arm_length", 0.03, "snug", 0.4)
    sizes = [SizeFit("12", 0.97, 0.9, 0.1, ()), SizeFit("14", 0.4, 0.0, 1.0, (zone,))]
    text, text_ru = advice_words(sizes, 0, "12", None, 0.0, None, False, False, False)
    assert "14, would be short in the sleeves (cut for 3.0 cm less)" in text
    assert "14: коротки рукава (рассчитан на 3,0 см меньше)" in text_ru


def test_a_size_that_is_unlikely_to_fit_is_not_told_to_be_taken() -> None:
    zone = SizeZone("hip_girth", 0.06, "snug", 0.3)
    fits = SizeFit("12", 0.27, 0.0, 1.0, (zone,))
    text, text_ru = advice_words([fits], 0, "12", None, 0.0, None, True, True, False)
    assert text.startswith(
        "Size 12 is the nearest, but fits with a probability of 27 % only: "
        "it would be close at the hip (cut for 6.0 cm less)."
    )
    assert text_ru.startswith("Ближе всего размер 12, но подойдёт лишь с вероятностью 27 %: плотно")


def test_a_customer_between_two_sizes_learns_which_tape_reading_decides() -> None:
    read = dict(zip(GIRTHS, (0.939, 0.779, 1.019, 0.302), strict=True))
    advice = advise(person(**read), RUN, jersey(), survey=False)
    assert advice.decisive in GIRTHS
    assert abs(advice.decisive_by) < 0.02
    read[advice.decisive] += advice.decisive_by * 1.05
    assert advise(person(**read), RUN, jersey(), survey=False).best == advice.decisive_size
    assert "measure it again" in advice.text


def test_a_customer_in_the_middle_of_a_size_needs_no_second_reading() -> None:
    sure = advise(person(0.92, 0.76, 1.0, 0.296, sigma=0.002), RUN, jersey(), survey=False)
    assert sure.decisive is None


def test_a_figure_unlike_the_chart_is_told_to_have_it_made() -> None:
    pear = advise(person(0.86, 0.70, 1.14, 0.29), RUN, jersey(), survey=False)
    assert pear.made_to_measure
    assert "Made to measure is worth it" in pear.text


def test_made_to_measure_beside_a_size_that_fits_says_what_it_is_worth_it_for() -> None:
    fits = SizeFit("12", 0.97, 0.04, 0.1, ())
    text, _ = advice_words([fits], 0, "12", None, 0.0, None, True, False, False)
    assert "fits with a probability of 97 %" in text
    assert "as designed in every zone with a probability of 4 % only" in text


def test_a_giant_gets_no_size_at_all() -> None:
    giant = advise(person(1.5, 1.4, 1.6, 0.5), RUN, jersey(), survey=False)
    assert giant.best is None
    assert giant.made_to_measure
    assert giant.text.startswith("No size fits: the nearest is 20")


def test_cloth_that_gives_way_fits_more_people_than_cloth_that_does_not() -> None:
    close = tuple(size(label, k, ease=0.04) for k, label in enumerate(LABELS))
    who = person(0.95, 0.76, 1.0, 0.296)
    stretchy, stiff = (advise(who, close, cloth, survey=False) for cloth in (jersey(), poplin()))
    for one, other in zip(stretchy.sizes, stiff.sizes, strict=True):
        assert one.probability >= other.probability


def test_eighty_per_cent_means_eighty_per_cent() -> None:
    """Customers of the survey, measured with the stated error, told a size fits with about 80 %."""
    rng = np.random.default_rng(11)
    names = (*GIRTHS, "height")
    anyone = Measurements({n: Measurement(1.0, 1.0, "inferred") for n in names}, "female")
    mean, covariance = _women(anyone, names)
    said, came_true = [], []
    for _ in range(700):
        true = rng.multivariate_normal(mean, covariance)
        seen = true + rng.normal(0, 0.02, len(names))
        advice = advise(person(sigma=0.02, **dict(zip(names, seen, strict=True))), RUN, jersey())
        truth = advise(
            person(sigma=0.0, **dict(zip(names, true, strict=True))), RUN, jersey(), survey=False
        )
        for told, fact in zip(advice.sizes, truth.sizes, strict=True):
            said.append(told.probability)
            came_true.append(fact.probability > 0.5)
    held = (np.array(said) > 0.75) & (np.array(said) < 0.85)
    assert held.sum() > 200
    assert 0.75 <= np.array(came_true)[held].mean() <= 0.85
    sure = np.array(said) > 0.95
    assert np.array(came_true)[sure].mean() > 0.94


def _women(anyone: Measurements, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Mean [m] and covariance [m²] of the survey's women, nothing being known of them."""
    from fitting.assess.customers import _survey

    known, mean, covariance = _survey("female")
    at = [known.index(name) for name in names]
    middle = np.exp(mean[at])
    assert set(anyone.values) == set(names)
    return middle, covariance[np.ix_(at, at)] * np.outer(middle, middle)


def test_an_odd_reading_is_drawn_towards_what_people_are_like() -> None:
    names = ("bust_girth", "waist_girth", "hip_girth")
    odd = person(0.92, 0.76, 1.20, sigma=0.03)
    mean, covariance = belief(odd, names, survey=True)
    assert 1.10 < mean[2] < 1.20
    assert np.sqrt(covariance[2, 2]) < 0.03
    plain, spread = belief(odd, names, survey=False)
    assert plain == pytest.approx([0.92, 0.76, 1.20])
    assert np.sqrt(np.diag(spread)) == pytest.approx(0.03)


def test_the_draws_have_the_mean_and_covariance_they_are_asked_for() -> None:
    mean = np.array([0.92, 0.76, 1.0])
    covariance = np.array([[4.0, 2, 1], [2, 5, 2], [1, 2, 3]]) * 1e-4
    drawn = draws(mean, covariance)
    assert drawn.shape == (3, DRAWS)
    assert drawn.mean(1) == pytest.approx(mean, abs=1e-4)
    assert np.cov(drawn) == pytest.approx(covariance, abs=1e-5)


# ---- bad input -----------------------------------------------------------------------------------


def test_no_sizes_are_refused() -> None:
    with pytest.raises(BadInput, match="no size was given"):
        advise(person(0.92), (), jersey())


def test_sizes_of_several_garments_are_refused() -> None:
    with pytest.raises(BadInput, match="shirt, tee"):
        advise(person(0.92), (RUN[0], size("8", 0, name="shirt")), jersey())


def test_a_customer_without_a_deciding_measurement_is_asked_for_one() -> None:
    with pytest.raises(BadMeasurement, match="measure bust_girth"):
        advise(person(height=1.7), RUN, jersey())


def test_sizes_that_name_no_body_are_refused() -> None:
    bare = replace(RUN[0], measurements={})
    with pytest.raises(BadInput, match="which body they were drafted for"):
        advise(person(0.92), (bare,), jersey())


# ---- confirmed by draping ------------------------------------------------------------------------


def draped(label: str, ease: float, stop: str = "at_rest"):
    """A tube in a size whose chart body is that much smaller than the customer, with 10 cm ease."""
    body = TURN * TORSO
    flat = body + ease
    drape = tube(
        cylinder_body(),
        radius=max(flat, body + 0.002) / TURN,
        flat=flat,
        size=label,
        measurements={"bust_girth": flat - 0.10},
        finished={"bust_girth": flat},
    )
    return assess(replace(drape, report=report(stop_reason=stop)))


def test_the_two_sizes_worth_draping_are_the_best_and_its_better_neighbour() -> None:
    advice = advise(person(0.94, 0.78, 1.02, 0.30), RUN, jersey(), survey=False)
    best, other = two_best(advice)
    assert best == advice.best
    assert abs(LABELS.index(best) - LABELS.index(other)) == 1


def test_the_drape_confirms_or_corrects_the_advice() -> None:
    advice = advise(person(0.92, 0.76, 1.0, 0.296), RUN, jersey(), survey=False)
    good, wide = draped("12", 0.10), draped("14", 0.19)
    same = confirmed(advice, {"12": good, "14": wide})
    assert same.best == "12"
    assert "The drape confirms it: it fits as designed." in same.text
    other = confirmed(advice, {"12": draped("12", 0.0), "14": draped("14", 0.10)})
    assert other.best == "14"
    assert "size 14 sits better" in other.text
    assert "размер 14" in other.text_ru


def test_a_wider_tube_is_never_a_worse_misfit_than_a_much_wider_one() -> None:
    assert misfit(draped("12", 0.10)) < misfit(draped("14", 0.15)) < misfit(draped("16", 0.21))


def test_drapes_that_cannot_be_compared_are_refused() -> None:
    advice = advise(person(0.92, 0.76, 1.0, 0.296), RUN, jersey(), survey=False)
    with pytest.raises(BadInput, match="not come to rest"):
        confirmed(advice, {"12": draped("12", 0.10, stop="time_limit")})
    with pytest.raises(UnknownName, match="'XXL'"):
        confirmed(advice, {"XXL": draped("12", 0.10)})
    with pytest.raises(BadInput, match="no size was draped"):
        confirmed(advice, {})


def test_made_to_measure_is_held_beside_the_nearest_size_zone_by_zone() -> None:
    made, off = draped("", 0.10), draped("14", 0.14)
    tree = comparison(made, off)
    assert tree["size"] == "14"
    assert tree["fabric_area_m2"]["size"] > tree["fabric_area_m2"]["made_to_measure"]
    assert tree["zones"][0]["zone"] == "bust"
    assert tree["zones"][0]["gain_cm"] == pytest.approx(4.0, abs=0.1)


def test_advice_json_is_plain_and_has_every_size() -> None:
    tree = advice_json(advise(person(0.92, 0.76, 1.0, 0.296), RUN, jersey()))
    assert [row["size"] for row in tree["sizes"]] == list(LABELS)
    assert tree["best"] == "12"
    assert set(tree["summary"]) == {"en", "ru"}
