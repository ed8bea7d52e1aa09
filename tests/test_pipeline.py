"""The chain, photo to preview, on the sample customer and on real photographs."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from fitting import pipeline
from fitting.assets import asset
from fitting.errors import BadPhoto, Cancelled, RetakeNeeded
from fitting.pipeline import Look, Person, Preview
from fitting.store import Store

TRUTH = json.loads(asset("samples", "truth.json").read_text())
CUSTOMER = Person(
    height_cm=TRUTH["height_cm"],
    sex=TRUTH["sex"],
    weight_kg=TRUTH["weight_kg"],
    front=asset("samples", "front.jpg").read_bytes(),
    side=asset("samples", "side.jpg").read_bytes(),
)
SMALL = Look("tee", size=(192, 256))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def made(store: Store) -> Preview:
    return pipeline.preview(CUSTOMER, SMALL, store=store)


def test_the_sample_customers_girths_are_measured_within_4_cm(made: Preview) -> None:
    for name in ("bust_girth", "waist_girth", "hip_girth"):
        found = made.measurements.values[name]
        assert abs(100 * found.value - TRUTH[f"{name}_cm"]) < 4.0
        assert found.source == "photo"


def test_photos_make_the_girths_surer_than_height_and_weight_do(made: Preview) -> None:
    told = pipeline.measure(dataclasses.replace(CUSTOMER, front=None, side=None))
    for name in ("bust_girth", "waist_girth", "hip_girth"):
        assert made.measurements.values[name].sigma < told.values[name].sigma


def test_the_tee_comes_to_rest_outside_the_body_and_itself(made: Preview) -> None:
    report = made.drape.report
    assert report.stop_reason == "at_rest"
    assert report.penetration_max_mm <= 1.0
    assert report.self_intersections == 0
    assert report.seam_gap_max_mm <= 1.0


def test_a_tee_with_ease_is_wider_than_the_body_at_bust_and_hip(made: Preview) -> None:
    ease = {row.level: row.ease for row in made.fit.girths}
    assert ease["bust_girth"] > 0
    assert ease["hip_girth"] > 0


def test_every_file_of_a_preview_is_there_and_can_be_opened(made: Preview) -> None:
    files = pipeline.preview_files(made)
    for view in SMALL.views:
        picture = Image.open(io.BytesIO(files[f"{view}.png"]))
        assert picture.size == SMALL.size
        assert np.asarray(picture.convert("L")).std() > 10, "something is in the picture"
    scene = trimesh.load(io.BytesIO(files["look.glb"]), file_type="glb")
    assert set(scene.geometry) >= {"avatar"}
    assert json.loads(files["measurements.json"])["height_cm"]["value"] == CUSTOMER.height_cm
    assert b"<svg" in files["pattern.svg"]


def test_the_sample_customer_wears_the_tee_on_her_own_photo(made: Preview) -> None:
    assert CUSTOMER.front is not None
    with Image.open(io.BytesIO(CUSTOMER.front)) as opened:
        before = np.asarray(opened.convert("RGB"), int)
    data, cautions = pipeline.on_photo(CUSTOMER.front, made.body, [made.drape])
    with Image.open(io.BytesIO(data)) as opened:
        after = np.asarray(opened.convert("RGB"), int)
    assert cautions == ()
    assert after.shape == before.shape
    changed = np.abs(after - before).max(2) > 24
    rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
    # In the picture her shoulders are at 470, her hips at 720; her elbows at 225 and 495 across.
    assert 430 < rows[0] < 480
    assert 720 < rows[-1] < 800
    assert 200 < columns[0] < 250
    assert 470 < columns[-1] < 520
    assert changed[500:720, 310:420].mean() > 0.9


def test_a_part_of_the_photo_without_a_person_is_refused(made: Preview) -> None:
    assert CUSTOMER.front is not None
    with pytest.raises(RetakeNeeded, match="Nobody"):
        pipeline.on_photo(CUSTOMER.front, made.body, [made.drape], crop=(0, 0, 200, 200))


def test_of_several_people_one_is_dressed_but_not_one_mixed_with_another(
    made: Preview, shared: Path
) -> None:
    data = (shared / "photos" / "000000197388.jpg").read_bytes()
    with pytest.raises(BadPhoto, match="several people"):
        pipeline.on_photo(data, made.body, [made.drape])
    with pytest.raises(BadPhoto, match="joints miss"):  # the head of the man behind
        pipeline.on_photo(data, made.body, [made.drape], crop=(120, 0, 280, 392))
    dressed, _ = pipeline.on_photo(data, made.body, [made.drape], crop=(365, 165, 275, 227))
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(dressed)) as after:
        changed = (
            np.abs(np.asarray(after, int) - np.asarray(before.convert("RGB"), int)).max(2) > 24
        )
    assert changed[:165].sum() == changed[:, :365].sum() == 0
    # His trunk lies between 200 and 280 down, 500 and 590 across.
    assert changed[210:270, 520:580].mean() > 0.7


def test_a_second_run_finds_every_result_and_gives_the_same_bytes(
    made: Preview, store: Store
) -> None:
    again = pipeline.preview(CUSTOMER, SMALL, store=store)
    assert pipeline.preview_files(again) == pipeline.preview_files(made)


def test_the_same_input_gives_the_same_vertices_without_a_store(made: Preview) -> None:
    pattern, body = made.pattern, made.body
    again = pipeline.drape(pattern, body, pipeline.fabric_of(SMALL))
    assert np.array_equal(again.positions, made.drape.positions)


def test_a_cancelled_drape_stops(made: Preview) -> None:
    with pytest.raises(Cancelled):
        pipeline.drape(
            made.pattern, made.body, pipeline.fabric_of(SMALL), cancelled=lambda: True
        )  # fmt: skip


@pytest.mark.parametrize("name", ["000000000785.jpg", "000000197388.jpg"])
def test_a_real_photograph_is_measured_or_refused_with_a_reason(name: str, shared: Path) -> None:
    photo = (shared / "photos" / name).read_bytes()
    person = Person(height_cm=172, sex="female", front=photo)
    reason = ""
    found = None
    try:
        found = pipeline.measure(person)
    except RetakeNeeded as error:
        reason = str(error)
    assert reason.startswith("R") or (found is not None and 0.6 < found["bust_girth"] < 1.5)


def test_under_a_skirt_the_feet_are_under_the_hips_and_in_trousers_the_legs_apart(
    made: Preview,
) -> None:
    def stands(*garments: str) -> str:
        cut = [pipeline.draft(made.measurements, Look(name)) for name in garments]
        return pipeline.standing(made.body, cut).pose

    assert stands("pencil_skirt") == stands("tee", "sheath_dress") == "hip-width"
    assert stands("tee") == stands("trousers") == stands("jumpsuit") == "a"
    assert stands("trousers", "pencil_skirt") == "a"
