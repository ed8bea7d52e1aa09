"""From a request to a preview, over HTTP."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import httpx
import pytest
from service_under_test import STATED, Live
from typer.testing import CliRunner

from service.chain import looks_of


def geometry(glb: bytes) -> bytes:
    """The binary chunk of a GLB: vertices, triangles and textures."""
    (tree_length,) = struct.unpack_from("<I", glb, 12)
    return glb[20 + tree_length + 8 :]


def test_preview_equals_the_librarys(live: Live, finished_preview: dict[str, Any]) -> None:
    """What the command line would write for the same input, byte for byte, to the last vertex."""
    from fitting import pipeline

    person = pipeline.Person(height_cm=170, weight_kg=62, sex="female")
    look = pipeline.Look("tee", edge_mm=40, views=("front",), size=(240, 320))
    expected = pipeline.preview_files(pipeline.preview(person, look))
    files = {file["name"]: httpx.get(live.url + file["url"]).content
             for file in finished_preview["files"]}  # fmt: skip
    assert set(files) == set(expected)
    timed = {"drape.json", "look.glb"}  # which tell how long it took
    for name in set(expected) - timed:
        assert files[name] == expected[name], name
    assert geometry(files["look.glb"]) == geometry(expected["look.glb"])
    drape, expected_drape = json.loads(files["drape.json"]), json.loads(expected["drape.json"])
    for tree in (drape, expected_drape):
        for name in ("seconds", "cpu_seconds", "peak_rss_mb"):
            del tree[name]
    assert drape == expected_drape


def test_photos_give_what_the_library_gives(live: Live) -> None:
    """Two photos sent as a form are measured, drafted to and draped as by the command line."""
    from fitting import pipeline
    from fitting.assets import asset

    front, side = (asset("samples", f"{view}.jpg").read_bytes() for view in ("front", "side"))
    person = pipeline.Person(height_cm=169.1, sex="female", front=front, side=side)
    look = pipeline.Look("tee", edge_mm=40, views=("front",), size=(240, 320))
    expected = pipeline.preview_files(pipeline.preview(person, look))
    form = {"garment": "tee", "sex": "female", "height_cm": "169.1", "edge_mm": "40",
            "views": '["front"]', "picture_size": "[240, 320]"}  # fmt: skip
    job = live.client.post(
        "/v1/previews", data=form, files={"front": front, "side": side}
    ).raise_for_status().json()  # fmt: skip
    ended = live.finished(job["id"])
    assert ended["state"] == "succeeded", ended["problem"]
    files = {f["name"]: httpx.get(live.url + f["url"]).content for f in ended["files"]}
    for name in ("measurements.json", "pattern.json", "fit.json", "front.png"):
        assert files[name] == expected[name], name
    assert geometry(files["look.glb"]) == geometry(expected["look.glb"])


def test_measurements_equal_the_command_lines(
    live: Live, finished_preview: dict[str, Any], tmp_path: Path
) -> None:
    """`fitting measure` writes the same measurements.json."""
    from fitting.cli import app

    out = tmp_path / "measurements.json"
    asked = ["measure", "--height-cm", "170", "--weight-kg", "62", "--out", str(out)]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    (file,) = [one for one in finished_preview["files"] if one["name"] == out.name]
    assert httpx.get(live.url + file["url"]).content == out.read_bytes()


def test_results_are_there(live: Live, finished_preview: dict[str, Any]) -> None:
    """A preview has its pictures, model, pattern and figures, each of its media type."""
    files = {file["name"]: file for file in finished_preview["files"]}
    assert set(files) == {
        "front.png", "look.glb", "pattern.json", "pattern.svg", "measurements.json", "fit.json",
        "drape.json",
    }  # fmt: skip
    for name, start in (("front.png", b"\x89PNG"), ("look.glb", b"glTF")):
        answer = httpx.get(live.url + files[name]["url"])
        assert answer.content.startswith(start)
        assert len(answer.content) == files[name]["size"]
        assert answer.headers["content-type"] == files[name]["media_type"]
    drape = httpx.get(live.url + files["drape.json"]["url"]).json()
    assert drape["stop_reason"] == "at_rest"


def test_accepted_with_location(bare: Live) -> None:
    """A preview is accepted with 202 and the address of its job."""
    answer = bare.client.post("/v1/previews", json=STATED)
    assert answer.status_code == 202
    job = bare.client.get(answer.headers["location"]).json()
    assert job["state"] == "queued"
    assert next(iter(job["stages"])) == "measure"


def test_equal_order_is_not_computed_twice(live: Live, finished_preview: dict[str, Any]) -> None:
    """The same order by the same caller is answered with the preview that is there."""
    again = live.client.post("/v1/previews", json=STATED).json()
    assert (again["id"], again["state"]) == (finished_preview["job"], "succeeded")
    assert again["files"]


def test_form_fields_mean_the_same_as_json(live: Live, finished_preview: dict[str, Any]) -> None:
    """A form with the same fields is the same order."""
    form = {
        name: json.dumps(value) if isinstance(value, list) else str(value)
        for name, value in STATED.items()
    }
    again = live.client.post("/v1/previews", data=form).json()
    assert again["id"] == finished_preview["job"]


def test_events_tell_of_every_stage_and_end(live: Live) -> None:
    """Server-sent events show each stage done in turn, and an end."""
    job = live.client.post("/v1/previews", json={**STATED, "formats": ["svg"]}).json()
    seen: list[tuple[str, dict[str, Any]]] = []
    with live.client.stream("GET", f"/v1/jobs/{job['id']}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        kind = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                seen.append((kind, json.loads(line.removeprefix("data: "))))
    assert seen[-1][0] == "end"
    assert seen[-1][1]["state"] == "succeeded"
    shares = [tree["progress"] for _, tree in seen]
    assert shares == sorted(shares)
    assert all(seconds is not None for seconds in seen[-1][1]["stages"].values())
    assert [file["name"] for file in seen[-1][1]["files"]] == ["pattern.svg"]


def test_formats_asked_for_are_made(live: Live) -> None:
    """Patterns for printing and for CAD, and a model for phones, where they are asked for."""
    wanted = {"pattern.pdf": b"%PDF", "pattern.dxf": b"", "look.usdz": b"PK"}
    job = live.client.post(
        "/v1/previews", json={**STATED, "formats": ["pdf", "dxf", "usdz"]}
    ).json()
    ended = live.finished(job["id"])
    assert {file["name"] for file in ended["files"]} == set(wanted), ended["problem"]
    for file in ended["files"]:
        content = httpx.get(live.url + file["url"]).content
        assert content.startswith(wanted[file["name"]])
        assert len(content) == file["size"] > 1000


def test_sized_garment_is_drafted_to_the_chart(
    live: Live, finished_preview: dict[str, Any]
) -> None:
    """A garment of a chart's size is tried on the person; its pattern says which size it is."""
    order = {**STATED, "size": "en13402-women:XL", "formats": ["json"]}
    job = live.client.post("/v1/previews", json=order).json()
    ended = live.finished(job["id"])
    files = {file["name"]: live.url + file["url"] for file in ended["files"]}
    assert httpx.get(files["fit.json"]).json()["size"] == "en13402-women:XL"
    made_to_measure = {file["name"]: live.url + file["url"] for file in finished_preview["files"]}
    patterns = [httpx.get(one["pattern.json"]).content for one in (files, made_to_measure)]
    assert patterns[0] != patterns[1]
    people = [httpx.get(one["measurements.json"]).content for one in (files, made_to_measure)]
    assert people[0] == people[1]


