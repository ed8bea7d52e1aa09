"""Grade rule tables (.RUL) beside a DXF: how far each numbered point moves from size to size."""

from __future__ import annotations

import re

from fitting.errors import BadPattern
from fitting.pattern.grading import GradeRules
from fitting.units import INCH, MM

_PER_LINE = 4  # pairs of numbers a line


def write(rules: GradeRules, *, name: str, english: bool = False) -> bytes:
    """The rules as a text table.

    Args:
        rules: From `fitting.pattern.grading.grade_rules`.
        name: Of the table.
        english: In inches instead of millimetres.
    """
    unit = INCH if english else MM
    sizes = [s.rpartition(":")[2] for s in rules.sizes]
    lines = [
        "ASTM/DXF VERSION: D6673-10",
        f"UNITS: {'ENGLISH' if english else 'METRIC'}",
        f"GRADE RULE TABLE: {name}",
        f"NUMBER OF SIZES: {len(sizes)}",
        f"SIZE LIST: {' '.join(sizes)}",
        f"SAMPLE SIZE: {rules.sample.rpartition(':')[2]}",
    ]
    for number, moves in sorted(rules.rules.items()):
        lines.append(f"RULE: DELTA {number}")
        pairs = [f"{dx / unit:10.3f},{dy / unit:9.3f}" for dx, dy in moves]
        lines += ["  ".join(pairs[i : i + _PER_LINE]) for i in range(0, len(pairs), _PER_LINE)]
    return "\r\n".join([*lines, "END", ""]).encode("ascii", "replace")


def read(data: bytes) -> GradeRules:
    """Read a grade rule table; which points take which rule stands in the DXF.

    Raises:
        BadPattern: It is no such table; the message names the rule.
    """
    text = data.decode("ascii", "replace")
    head = {}
    for key in ("UNITS", "SIZE LIST", "SAMPLE SIZE", "NUMBER OF SIZES"):
        found = re.search(rf"^\s*{key}\s*:\s*(.*?)\s*$", text, re.M | re.I)
        if found is None:
            raise BadPattern(f"the rule table has no line {key}; give a .RUL file")
        head[key] = found.group(1)
    sizes = tuple(head["SIZE LIST"].split())
    unit = INCH if head["UNITS"].upper().startswith("ENGLISH") else MM
    rules = {}
    number = r"[-+]?(?:\d+\.?\d*|\.\d+)"
    for part in re.split(r"^\s*RULE\s*:\s*DELTA\s*", text, flags=re.M | re.I)[1:]:
        name, _, body = part.partition("\n")
        pairs = re.findall(rf"({number})\s*,\s*({number})", body)
        if len(pairs) != len(sizes):
            raise BadPattern(
                f"rule {name.strip()} has {len(pairs)} moves for {len(sizes)} sizes; "
                "the table is cut short"
            )
        rules[int(name)] = tuple((float(x) * unit, float(y) * unit) for x, y in pairs)
    return GradeRules(sizes, head["SAMPLE SIZE"], rules, {})
