"""Ids, photos and addresses that exist, for the valid requests that schemathesis generates.

A random id is nobody's, a random file no photo: without these most valid requests end in a 404 or
a 422 before they reach what the routes do. Requests that are meant to be wrong stay as they are.
"""

from __future__ import annotations

import io
import random
from collections import defaultdict
from typing import Any

import schemathesis
from PIL import Image
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ensure_resource_availability

_known: dict[str, list[str]] = defaultdict(list)
_given: set[str] = set()  # requests that got a photo
_chance = random.Random(0)
_SHARE = 0.6  # of the requests get an id that exists
_FIELDS = {"person": "people", "measurement": "measurements"}


def _photo() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((200, 300), 50).convert("RGB").save(out, "JPEG")
    return out.getvalue()


PHOTO = _photo()


@schemathesis.hook
def before_call(_: Any, case: Any, __: Any) -> None:
    """Put in what exists, in requests that are meant to be right."""
    meta = case.meta
    if meta is None or meta.generation.mode is not GenerationMode.POSITIVE:
        return
    kind = case.operation.path.split("/")[2]
    parameters = case.path_parameters or {}
    fuzzing = "stateful" not in str(meta.phase.name).lower()
    if fuzzing and "id" in parameters and _known[kind] and _chance.random() < _SHARE:
        parameters["id"] = _chance.choice(_known[kind][-20:])
    body = case.body
    if not isinstance(body, dict):
        return
    case.body = body = dict(body)  # other cases may share it, those meant to be wrong too
    if isinstance(body.get("url"), str):
        body["url"] = "http://127.0.0.1:9/in"
    for name in ("file", "front", "side"):
        if name in body:
            body[name] = PHOTO
            _given.add(case.id)
    for name, owner in _FIELDS.items():
        if body.pop(name, None) and _known[owner]:
            body[name] = _chance.choice(_known[owner][-20:])


@schemathesis.check
def available_unless_erased(ctx: Any, response: Any, case: Any) -> bool | None:
    """What was made is there, unless the check's own rule does not know where it went: all of a
    person goes with them, and an answer given again may be of something deleted since."""
    known = ctx.internals.recorder
    for identifier, one in known.cases.items() if known is not None else ():
        answer = known.find_response(case_id=identifier)
        name = one.value.operation.definition.raw["operationId"]
        if answer is None:
            continue
        if name == "erase_person" and answer.status_code == 200:
            return None
        if "idempotent-replayed" in answer.headers:
            return None
    return ensure_resource_availability(ctx, response, case)


@schemathesis.hook
def after_call(_: Any, case: Any, response: Any) -> None:
    """Remember what was made."""
    if case.id in _given:  # bytes fit no JSON schema, so that the request was taken for a wrong one
        _given.remove(case.id)
        case.meta.generation.mode = GenerationMode.POSITIVE
    if response.status_code not in (201, 202) or case.method.upper() != "POST":
        return
    try:
        tree = response.json()
    except ValueError:
        return
    kind = case.operation.path.split("/")[2]
    if case.operation.path.count("/") == 2 and "id" in tree:
        _known["jobs" if response.status_code == 202 else kind].append(tree["id"])
    if "result" in tree:
        _, _, kind, made = tree["result"].split("/")
        _known[kind].append(made)
    if "person" in tree:
        _known["people"].append(tree["person"])
