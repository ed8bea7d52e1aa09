"""Which size to take, over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from service_under_test import Live
from typer.testing import CliRunner

TOLD = {"height_cm": 170, "weight_kg": 62, "tape_cm": {"bust_girth": 92}}
ASKED = {"garment": "tee", "chart": "uk-women"}


def test_advice_is_the_command_lines(bare: Live, tmp_path: Path) -> None:
    """What `fitting advise` says of the same measurements; and nothing is made of it."""
    from fitting.cli import app

    people = bare.client.get("/v1/people").json()["items"]
    answer = bare.client.post("/v1/advice", json={**TOLD, **ASKED}).raise_for_status().json()
    assert bare.client.get("/v1/people").json()["items"] == people
    known, advice = tmp_path / "measurements.json", tmp_path / "advice.json"
    told = ["--height-cm", "170", "--weight-kg", "62", "--tape", "bust_girth=92"]
    for asked in (
        ["measure", *told, "--out", str(known)],
        [
            "advise",
            "tee",
            "--measurements",
            str(known),
            "--chart",
            "uk-women",
            "--out",
            str(advice),
        ],
    ):
        done = CliRunner().invoke(app, asked)
        assert done.exit_code == 0, done.output
    expected = json.loads(advice.read_bytes())
    assert answer["best"] == expected["best"]
    chances = [[one["probability"] for one in tree["sizes"]] for tree in (answer, expected)]
    # The command line reads measurements that were rounded to a millimetre.
    assert chances[0] == pytest.approx(chances[1], abs=0.05)


def test_advice_for_a_person_is_from_what_is_known_of_them(bare: Live) -> None:
    """By what they stated; what the request states goes before it; and it is in the audit log."""
    person = bare.client.post("/v1/people", json=TOLD).json()["id"]

    def advised(**more: Any) -> Any:
        answer = bare.client.post("/v1/advice", json={**ASKED, "person": person, **more})
        return answer.raise_for_status().json()

    direct = bare.client.post("/v1/advice", json={**ASKED, **TOLD}).json()
    assert advised() == direct
    wider = advised(weight_kg=70, tape_cm={"bust_girth": 98})
    assert int(wider["best"]) > int(direct["best"])
    log = bare.client.get("/v1/audit", params={"person": person}).json()["items"]
    assert [line["action"] for line in log] == ["advice.read"] * 2 + ["people.add"]


def test_advice_uses_a_measurement(live: Live) -> None:
    """A measurement by its id, or a person's newest, at full precision."""
    job = live.client.post("/v1/measurements", json=TOLD).json()
    assert live.finished(job["id"])["state"] == "succeeded"
    person = live.client.get(job["result"]).json()["person"]
    direct = live.client.post("/v1/advice", json={**ASKED, **TOLD}).json()
    for known in ({"measurement": job["subject"]}, {"person": person}):
        assert live.client.post("/v1/advice", json={**ASKED, **known}).json() == direct


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"garment": "toga"}, "unknown-name"),
        ({"fabric": "/etc/fabric.yaml"}, "unknown-name"),
        ({"chart": "nowhere"}, "unknown-name"),
        ({"chart": "uk-women:12"}, "unknown-name"),
        ({"options": {"ease": 9}}, "bad-option"),
        ({"height_cm": 17}, "bad-measurement"),
        ({"height_cm": None}, "invalid"),
        ({"colour": "red"}, "invalid"),
        ({"person": "per_0123"}, "not-found"),
        ({"measurement": "msr_0123"}, "not-found"),
    ],
)
def test_wrong_questions_are_refused(bare: Live, change: dict[str, Any], slug: str) -> None:
    """A wrong question is refused with a problem of its type."""
    answer = bare.client.post("/v1/advice", json={**ASKED, **TOLD, **change})
    assert (answer.json()["type"], answer.json()["status"]) == (
        f"/problems/{slug}", answer.status_code,
    )  # fmt: skip
