"""A garment in the sizes of a chart, the size for a customer, and a pattern altered for her.

Nothing is draped here: `fitting.tryon` confirms the advice on the body.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fitting.errors import BadInput, FittingError
from fitting.records import (
    Alteration,
    Drape,
    Fabric,
    Measurement,
    Measurements,
    Pattern,
    Sex,
    SizeAdvice,
)
from fitting.store import fingerprint

if TYPE_CHECKING:
    from fitting.pattern import Garment

# Charts that are asked where nobody names one: numbers that grow by 4 cm at the bust or chest, as
CHARTS: Mapping[Sex, str] = {"female": "uk-women", "male": "de-men"}
# Stature of a size whose chart states none [m]: the middle of Aldrich's medium heights for women
# (160 to 172 cm) and of the regular lengths of men's ready-to-wear (174 to 182 cm).
HEIGHT: Mapping[Sex, float] = {"female": 1.66, "male": 1.78}
_SIGMA = 0.005
# Runs drafted before in this process, so that advice takes milliseconds: about 1 MB each.
_runs: dict[str, tuple[Pattern, ...]] = {}
_RUNS_KEPT = 64


def measurements_of_size(spec: str) -> Measurements:
    """What a size CHART:LABEL states, completed by the survey at the chart's or a usual height."""
    from fitting.body import infer
    from fitting.pattern import size

    found = size(spec)
    usual = {"height": Measurement(HEIGHT[found.sex], _SIGMA, "stated")}
    return infer({**usual, **found.stated}, sex=found.sex)


def run_of_sizes(
    garment: str | Garment, fabric: Fabric, *, chart: str, options: Mapping[str, Any] | None = None
) -> tuple[Pattern, ...]:
    """The garment drafted in every size of a chart that it can be drafted in.

    Raises:
        UnknownName: No such garment or chart.
        BadInput: It cannot be drafted in any of its sizes.
    """
    if not isinstance(garment, str):
        return _run(garment, fabric, chart, options or {})
    key = fingerprint(garment, fabric, chart, dict(sorted((options or {}).items())))
    if key not in _runs:
        if len(_runs) >= _RUNS_KEPT:
            del _runs[next(iter(_runs))]
        _runs[key] = _run(garment, fabric, chart, options or {})
    return _runs[key]


def _run(
    garment: str | Garment, fabric: Fabric, chart: str, options: Mapping[str, Any]
) -> tuple[Pattern, ...]:
    from fitting.pattern import check_options, draft, size, size_charts

    check_options(garment, options)
    charts = size_charts()
    if chart not in charts:
        size(f"{chart}:")  # says which charts there are
    sizes, why = [], ""
    for label in charts[chart].labels():
        spec = f"{chart}:{label}"
        try:
            cut = draft(garment, measurements_of_size(spec), options=options, fabric=fabric)
        except FittingError as error:  # a doll's size of a chart need not have every garment
            why = f"{spec}: {error}"
            continue
        sizes.append(replace(cut, size=label))
    if not sizes:
        name = garment if isinstance(garment, str) else garment.name
        raise BadInput(f"a {name} cannot be drafted in any size of {chart}; {why}")
    return tuple(sizes)


def advice(
    measurements: Measurements,
    garment: str | Garment,
    fabric: Fabric,
    *,
    chart: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> SizeAdvice:
    """Which size of a garment, from measurements alone.

    Args:
        measurements: Of the customer.
        garment: As `fitting garments` lists them, or one of one's own.
        fabric: What it is made of.
        chart: As `fitting charts` lists them; the letters for the customer's sex if None.
        options: Drafting options.
    """
    from fitting.assess import advise

    chart = chart or CHARTS[measurements.sex]
    run = run_of_sizes(garment, fabric, chart=chart, options=options)
    return replace(advise(measurements, run, fabric), chart=chart)


def advice_for(draped: Drape) -> SizeAdvice | None:
    """Which size of a draped garment its wearer would take; None where nothing tells.

    Her measurements and the garment's options are in the drape; patterns from elsewhere and
    bodies without measurements have no sizes to choose from.
    """
    from fitting.pattern import catalogue

    pattern, who = draped.cloth.pattern, draped.body.measurements
    if who is None or pattern.name not in catalogue() or not pattern.options:
        return None
    try:
        return advice(who, pattern.name, draped.fabric, options=pattern.options)
    except FittingError:
        return None  # options that suit her alone, such as a length in centimetres, have no run


def altered(
    pattern: Pattern, made: Sequence[Alteration], fabric: Fabric, *, sex: Sex = "female"
) -> Pattern:
    """A pattern drafted again with its alterations made.

    Args:
        pattern: A garment of ours, with the body and the options it was drafted for.
        made: Alterations of its fit report.
        fabric: What it is made of.
        sex: Of the wearer: which side buttons over.
    Returns:
        The pattern, which names the body that it suits now instead of the one of its size.
    Raises:
        BadInput: There is nothing to alter, or no option of the garment does it.
    """
    from fitting.assess import altered_body, altered_options
    from fitting.pattern import draft

    if not made:
        raise BadInput(f"the {pattern.name} needs no alteration")
    options = altered_options(pattern, made)
    if options == dict(pattern.options):
        raise BadInput(
            f"no option of the {pattern.name} does what is asked ({made[0].text}); a tailor does"
        )
    if not pattern.measurements:
        raise BadInput(f"the pattern {pattern.name!r} does not say for which body it was drafted")
    body = {n: Measurement(v, _SIGMA, "stated") for n, v in pattern.measurements.items()}
    wearer = Measurements(body, sex)
    again = draft(pattern.name, wearer, options=options, fabric=fabric)
    return replace(again, size=pattern.size, measurements=altered_body(pattern, made))
