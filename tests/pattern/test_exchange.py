"""Files: what is written reads back, and other programs' files are read as they mean it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import ezdxf
import numpy as np
import pytest

from fitting.errors import BadPattern, UnknownName
from fitting.pattern import beside, check, draft, formats_by_suffix, garments, read_pattern
from fitting.pattern.exchange import angles, curvefit, dxf, dxf_read
from fitting.pattern.exchange import json as pattern_json
from fitting.pattern.placement import TO_BACK, TO_LEFT, TO_RIGHT, UNTURNED
from fitting.records import FloatArray, Measurements, Pattern

NAMES = sorted(garments())


def same(a: Pattern, b: Pattern) -> bool:
    """Are two patterns equal to the last bit."""
    plain = {k: v for k, v in vars(a).items() if k != "panels"}
    if plain != {k: v for k, v in vars(b).items() if k != "panels"} or len(a.panels) != len(
        b.panels
    ):
        return False
    for p, q in zip(a.panels, b.panels, strict=True):
        x, y = dict(vars(p)), dict(vars(q))
        if not (x.pop("vertices") == y.pop("vertices")).all() or x != y:
            return False
    return True


def spec(**edge: Any) -> dict[str, Any]:
    """A GarmentCode file of one triangle whose first edge has these keys more."""
    return {
        "pattern": {
            "panels": {
                "top": {
                    "vertices": [[0, 0], [10, 0], [0, 20]],
                    "edges": [
                        {"endpoints": [0, 1], **edge},
                        {"endpoints": [1, 2]},
                        {"endpoints": [2, 0]},
                    ],
                    "translation": [1, 2, 3],
                    "rotation": [0, 0, 0],
                }
            },
            "stitches": [],
        },
        "properties": {"curvature_coords": "relative", "units_in_meter": 100},
    }


def read(tree: dict[str, Any]) -> Pattern:
    return pattern_json.read(json.dumps(tree).encode())


# ---- our JSON ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_pattern_survives_its_file_to_the_last_bit(name: str, woman: Measurements) -> None:
    pattern = draft(name, woman, size="en13402-women:M")
    data = pattern_json.write(pattern)
    back = pattern_json.read(data)
    assert same(pattern, back)
    assert pattern_json.write(back) == data


def test_extras_lie_under_one_key_that_others_pass_over(woman: Measurements) -> None:
    tree = json.loads(pattern_json.write(draft("tee", woman)))
    for stitch in tree["pattern"]["stitches"]:
        assert {"panel", "edge"} <= set(stitch[0])
        assert set(stitch[1]) == {"panel", "edge"}
    assert set(tree) == {"pattern", "parameters", "parameter_order", "properties", "atelier"}


def test_a_file_that_is_no_pattern_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPattern, match="not JSON"):
        pattern_json.read(b"{")
    with pytest.raises(BadPattern, match="not a GarmentCode pattern"):
        pattern_json.read(b'{"panels": {}}')
    with pytest.raises(BadPattern, match="cannot read"):
        pattern_json.read(tmp_path / "nowhere.json")


def test_a_broken_panel_is_named() -> None:
    tree = spec()
    tree["pattern"]["panels"]["top"]["edges"][0]["endpoints"] = [0, 7]
    with pytest.raises(BadPattern, match=r"panel 'top' cannot be read .*vertex 7 of 3"):
        read(tree)


def test_a_stitch_of_an_unknown_form_is_refused() -> None:
    tree = spec()
    tree["pattern"]["stitches"] = [[{"panel": "top", "edge": 0}]]
    with pytest.raises(BadPattern, match="a stitch of an unknown form"):
        read(tree)


# ---- GarmentCode's JSON --------------------------------------------------------------------------


def test_centimetres_become_metres_and_other_units_too() -> None:
    assert read(spec()).panel("top").vertices[2] == pytest.approx([0.0, 0.2])
    tree = spec()
    tree["properties"]["units_in_meter"] = 1000
    assert read(tree).panel("top").vertices[2] == pytest.approx([0.0, 0.02])


@pytest.mark.parametrize(
    ("curvature", "middle"),
    [
        ([0.5, 0.4], (0.05, 0.02)),  # the first generation: one control point
        ({"type": "quadratic", "params": [[0.5, 0.4]]}, (0.05, 0.02)),
        ({"type": "cubic", "params": [[0.0, 0.4], [1.0, 0.4]]}, (0.05, 0.03)),
        ({"type": "circle", "params": [5, 0, 1]}, (0.05, -0.05)),  # bulges to the right
        ({"type": "circle", "params": [5, 0, 0]}, (0.05, 0.05)),
        ({"type": "circle", "params": [1, 0, 0]}, (0.05, 0.05)),  # enlarged to half the chord
    ],
)
def test_curved_edges_bulge_the_way_the_format_says(
    curvature: Any, middle: tuple[float, float]
) -> None:
    panel = read(spec(curvature=curvature)).panel("top")
    assert panel.edge_points(0, np.array([0.5]))[0] == pytest.approx(middle, abs=1e-6)


def test_all_four_kinds_of_arc_have_their_lengths() -> None:
    lengths = {}
    for large in (0, 1):
        for right in (0, 1):
            curvature = {"type": "circle", "params": [8, large, right]}
            panel = read(spec(curvature=curvature)).panel("top")
            lengths[large, right] = panel.edge_length(0)
    small = 2 * 0.08 * np.arcsin(0.05 / 0.08)
    assert lengths[0, 0] == lengths[0, 1] == pytest.approx(small)
    assert lengths[1, 0] == lengths[1, 1] == pytest.approx(2 * np.pi * 0.08 - small)


def test_absolute_controls_and_recentred_panels_of_old_files_are_read() -> None:
    tree = spec(curvature={"type": "quadratic", "params": [[5, 4]]})
    tree["properties"] |= {"curvature_coords": "absolute", "normalize_panel_translation": True}
    panel = read(tree).panel("top")
    shift = np.array([10 / 3, 20 / 3]) / 100
    assert panel.edge_points(0, np.array([0.5]))[0] == pytest.approx([0.05, 0.02] - shift)
    assert panel.placement.translation == pytest.approx((0.01 + shift[0], 0.02 + shift[1], 0.03))


def test_unequal_sides_become_ease_or_gathers_and_legs_of_a_tip_a_dart() -> None:
    tree = spec()
    tree["pattern"]["panels"]["low"] = tree["pattern"]["panels"]["top"]
    tree["pattern"]["stitches"] = [
        [{"panel": "top", "edge": 0}, {"panel": "low", "edge": 1}],
        [{"panel": "top", "edge": 1}, {"panel": "top", "edge": 2}],
        [{"panel": "low", "edge": 0}, {"panel": "low", "edge": 2}, "right_wrong"],
    ]
    gather, dart, crossed = read(tree).seams
    assert (gather.kind, dart.kind) == ("gather", "dart")
    assert gather.ease == pytest.approx(0.1 - np.hypot(0.1, 0.2))
    assert crossed.right_wrong


def test_a_stitch_to_nowhere_is_left_to_the_gate() -> None:
    tree = spec()
    tree["pattern"]["stitches"] = [[{"panel": "top", "edge": 0}, {"panel": "gone", "edge": 1}]]
    assert "no_such_panel" in [f.code for f in check(read(tree))]


@pytest.mark.parametrize(
    "degrees", [(0, 0, 0), (0, 180, 0), (0, 90, 0), (30, -20, 70), (90, 45, 0)]
)
def test_angles_and_matrices_agree(degrees: tuple[float, float, float]) -> None:
    matrix = angles.matrix_of(degrees)
    assert np.array(matrix) @ np.array(matrix).T == pytest.approx(np.eye(3))
    assert np.array(angles.matrix_of(angles.degrees_of(matrix))) == pytest.approx(np.array(matrix))


def test_our_placements_have_the_angles_one_would_write() -> None:
    assert angles.degrees_of(UNTURNED) == (0.0, 0.0, 0.0)
    assert angles.degrees_of(TO_BACK) == (0.0, 180.0, 0.0)
    assert angles.degrees_of(TO_LEFT) == (0.0, 90.0, 0.0)
    assert angles.degrees_of(TO_RIGHT) == (0.0, -90.0, 0.0)


def test_rotation_turns_about_x_first_about_fixed_axes() -> None:
    turned = np.array(angles.matrix_of((90, 0, 90))) @ [0.0, 1.0, 0.0]
    assert turned == pytest.approx([0.0, 0.0, 1.0], abs=1e-12)


def test_open_patterns_keep_lengths_seams_and_placement(shared: Path) -> None:
    files = sorted((shared / "patterns").glob("*.json"))
    assert len(files) == 54
    for file in files:
        before = json.loads(file.read_bytes())
        pattern = pattern_json.read(file)
        after = json.loads(pattern_json.write(pattern))
        again = read(after)
        for a, b in zip(pattern.panels, again.panels, strict=True):
            lengths = [[p.edge_length(i) for i in range(len(p.edges))] for p in (a, b)]
            assert np.abs(np.subtract(*lengths)).max() < 1e-7  # [m], 1e-5 cm
            assert a.placement.rotation == b.placement.rotation
        ends = [
            [(s[0]["panel"], s[0]["edge"], s[1]["panel"], s[1]["edge"], len(s)) for s in t]
            for t in (before["pattern"]["stitches"], after["pattern"]["stitches"])
        ]
        assert ends[0] == ends[1]
        refused = [f.code for f in check(pattern)]
        assert bool(refused) == file.name.startswith("bad_")
        assert set(refused) <= {"self_intersecting"}


# ---- DXF -----------------------------------------------------------------------------------------


def farthest(a: Pattern, b: Pattern) -> float:
    """Greatest distance between the same places of the same edges [m]."""
    worst = 0.0
    at = np.linspace(0, 1, 21)
    for panel in a.panels:
        other = b.panel(panel.name)
        assert len(panel.edges) == len(other.edges)
        for i in range(len(panel.edges)):
            gap = panel.edge_points(i, at) - other.edge_points(i, at)
            worst = max(worst, float(np.hypot(*gap.T).max()))
    return worst


@pytest.mark.parametrize("name", NAMES)
def test_dxf_reads_back_to_the_same_pieces(name: str, woman: Measurements) -> None:
    pattern = draft(name, woman)
    back = dxf_read.read(dxf.write(pattern), beside=dxf.sidecar(pattern))
    assert farthest(pattern, back) < 5e-5
    assert back.seams == pattern.seams
    assert back.openings == pattern.openings
    for panel in pattern.panels:
        other = back.panel(panel.name)
        assert set(other.notches) == set(panel.notches)
        assert np.hypot(*np.subtract(other.grain, panel.grain)) < 1e-5
        assert (other.cut, other.fold, other.material) == (panel.cut, panel.fold, panel.material)
        assert [li.name for li in other.lines if li.name != "internal"] == [
            li.name for li in panel.lines
        ]
        assert np.array(other.drills) == pytest.approx(np.array(panel.drills), abs=1e-5)
    assert check(back, measurements=woman) == ()


@pytest.mark.parametrize("dialect", sorted(dxf.DIALECTS))
def test_every_dialect_opens_without_errors_and_reads_back(
    dialect: str, woman: Measurements, tmp_path: Path
) -> None:
    pattern = draft("shirt", woman, size="en13402-women:M")
    data = dxf.write(pattern, dialect=dialect)
    (tmp_path / "shirt.dxf").write_bytes(data)
    document = ezdxf.readfile(tmp_path / "shirt.dxf")
    audit = document.audit()
    assert not audit.errors
    assert not audit.fixes
    assert {b.name for b in document.blocks if not b.name.startswith("*")} == {
        dxf.block_name(p.name, "M") for p in pattern.panels
    }
    back = dxf_read.read(data)
    assert farthest(pattern, back) < 5e-5
    assert back.size == "M"
    assert sum(len(p.notches) for p in back.panels) == sum(len(p.notches) for p in pattern.panels)


def test_names_in_other_letters_come_back_from_a_dxf(woman: Measurements) -> None:
    pattern = draft("tank", woman)
    russian = {"front": "перед", "back": "спина"}
    panels = tuple(dataclasses.replace(p, name=russian.get(p.name, p.name)) for p in pattern.panels)
    named = dataclasses.replace(pattern, name="майка", panels=panels, seams=(), openings=())
    back = dxf_read.read(dxf.write(named))
    assert back.name == "майка"
    assert [p.name for p in back.panels] == [p.name for p in panels]


def test_an_unknown_dialect_is_refused(woman: Measurements) -> None:
    with pytest.raises(UnknownName, match=r"'clo'.*aama, astm-sew|there are: astm"):
        dxf.write(draft("tank", woman), dialect="clo")


def _dxf(*entities: str) -> bytes:
    """A file of one block as another program might write it: padded codes, closed by repetition."""
    text = "  0\nSECTION\n  2\nBLOCKS\n  0\nBLOCK\n  8\n1\n  2\nFRONT_40\n" + "".join(entities)
    return (text + "  0\nENDBLK\n  0\nENDSEC\n  0\nEOF\n").replace("\n", "\r\n").encode()


def _polyline(points: list[tuple[float, float]], layer: int = 1, flag: int = 0) -> str:
    head = f"  0\nPOLYLINE\n  8\n{layer}\n 66\n1\n 70\n{flag}\n"
    body = "".join(f"  0\nVERTEX\n  8\n{layer}\n 10\n{x}\n 20\n{y}\n" for x, y in points)
    return head + body + f"  0\nSEQEND\n  8\n{layer}\n"


def _text(words: str) -> str:
    return f"  0\nTEXT\n  8\n1\n 10\n0\n 20\n0\n 40\n6\n  1\n{words}\n"


SQUARE = [(0.0, 0.0), (200.0, 0.0), (200.0, 300.0), (0.0, 300.0)]


def test_a_strangers_file_is_read_without_marks_of_corners() -> None:
    data = _dxf(_polyline([*SQUARE, SQUARE[0]]), _text("PIECE NAME: Front"), _text("QUANTITY: 1,1"))
    panel = dxf_read.read(data).panel("Front")
    assert len(panel.edges) == 4
    assert panel.cut == 2
    assert sorted(round(panel.edge_length(i), 6) for i in range(4)) == [0.2, 0.2, 0.3, 0.3]


def test_the_sewn_line_is_preferred_and_the_boundary_taken_without_it() -> None:
    inner = [(10.0, 10.0), (190.0, 10.0), (190.0, 290.0), (10.0, 290.0)]
    both = dxf_read.read(_dxf(_polyline(SQUARE, 1, 1), _polyline(inner, 14, 1))).panels[0]
    assert np.ptp(both.vertices, axis=0) == pytest.approx([0.18, 0.28])


def test_inches_are_told_by_the_text_and_impossible_sizes_are_refused() -> None:
    units = "  0\nENDBLK\n  0\nENDSEC\n  0\nSECTION\n  2\nENTITIES\n" + _text("Units: ENGLISH")
    small = [(x / 25.4, y / 25.4) for x, y in SQUARE]
    panel = dxf_read.read(_dxf(_polyline(small, 1, 1), units)).panels[0]
    assert np.ptp(panel.vertices, axis=0) == pytest.approx([0.2, 0.3], abs=1e-6)
    with pytest.raises(BadPattern, match=r"FRONT_40 is 762.0 cm long.*check the units"):
        dxf_read.read(_dxf(_polyline(SQUARE, 1, 1), units))


def test_one_size_of_several_is_read() -> None:
    def block(size: str, scale: float) -> str:
        points = [(x * scale, y * scale) for x, y in SQUARE]
        texts = _text("Piece Name: Front") + _text(f"Size: {size}")
        return (
            _polyline(points, 1, 1) + texts + f"  0\nENDBLK\n  0\nBLOCK\n  8\n1\n  2\nF_{size}x\n"
        )

    data = _dxf(block("M", 1.0), block("L", 1.1), _polyline(SQUARE, 1, 1), _text("Size: XL"))
    for size, width in (("M", 0.2), ("L", 0.22)):
        panel = dxf_read.read(data, size=size).panel("Front")
        assert np.ptp(panel.vertices[:, 0]) == pytest.approx(width)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello\nworld\n", "no group code"),
        (b"  0\nEOF\n", "has no sections"),
        (_dxf(), "holds no pieces"),
        (_dxf(_polyline([(0, 0), (1, 0)])), "no outline"),
    ],
)
def test_what_is_no_pattern_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(BadPattern, match=words):
        dxf_read.read(data)


def test_a_piece_that_was_changed_elsewhere_loses_its_seams(woman: Measurements) -> None:
    other = draft("tee", woman)
    back = dxf_read.read(dxf.write(draft("circle_skirt", woman)), beside=dxf.sidecar(other))
    assert back.seams == ()
    assert "separate_piece" in [f.code for f in check(back)]


@pytest.mark.parametrize("kind", ["cubic", "arc", "line", "wave"])
def test_the_curve_behind_points_is_found(kind: str) -> None:
    t = np.linspace(0, 1, 40)
    points: FloatArray = {
        "cubic": np.column_stack([0.2 * t, 0.1 * t**2 - 0.06 * t**3]),
        "arc": 0.3 * np.column_stack([np.cos(2 * t), np.sin(2 * t)]),
        "line": np.column_stack([0.2 * t, 0.1 * t]),
        "wave": np.column_stack([0.4 * t, 0.05 * np.sin(14 * t)]),
    }[kind]
    found = curvefit.fit_edge(points)
    assert [shape.kind for _, shape in found][:1] == [{"wave": "cubic"}.get(kind, kind)]
    assert (len(found) > 1) == (kind == "wave")
    assert found[-1][0] == pytest.approx(points[-1])


def test_files_are_told_apart_by_what_is_in_them(woman: Measurements) -> None:
    pattern = draft("circle_skirt", woman)
    writers = formats_by_suffix()
    assert set(writers) == {".json", ".svg", ".pdf", ".dxf"}
    assert same(read_pattern(writers[".json"](pattern)), pattern)
    assert len(read_pattern(writers[".dxf"](pattern)).panels) == len(pattern.panels)
    assert beside(pattern, ".dxf")[".json"] == writers[".json"](pattern)
    assert beside(pattern, ".svg") == {}


def test_a_foreign_files_controls_are_written_back_to_the_last_bit(shared: Path) -> None:
    file = shared / "patterns" / "grade_pants_f_smpl_average_A40.json"
    before = json.loads(file.read_bytes())["pattern"]["panels"]
    after = json.loads(pattern_json.write(pattern_json.read(file)))["pattern"]["panels"]
    for name, panel in before.items():
        for own, back in zip(panel["edges"], after[name]["edges"], strict=True):
            if own.get("curvature", {}).get("type") in ("quadratic", "cubic"):
                assert own["curvature"] == back["curvature"]
