"""Random options within their bounds: the garment can be sewn, or an option is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitting.errors import BadOption
from fitting.pattern import Option, check, draft, garments
from tests.pattern.conftest import person


def _values(option: Option) -> st.SearchStrategy[Any]:
    if option.kind == "choice":
        return st.sampled_from(option.choices)
    if option.kind == "flag":
        return st.booleans()
    if option.kind == "count":
        return st.integers(int(option.low), int(option.high))
    return st.floats(option.low, option.high)


@st.composite
def chosen(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Some of a garment's options, each within its bounds."""
    options = garments()[name].options
    names = draw(st.sets(st.sampled_from(sorted(options)), max_size=len(options)))
    return {n: draw(_values(options[n])) for n in sorted(names)}


@pytest.mark.parametrize("name", sorted(garments()))
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data(), sex=st.sampled_from(["female", "male"]))
def test_random_options_are_sewable_or_name_the_option(
    name: str, data: st.DataObject, sex: str
) -> None:
    options = data.draw(chosen(name))
    pattern, refusal = None, ""
    try:
        pattern = draft(name, person(sex), options=options)
    except BadOption as error:
        refusal = str(error)
    if pattern is None:
        assert any(option in refusal for option in garments()[name].options)
    else:
        assert check(pattern, measurements=person(sex)) == ()
