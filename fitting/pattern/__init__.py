"""Sewing patterns drafted to measure, checked, drawn and exchanged.

``draft`` makes a `Pattern` for a garment of the catalogue; ``read_pattern`` reads one from a file.
Either passes ``require_sewable`` before it is draped or cut.
"""

from fitting.pattern.design import Garment, Option, Options
from fitting.pattern.drafting import draft
from fitting.pattern.exchange import formats_by_suffix, read_pattern
from fitting.pattern.gate import Fault, check, require_sewable
from fitting.pattern.wardrobe import catalogue, check_options, garment, garments

__all__ = [
    "Fault",
    "Garment",
    "Option",
    "Options",
    "catalogue",
    "check",
    "check_options",
    "draft",
    "formats_by_suffix",
    "garment",
    "garments",
    "read_pattern",
    "require_sewable",
]