def test_several_garments_are_worn_over_one_another(
    live: Live, finished_preview: dict[str, Any]
) -> None:
    """A look of two is draped as one; each has its pattern, and the results name each."""
    order = {name: value for name, value in STATED.items() if name != "garment"}
    order |= {
        "person": finished_preview["person"],
        "garments": [{"garment": "shorts"}, {"garment": "tank", "size": "en13402-women:L"}],
    }
    job = live.client.post("/v1/previews", json=order).raise_for_status().json()
    ended = live.finished(job["id"])
    assert ended["state"] == "succeeded", ended["problem"]
    made = {file["name"]: httpx.get(live.url + file["url"]).content for file in ended["files"]}
    assert set(made) == {
        "front.png", "look.glb", "measurements.json", "fit.json", "drape.json",
        "shorts-pattern.json", "shorts-pattern.svg", "tank-pattern.json", "tank-pattern.svg",
    }  # fmt: skip
    fits = json.loads(made["fit.json"])["garments"]
    assert [(fit["garment"], fit["size"]) for fit in fits] == [
        ("shorts", None), ("tank", "en13402-women:L"),
    ]  # fmt: skip
    drapes = json.loads(made["drape.json"])["garments"]
    assert [drape["garment"] for drape in drapes] == ["shorts", "tank"]


