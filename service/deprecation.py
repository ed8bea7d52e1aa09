"""What will go: marked in OpenAPI, and told in the headers of each answer until then.

A route or a field stays for six months after it was marked. `Deprecation` (RFC 9745) says since
when it is marked, `Sunset` (RFC 8594) when it may be gone, `Link` where the policy is written and
what comes after.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

NOTICE = timedelta(days=183)  # from marking to going: half a year, as promised in OpenAPI
POLICY = "/openapi.json#/info/description"


@dataclass(frozen=True)
class Ending:
    """When something was marked, when it goes, and the address of what comes after it."""

    since: datetime
    sunset: datetime
    successor: str = ""

    def __post_init__(self) -> None:
        if self.sunset - self.since < NOTICE:
            raise ValueError(
                f"a sunset on {self.sunset:%Y-%m-%d} gives less than {NOTICE.days} days' notice "
                f"after {self.since:%Y-%m-%d}"
            )


# operation, or "operation field" for a parameter or a member of its body -> its ending.
# A member of answers is marked by its model, `Field(deprecated=True)`, and named here as well.
ENDINGS: dict[str, Ending] = {}


def headers_of(operation: str) -> dict[str, str]:
    """The headers of an operation's answers: of what goes first, where several things do."""
    found = [ending for name, ending in ENDINGS.items() if name.partition(" ")[0] == operation]
    if not found:
        return {}
    first = min(found, key=lambda ending: ending.sunset)
    links = [f'<{POLICY}>; rel="deprecation"; type="application/json"']
    links += [f'<{one.successor}>; rel="successor-version"' for one in found if one.successor]
    return {
        "deprecation": f"@{int(first.since.timestamp())}",
        "sunset": format_datetime(first.sunset.astimezone(UTC), usegmt=True),
        "link": ", ".join(links),
    }


def mark(operation: dict[str, Any]) -> None:
    """Mark an operation of the OpenAPI document, or its fields, as they are listed."""
    for name, ending in ENDINGS.items():
        whose, _, field = name.partition(" ")
        if whose != operation["operationId"]:
            continue
        told = {"deprecated": True, "x-sunset": f"{ending.sunset:%Y-%m-%d}"}
        if not field:
            operation.update(told)
        for parameter in operation.get("parameters", ()):
            if parameter["name"] == field:
                parameter.update(told)
        for body in operation.get("requestBody", {}).get("content", {}).values():
            if field in body["schema"].get("properties", {}):
                body["schema"]["properties"][field].update(told)
