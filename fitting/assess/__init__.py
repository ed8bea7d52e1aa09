"""Does the garment fit, where not, and which size or change would make it.

>>> from fitting.assess import assess, fit_json
>>> report = assess(drape)  # doctest: +SKIP
>>> print(report.text)  # doctest: +SKIP
It fits as designed.
"""

from __future__ import annotations

from fitting.assess.alterations import altered_body, altered_options
from fitting.assess.confirm import comparison, confirmed, misfit, two_best
from fitting.assess.fit_json import advice_json, fit_json, fits_json
from fitting.assess.report import Fitting, assess, judge, maps, measure
from fitting.assess.sections import section_svg, sections_svg
from fitting.assess.sizes import advise

__all__ = [
    "Fitting",
    "advice_json",
    "advise",
    "altered_body",
    "altered_options",
    "assess",
    "comparison",
    "confirmed",
    "fit_json",
    "fits_json",
    "judge",
    "maps",
    "measure",
    "misfit",
    "section_svg",
    "sections_svg",
    "two_best",
]
