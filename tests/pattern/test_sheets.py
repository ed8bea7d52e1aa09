"""Drawings and print: what is on paper agrees with the pattern, at 1:1."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
import zlib

import numpy as np
import pytest

from fitting.errors import UnknownName
from fitting.pattern import draft, garments
from fitting.pattern.drawing import svg
from fitting.pattern.outline import arc, line, panel
from fitting.pattern.pdf import OVERLAP, PT, pdf, tiles, window
from fitting.pattern.sheet import LAYERS, draw
from fitting.pattern.words import panel_title, word
from fitting.records import FloatArray, Measurements, Panel, Pattern
from fitting.units import MM

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = r"-?(?:\d+\.?\d*|\.\d+)"


def path_points(data: str) -> FloatArray:
    """Points along an SVG path of M, L, C and Z, curves at tenths."""
    here, out = np.zeros(2), []
    for verb, words in re.findall(r"([MLCZ])([^MLCZ]*)", data):
        numbers = np.array([float(n) for n in re.findall(NUMBER, words)]).reshape(-1, 2)
        if verb == "C":
            t = np.linspace(0, 1, 11)[:, None]
            a, b, c, d = here, *numbers
            out += list(
                (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d
            )
        elif verb != "Z":
            out += list(numbers)
        if len(numbers):
            here = numbers[-1]
    return np.array(out)


def off_outline(points: FloatArray, outline: FloatArray) -> float:
    """Farthest of the points from a polyline."""
    a, d = outline, np.roll(outline, -1, axis=0) - outline
    gap = points[:, None] - a[None]
    along = np.einsum("nmk,mk->nm", gap, d) / np.maximum(1e-12, (d * d).sum(axis=1))
    near = a[None] + np.clip(along, 0, 1)[..., None] * d[None]
    return float(np.hypot(*(points[:, None] - near).transpose(2, 0, 1)).min(axis=1).max())


def outline_mm(piece: Panel) -> FloatArray:
    at = np.linspace(0, 1, 200)
    return np.vstack([piece.edge_points(i, at)[:-1] for i in range(len(piece.edges))]) / MM


@pytest.mark.parametrize("name", sorted(garments()))
def test_svg_has_its_layers_and_outlines_within_a_tenth_of_a_millimetre(
    name: str, woman: Measurements
) -> None:
    pattern = draft(name, woman)
    sheet = draw(pattern)
    root = ET.fromstring(svg(pattern))
    assert root.get("width") == f"{root.get('viewBox').split()[2]}mm"  # type: ignore[union-attr]
    layers = {g.get("id"): g for g in root.findall(f"{SVG}g")}
    assert tuple(layers) == LAYERS
    shift = {n: np.array([dx, dy]) for n, dx, dy in sheet.placed}
    drawn = {p.get("data-piece"): p.get("d") for p in layers["sew"].findall(f"{SVG}path")}
    assert set(drawn) == {p.name for p in pattern.panels}
    for piece in pattern.panels:
        points = path_points(drawn[piece.name] or "")
        points[:, 1] = sheet.height - points[:, 1]
        assert off_outline(points, outline_mm(piece) + shift[piece.name]) < 0.1


def test_every_notch_is_a_stroke_and_a_double_notch_two(woman: Measurements) -> None:
    pattern = draft("tee", woman)
    wanted = sum(1 + n.double for p in pattern.panels for n in p.notches)
    assert sum(p.layer == "notch" for p in draw(pattern).paths) == wanted


def test_arcs_are_drawn_as_cubics_that_stay_on_the_circle() -> None:
    r = 0.9
    ring = [arc((r, 0), (-r, 0), r, "up", left=True), line((-r, 0), (r, 0), "low")]
    piece = panel("half", ring)
    sheet = draw(Pattern("disc", (piece,), ()))
    d = next(p for p in sheet.paths if p.layer == "sew")
    dx, dy = sheet.placed[0][1:]
    data = "".join(v + " ".join(map(str, n)) for v, n in d.commands)
    points = path_points(data) - [dx, dy]
    upper = points[points[:, 1] > 1.0]
    assert np.hypot(*upper.T) == pytest.approx(r / MM, abs=0.01)


def test_pieces_do_not_overlap_on_the_sheet(woman: Measurements) -> None:
    from shapely.geometry import Polygon

    sheet = draw(draft("shirt", woman))
    rings = [
        Polygon([n for v, n in p.commands if v != "Z"]) for p in sheet.paths if p.layer == "cut"
    ]
    for i, a in enumerate(rings):
        assert a.bounds[0] >= 0
        assert a.bounds[2] <= sheet.width
        assert all(not a.intersects(b) for b in rings[i + 1 :])


def test_words_are_in_the_language_asked_for(woman: Measurements) -> None:
    text = svg(draft("tee", woman), language="ru")
    assert "рукав, лев." in text
    assert "со сгибом" in text
    assert panel_title("sleeve.L", "en") == "sleeve, left"
    assert panel_title("bodice back.R", "ru") == "лиф, спинка, прав."
    assert word("bust_girth", "en") == "bust girth"


# ---- PDF -----------------------------------------------------------------------------------------


def streams(data: bytes) -> list[str]:
    """The decoded content streams of a PDF that hold drawing, in order."""
    out = []
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", data, re.S):
        try:
            text = zlib.decompress(base64.a85decode(raw.strip(), adobe=False))
        except ValueError:
            try:
                text = zlib.decompress(base64.a85decode(b"<~" + raw.strip(), adobe=True))
            except (ValueError, zlib.error):
                continue
        except zlib.error:
            continue
        out.append(text.decode("latin-1"))
    return out


def page_sizes(data: bytes) -> list[tuple[float, float]]:
    """Width and height of the pages [mm]."""
    boxes = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", data)
    return [(float(w) / PT, float(h) / PT) for w, h in boxes]


def form(data: bytes) -> str:
    """The stream of the sheet that all pages show."""
    return max(streams(data), key=lambda s: s.count(" l"))


def test_the_scale_square_is_ten_centimetres_in_the_bytes(woman: Measurements) -> None:
    for paper in ("A4", "Letter", "A0", "projector"):
        data = pdf(draft("tank", woman), paper=paper)  # type: ignore[arg-type]
        rectangles = [
            (float(w), float(h))
            for s in streams(data)
            for w, h in re.findall(rf"{NUMBER} {NUMBER} ({NUMBER}) ({NUMBER}) re", s)
        ]
        ten = 100 * 72 / 25.4
        assert any(w == pytest.approx(ten, abs=0.01) == h for w, h in rectangles)
        assert any(w == pytest.approx(288.0, abs=0.01) == h for w, h in rectangles)  # 4 inches
        # No matrix scales the page the square stands on.
        first = next(s for s in streams(data) if f"{ten:.3f}"[:6] in s)
        before = first[: first.index(f"{ten:.3f}"[:6])]
        scales = re.findall(rf"({NUMBER}) 0 0 ({NUMBER}) {NUMBER} {NUMBER} cm", before)
        assert all((float(a), float(d)) == (1.0, 1.0) for a, d in scales)


def test_pdf_outlines_are_those_of_the_sheet(woman: Measurements) -> None:
    pattern = draft("shirt", woman)
    wide, _ = window("A4")
    sheet = draw(pattern, width_mm=6 * (wide - OVERLAP) + OVERLAP)
    text = form(pdf(pattern))
    numbers = np.array(
        [(float(x), float(y)) for x, y in re.findall(rf"({NUMBER}) ({NUMBER}) [ml]\b", text)]
    )
    wanted = [n for p in sheet.paths for v, n in p.commands if v in "ML"]
    assert len(numbers) == len(wanted)
    assert numbers / PT == pytest.approx(np.array(wanted), abs=0.001)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_tiles_put_together_give_the_whole(paper: str, woman: Measurements) -> None:
    pattern = draft("trousers", woman)
    wide, high = window(paper)
    sheet = draw(pattern, width_mm=6 * (wide - OVERLAP) + OVERLAP)
    pages = tiles(sheet, paper)
    data = pdf(pattern, paper=paper)  # type: ignore[arg-type]
    shown = [
        (round(float(x) / PT, 2), round(float(y) / PT, 2))
        for s in streams(data)
        for x, y in re.findall(rf"1 0 0 1 ({NUMBER}) ({NUMBER}) cm\n[^\n]*Do", s)
    ]
    corners = {(round(10 - t.x, 2), round(10 - t.y, 2)): t for t in pages}
    found = [
        corners[(round(x, 2), round(y, 2))]
        for x, y in shown
        if (round(x, 2), round(y, 2)) in corners
    ]
    assert len(found) == len(page_sizes(data)) - 1
    # Every point of every line lies on a tile, and neighbours share their overlap.
    points = np.array([n[-2:] for p in sheet.paths for v, n in p.commands if v != "Z"])
    on = np.zeros(len(points), dtype=bool)
    for t in found:
        inside = (points >= [t.x, t.y]) & (points <= [t.x + wide, t.y + high])
        on |= inside.all(axis=1)
    assert on.all()
    first, second = pages[0], pages[1]
    assert first.x + wide - second.x == pytest.approx(OVERLAP)
    assert (first.name, second.name) == ("A1", "B1")


def test_rolls_are_as_wide_as_the_roll_and_the_projector_gets_one_page(woman: Measurements) -> None:
    pattern = draft("coat", woman)
    assert page_sizes(pdf(pattern, paper="A0"))[0][0] == pytest.approx(841.0, abs=0.01)
    assert len(page_sizes(pdf(pattern, paper="projector"))) == 1
    assert page_sizes(pdf(pattern, paper="Letter"))[0] == pytest.approx((215.9, 279.4), abs=0.01)


def test_the_same_pattern_gives_the_same_bytes(woman: Measurements) -> None:
    pattern = draft("tee", woman)
    assert pdf(pattern, language="ru") == pdf(pattern, language="ru")
    assert pdf(pattern, language="ru") != pdf(pattern, language="en")


def test_an_unknown_paper_is_refused(woman: Measurements) -> None:
    with pytest.raises(UnknownName, match=r"'A3' \(there are: A4, Letter"):
        pdf(draft("tank", woman), paper="A3")  # type: ignore[arg-type]
