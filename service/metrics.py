"""What Prometheus reads: this process's requests, and the workers' counters from the database."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from service import jobs, tallies
from service.identity import now
from service.tables import deliveries, workers
from service.tables import jobs as job_table


class Meter:
    """Counts of this process, and where they are read."""

    def __init__(self, engine: sa.Engine) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "cyberatelier_requests",
            "Answers",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "cyberatelier_request_seconds", "Time to answer", ["route"], registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
        )  # fmt: skip
        self.registry.register(_Shared(engine))

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)


class _Shared(Collector):
    """Queue, workers and the counters in the database, read when asked."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def describe(self) -> list[Metric]:
        return []  # registering must not ask the database

    def collect(self) -> Iterator[Metric]:
        with self._engine.connect() as connection:
            depth = GaugeMetricFamily("cyberatelier_jobs_now", "Jobs by state", labels=["state"])
            states = dict.fromkeys(jobs.LIVE, 0)
            counted = connection.execute(
                sa.select(job_table.c.state, sa.func.count())
                .where(job_table.c.state.in_(jobs.LIVE))
                .group_by(job_table.c.state)
            )
            for state, count in [*states.items(), *((row[0], row[1]) for row in counted)]:
                states[state] = count
            for state, count in states.items():
                depth.add_metric([state], count)
            yield depth
            yield self._oldest(connection)
            waiting = connection.scalar(
                sa.select(sa.func.count()).where(deliveries.c.state == "waiting")
            )
            yield GaugeMetricFamily(
                "cyberatelier_webhooks_waiting", "Deliveries not yet made", value=waiting or 0
            )
            alive = connection.scalar(sa.select(sa.func.count()).where(workers.c.beat > now() - 60))
            yield GaugeMetricFamily("cyberatelier_workers", "Workers alive", value=alive or 0)
            yield from _tallied(list(tallies.read(connection)))

    def _oldest(self, connection: sa.Connection) -> Metric:
        first = connection.scalar(
            sa.select(sa.func.min(job_table.c.created)).where(job_table.c.state == jobs.QUEUED)
        )
        return GaugeMetricFamily(
            "cyberatelier_queue_age_seconds", "Age of the oldest waiting job",
            value=0 if first is None else max(0.0, now() - first),
        )  # fmt: skip


def _tallied(rows: list[tuple[str, str, float]]) -> Iterator[Metric]:
    ended = CounterMetricFamily(
        "cyberatelier_jobs", "Jobs ended", labels=["kind", "state", "reason"]
    )
    sent = CounterMetricFamily("cyberatelier_webhook_attempts", "Calls made", labels=["outcome"])
    buckets: dict[str, dict[float, float]] = {}
    sums: dict[str, float] = {}
    for name, labels, value in rows:
        if name == "jobs":
            ended.add_metric(labels.split("|"), value)
        elif name == "webhook_attempts":
            sent.add_metric([labels], value)
        elif name == "stage_seconds_sum":
            sums[labels] = value
        elif name == "stage_seconds_bucket":
            stage, bound = labels.split("|")
            buckets.setdefault(stage, {})[float(bound)] = value
    stages = HistogramMetricFamily(
        "cyberatelier_stage_seconds", "Time of a stage", labels=["stage"]
    )
    for stage, found in buckets.items():
        total, cumulative = 0.0, []
        for upper in (*tallies.BOUNDS, float("inf")):
            total += found.get(upper, 0.0)
            cumulative.append(("+Inf" if upper == float("inf") else str(upper), total))
        stages.add_metric([stage], cumulative, sums.get(stage, 0.0))
    yield from (ended, sent, stages)
