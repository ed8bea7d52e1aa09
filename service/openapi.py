"""What OpenAPI says beyond what the routes say themselves: names, bounds and links.

Links tell which operation an answer leads to, and with which of its ids. Names and bounds come from
the library, so that a client generated from the document knows them; the library is asked when the
document is first read, as its catalogues take a moment to load.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from service.deprecation import mark

_ID, _FIRST, _SAME = "$response.body#/id", "$response.body#/items/0/id", "$request.path.id"
_MADE = "$response.body#/subject"
_JOB = {
    "read_job": {"id": _ID}, "watch_job": {"id": _ID}, "cancel_job": {"id": _ID}, "list_jobs": {},
}  # fmt: skip

# operation -> operations that take what it answers, with where each takes its parameters from
LINKS: dict[str, dict[str, dict[str, str]]] = {
    "add_person": {
        "list_people": {},
        **{name: {"id": _ID}
           for name in ("read_person", "erase_person", "list_consents", "give_consent")},
    },
    "give_consent": {"withdraw_consent": {"id": _SAME, "purpose": "$response.body#/purpose"},
                     "list_consents": {"id": _SAME}},
    "erase_person": {"read_receipt": {"id": _ID}},
    "list_people": {"read_person": {"id": _FIRST}},
    "upload_photo": {
        "read_photo": {"id": _ID}, "read_pixels": {"id": _ID}, "delete_photo": {"id": _ID},
        "read_person": {"id": "$response.body#/person"}, "list_photos": {},
    },
    "list_photos": {"read_photo": {"id": _FIRST}, "read_pixels": {"id": _FIRST}},
    "order_preview": {
        **_JOB, "read_preview": {"id": _MADE}, "delete_preview": {"id": _MADE},
        "list_previews": {},
    },
    "order_measurement": {**_JOB, "read_measurement": {"id": _MADE}, "list_measurements": {}},
    "list_jobs": {"read_job": {"id": _FIRST}, "cancel_job": {"id": _FIRST}},
    "cancel_job": {"read_job": {"id": _ID}},
    "list_previews": {"read_preview": {"id": _FIRST}, "delete_preview": {"id": _FIRST}},
    "read_preview": {"read_job": {"id": "$response.body#/job"},
                     "read_person": {"id": "$response.body#/person"}},
    "list_measurements": {"read_measurement": {"id": _FIRST}},
    "read_measurement": {"read_job": {"id": "$response.body#/job"},
                         "read_person": {"id": "$response.body#/person"}},
    "add_webhook": {
        "list_webhooks": {},
        **{name: {"id": _ID}
           for name in ("read_webhook", "change_webhook", "delete_webhook", "rotate_secret",
                        "test_webhook", "list_deliveries")},
    },
    "list_webhooks": {"read_webhook": {"id": _FIRST}},
    "test_webhook": {"list_deliveries": {"id": _SAME}},
    "list_deliveries": {"replay_delivery": {"id": _SAME, "delivery": _FIRST}},
    "open_session": {"read_person": {"id": "$response.body#/person"}},
}  # fmt: skip


def operation_id(route: APIRoute) -> str:
    """An operation is called as its route's function."""
    return route.name


def install(app: FastAPI) -> None:
    """Have the application describe itself with links, names and bounds."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            tree = get_openapi(
                title=app.title, version=app.version, summary=app.summary,
                description=app.description, routes=app.routes, tags=app.openapi_tags,
            )  # fmt: skip
            _add_links(tree)
            _add_names(tree)
            for operation in _operations(tree):
                mark(operation)
            app.openapi_schema = tree
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _operations(tree: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for methods in tree["paths"].values() for operation in methods.values()]


def _add_links(tree: dict[str, Any]) -> None:
    for operation in _operations(tree):
        good = min(operation["responses"])
        for target, parameters in LINKS.get(operation["operationId"], {}).items():
            links = operation["responses"][good].setdefault("links", {})
            links[target] = {"operationId": target, "parameters": parameters}


def _add_names(tree: dict[str, Any]) -> None:
    known = _known()
    for operation in _operations(tree):
        for body in operation.get("requestBody", {}).get("content", {}).values():
            _narrow_members(body["schema"], known)
        for parameter in operation.get("parameters", ()):
            if parameter["name"] == "name" and parameter["in"] == "path":
                which = operation["operationId"].removeprefix("read_")
                parameter["schema"]["examples"] = known[which]["enum"][:1]


def _narrow_members(schema: dict[str, Any], known: dict[str, dict[str, Any]]) -> None:
    for name, member in schema.get("properties", {}).items():
        if name in known:
            _narrow(member, known[name])
        _narrow_members(member.get("items", {}), known)


def _known() -> dict[str, dict[str, Any]]:
    """By field: JSON Schema keywords that say which values there are."""
    from fitting import pattern
    from fitting.body.plausible import RANGES
    from fitting.fabrics import fabrics
    from fitting.pattern.charts import catalogue as charts
    from fitting.render.views import VIEWS

    tape = {
        name: {"type": "number", "minimum": 100 * least, "maximum": 100 * most}
        for name, (least, most) in RANGES.items()
        if name != "weight"
    }
    return {
        "garment": {"enum": list(pattern.catalogue())},
        "fabric": {"enum": list(fabrics())},
        "chart": {"enum": list(charts())},
        "views": {"items": {"type": "string", "enum": list(VIEWS)}},
        "height_cm": {"minimum": tape["height"]["minimum"], "maximum": tape["height"]["maximum"]},
        "weight_kg": {"minimum": RANGES["weight"][0], "maximum": RANGES["weight"][1]},
        "tape_cm": {"properties": tape},
    }


def _narrow(schema: dict[str, Any], keywords: dict[str, Any]) -> None:
    """Add keywords to a schema, or to the one that is not null where it may be null."""
    target = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
    if "minimum" in keywords:
        target.pop("exclusiveMinimum", None)
    target.update(keywords)
