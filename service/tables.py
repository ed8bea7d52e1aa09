"""The tables, in SQLAlchemy Core: the same on SQLite and on PostgreSQL.

Times are seconds since 1970 (UTC). Whatever belongs to a tenant carries its id, and every query is
limited by it; whatever was made from a person carries the person's, so that erasing finds it.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

Id = sa.String(40)
Time = sa.Double


def _table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, metadata, *parts)


def _id() -> sa.Column[str]:
    return sa.Column("id", Id, primary_key=True)


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", Id, nullable=False)


def _person(nullable: bool = False) -> sa.Column[str]:
    return sa.Column("person", Id, nullable=nullable)


def _time(name: str, nullable: bool = False) -> sa.Column[float]:
    return sa.Column(name, Time, nullable=nullable)


tenants = _table("tenants", _id(), sa.Column("name", sa.Text, nullable=False), _time("created"))

api_keys = _table(
    "api_keys",
    _id(),
    _tenant(),
    sa.Column("kind", sa.String(16), nullable=False),  # secret, publishable, session
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("label", sa.Text, nullable=False, default=""),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("origins", sa.JSON, nullable=False),
    _person(nullable=True),  # a customer's session sees one person
    _time("created"),
    _time("expires", nullable=True),
    _time("revoked", nullable=True),
)

people = _table(
    "people",
    _id(),
    _tenant(),
    sa.Column("label", sa.Text, nullable=False, default=""),
    sa.Column("stated", sa.JSON, nullable=False),
    _time("created"),
    _time("touched"),
    sa.Index("people_tenant", "tenant", "id"),
    sa.Index("people_touched", "touched"),
)

consents = _table(
    "consents",
    _id(),
    _tenant(),
    _person(),
    sa.Column("purpose", sa.String(32), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("text_digest", sa.String(64), nullable=False),
    _time("given"),
    _time("withdrawn", nullable=True),
    sa.Index("consents_person", "person"),
)

photos = _table(
    "photos",
    _id(),
    _tenant(),
    _person(),
    sa.Column("view", sa.String(8), nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    _time("created"),
    _time("deleted", nullable=True),
    sa.Index("photos_person", "person"),
    sa.Index("photos_created", "created"),
    sa.Index("photos_tenant", "tenant", "id"),
)

jobs = _table(
    "jobs",
    _id(),
    _tenant(),
    _person(),
    sa.Column("kind", sa.String(16), nullable=False),  # preview, measurement
    sa.Column("subject", Id, nullable=False),  # the preview or measurement it makes
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("order", sa.JSON, nullable=False),
    sa.Column("stage", sa.String(16), nullable=False, default=""),
    sa.Column("share", sa.Double, nullable=False, default=0.0),
    sa.Column("stages", sa.JSON, nullable=False),
    sa.Column("problem", sa.JSON, nullable=True),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("cancel", sa.Boolean, nullable=False, default=False),
    _time("created"),
    _time("started", nullable=True),
    _time("ended", nullable=True),
    sa.Index("jobs_tenant", "tenant", "id"),
    sa.Index("jobs_person", "person"),
    sa.Index("jobs_state", "state", "tenant"),
)

previews = _table(
    "previews",
    _id(),
    _tenant(),
    _person(),
    sa.Column("job", Id, nullable=False),
    sa.Column("caller", Id, nullable=False),
    sa.Column("request", sa.JSON, nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    _time("created"),
    sa.Index("previews_tenant", "tenant", "id"),
    sa.Index("previews_person", "person"),
    sa.Index("previews_found", "tenant", "caller", "fingerprint"),
    sa.Index("previews_created", "created"),
)

measurements = _table(
    "measurements",
    _id(),
    _tenant(),
    _person(),
    sa.Column("job", Id, nullable=False),
    sa.Column("found", sa.JSON, nullable=True),  # as measurements.json, once measured
    _time("created"),
    sa.Index("measurements_tenant", "tenant", "id"),
    sa.Index("measurements_person", "person"),
)

files = _table(
    "files",
    _id(),
    _tenant(),
    _person(),
    sa.Column("owner", Id, nullable=False),  # the preview or measurement
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("media_type", sa.String(64), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    _time("created"),
    sa.UniqueConstraint("owner", "name"),
    sa.Index("files_person", "person"),
)

idempotency = _table(
    "idempotency",
    sa.Column("caller", Id, primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    _tenant(),
    _person(nullable=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer, nullable=True),
    sa.Column("headers", sa.JSON, nullable=True),
    sa.Column("body", sa.LargeBinary, nullable=True),  # sealed: it may hold a webhook's secret
    _time("created"),
    sa.Index("idempotency_person", "person"),
    sa.Index("idempotency_created", "created"),
)

webhooks = _table(
    "webhooks",
    _id(),
    _tenant(),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("events", sa.JSON, nullable=False),
    sa.Column("secret", sa.LargeBinary, nullable=False),  # sealed
    sa.Column("active", sa.Boolean, nullable=False),
    _time("created"),
    sa.Index("webhooks_tenant", "tenant", "id"),
)

deliveries = _table(
    "deliveries",
    _id(),  # the webhook-id that the receiver sees
    _tenant(),
    _person(nullable=True),
    sa.Column("webhook", Id, nullable=False),
    sa.Column("resource", Id, nullable=False),
    sa.Column("event", sa.String(32), nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # waiting, delivered, failed
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("outcome", sa.Text, nullable=False, default=""),
    _time("created"),
    _time("due"),
    _time("ended", nullable=True),
    sa.Index("deliveries_due", "state", "due"),
    sa.Index("deliveries_order", "webhook", "resource", "id"),
    sa.Index("deliveries_person", "person"),
)

audit = _table(
    "audit",
    _id(),
    _tenant(),
    sa.Column("caller", Id, nullable=False),
    sa.Column("action", sa.String(48), nullable=False),
    _person(nullable=True),  # an erased person's is replaced by a pseudonym
    sa.Column("request", sa.String(40), nullable=False),
    _time("at"),
    sa.Index("audit_tenant", "tenant", "id"),
    sa.Index("audit_person", "person"),
    sa.Index("audit_at", "at"),
)

erasures = _table(
    "erasures",
    _id(),
    _tenant(),
    sa.Column("pseudonym", sa.String(64), nullable=False),
    sa.Column("removed", sa.JSON, nullable=False),
    _time("requested"),
    _time("completed", nullable=True),
    # The person's id, sealed, while something may still be written for them.
    sa.Column("again", sa.LargeBinary, nullable=True),
    sa.Index("erasures_tenant", "tenant", "id"),
)

# Counters that outlive a process: what the workers did, for /metrics.
tallies = _table(
    "tallies",
    sa.Column("name", sa.String(48), primary_key=True),
    sa.Column("labels", sa.String(160), primary_key=True),
    sa.Column("value", sa.Double, nullable=False),
)

# Which workers there are; a row without a beat for long is a machine that went away.
workers = _table(
    "workers",
    sa.Column("executor", sa.String(128), primary_key=True),
    _time("beat"),
    sa.Column("version", sa.String(32), nullable=False),
)