def test_garments_of_a_look_are_told_apart_from_the_skin_outwards() -> None:
    """An order's garments become looks with their own fabric, size and options, and share the rest;
    an order of one garment from before there were several is read as it was."""
    shared = {"edge_mm": 12.0, "views": ["front"], "size": [240, 320]}
    one = {"garment": "tee", "fabric": None, "options": {"neck": "v"}, "sized": "uk-women:12"}
    two = {"garment": "trousers", "fabric": "denim", "options": {}, "sized": None}
    (look, size), (other, none) = looks_of({**shared, "garments": [one, two]})
    assert (look.garment, look.options, size) == ("tee", {"neck": "v"}, "uk-women:12")
    assert (other.garment, other.fabric, none) == ("trousers", "denim", "")
    assert looks_of({**shared, **one}) == [(look, size)]
    assert look.views == other.views == ("front",)


def test_cancelled_while_queued(bare: Live) -> None:
    """A job that nobody has begun ends at once when it is cancelled; a second time is refused."""
    job = bare.client.post("/v1/previews", json={**STATED, "height_cm": 171}).json()
    answer = bare.client.post(f"/v1/jobs/{job['id']}/cancel")
    assert answer.json()["state"] == "cancelled"
    assert bare.client.post(f"/v1/jobs/{job['id']}/cancel").status_code == 409


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"garment": "toga"}, "unknown-name"),
        ({"fabric": "mithril"}, "unknown-name"),
        ({"fabric": "/etc/fabric.yaml"}, "unknown-name"),
        ({"options": {"sleeves": 3}}, "unknown-name"),
        ({"size": "en13402-women:XXXXXL"}, "unknown-name"),
        ({"size": "nowhere:M"}, "unknown-name"),
        ({"size": "M"}, "invalid"),
        ({"options": {"ease": 9}}, "bad-option"),
        ({"views": ["above"]}, "unknown-name"),
        ({"height_cm": 17}, "bad-measurement"),
        ({"height_cm": None}, "invalid"),
        ({"tape_cm": {"tail_length": 30}}, "unknown-name"),
        ({"edge_mm": 0.1}, "invalid"),
        ({"colour": "red"}, "invalid"),
        ({"person": "per_0123"}, "not-found"),
        ({"garments": [{"garment": "shorts"}]}, "invalid"),
        ({"garment": None}, "invalid"),
        ({"garment": None, "garments": []}, "invalid"),
        ({"garment": None, "garments": [{"garment": "tee"}, {"garment": "tee"}]}, "invalid"),
        ({"garment": None, "garments": [{"garment": "tee", "colour": "red"}]}, "invalid"),
        (
            {"garment": None, "garments": [{"garment": "shorts"}, {"garment": "toga"}]},
            "unknown-name",
        ),
        ({"garment": None, "garments": [{"garment": "tee", "fabric": "/a.yaml"}]}, "unknown-name"),
        (
            {"garment": None, "garments": [{"garment": "tee", "size": "uk-women:99"}]},
            "unknown-name",
        ),
    ],
)
def test_wrong_orders_are_refused(bare: Live, change: dict[str, Any], slug: str) -> None:
    """A wrong order is refused with a problem of its type before anything is stored."""
    people = bare.client.get("/v1/people").json()["items"]
    answer = bare.client.post("/v1/previews", json={**STATED, **change})
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == (f"/problems/{slug}", answer.status_code)
    assert 400 <= answer.status_code < 500
    assert problem["detail"]
    assert bare.client.get("/v1/people").json()["items"] == people


def test_every_problem_type_is_documented(bare: Live) -> None:
    """The address of a problem's type says what it means and what to do."""
    from service.problems import TYPES

    for slug, (status, title, _) in TYPES.items():
        told = bare.client.get(f"/problems/{slug}").json()
        assert (told["status"], told["title"]) == (status, title)
        assert told["remedy"]
