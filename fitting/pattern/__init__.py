"""Sewing patterns drafted to measure, checked, drawn and exchanged.

``draft`` makes a `Pattern` for a garment of the catalogue; ``read_pattern`` reads one from a file.
Either passes ``require_sewable`` before it is draped or cut.
"""

from fitting.pattern.charts import Chart, Size, size, size_charts, sizes
from fitting.pattern.design import Garment, Option, Options
from fitting.pattern.drafting import draft
from fitting.pattern.exchange import Style, beside, formats_by_suffix, nest_files, read_pattern
from fitting.pattern.gate import Fault, check, require_sewable
from fitting.pattern.grading import grade_rules, graded
from fitting.pattern.own import garment_from
from fitting.pattern.report import summary
from fitting.pattern.wardrobe import catalogue, check_options, garment, garments

__all__ = [
    "Chart",
    "Fault",
    "Garment",
    "Option",
    "Options",
    "Size",
    "Style",
    "beside",
    "catalogue",
    "check",
    "check_options",
    "draft",
    "formats_by_suffix",
    "garment",
    "garment_from",
    "garments",
    "grade_rules",
    "graded",
    "nest_files",
    "read_pattern",
    "require_sewable",
    "size",
    "size_charts",
    "sizes",
    "summary",
]
