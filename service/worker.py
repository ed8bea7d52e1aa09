"""A worker: takes jobs from the queue, has them computed, and looks after dead workers' jobs."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
import structlog

import fitting
from service.database import insert_missing, make_engine, upgrade
from service.engine import (
    APPLICATION,
    QUEUE,
    RESUMED,
    SPARE_SLOTS,
    WORKFLOW_VERSION,
    engine_url,
    quiet,
)
from service.flow import Shop, register, settle_stranded
from service.identity import now
from service.lease import Lease, take_lease
from service.logs import set_up, told
from service.settings import Settings, load_settings
from service.storage import Files
from service.tables import workers
from service.tracing import Tracer
from service.vault import Vault
from service.workshop import Workshop

log = structlog.get_logger("worker")


def work(settings: Settings) -> None:
    """Run a worker until it is told to stop (SIGTERM or SIGINT), then let running jobs finish."""
    set_up(settings)
    upgrade(settings)
    name = settings.executor_name
    lease = take_lease(settings, name)
    engine = make_engine(settings)
    workshop = Workshop(settings)
    tracer = Tracer(settings, "worker")
    shop = Shop(settings, engine, Files(settings), Vault.of(settings), workshop, tracer)
    _launch(shop, name)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    for task, every in _rounds(shop, lease, name):
        threading.Thread(target=_repeat, args=(task, every, stop), daemon=True).start()
    log.info("worker up", executor=name, slots=settings.slots)
    stop.wait()
    log.info("worker drains", executor=name)
    _drain(shop, settings)
    with engine.begin() as connection:
        connection.execute(workers.delete().where(workers.c.executor == name))
    lease.close()


def _launch(shop: Shop, name: str) -> None:
    from dbos import DBOS

    quiet()
    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": engine_url(shop.settings),
            "system_database_engine": make_engine(shop.settings, pool=10),
            "application_version": WORKFLOW_VERSION,
            "executor_id": name,
            "log_level": "ERROR",
            "notification_listener_polling_interval_sec": 1.0,
        }
    )
    register(shop)
    DBOS.launch()
    for queue, slots in ((QUEUE, shop.settings.slots), (RESUMED, SPARE_SLOTS)):
        DBOS.register_queue(
            queue, worker_concurrency=slots, polling_interval_sec=shop.settings.poll_seconds
        )


def _drain(shop: Shop, settings: Settings) -> None:
    """Take no more jobs, wait for the running ones, and end the computing processes."""
    from dbos import DBOS

    DBOS.destroy(workflow_completion_timeout_sec=int(settings.drain_seconds))
    shop.workshop.close()


# ---- what a worker does beside jobs --------------------------------------------------------------


def _rounds(shop: Shop, lease: Lease, name: str) -> list[tuple[Callable[[], object], float]]:
    from service.courier import Courier
    from service.retention import HOUR, sweep, sweep_strays

    settings = shop.settings
    courier = Courier(settings, shop.engine, shop.vault)
    return [
        (lambda: _require_lease(lease), settings.lease_seconds),
        (lambda: _beat(shop.engine, name), 5 * settings.lease_seconds),
        (lambda: resume_orphans(lease, name), settings.lease_seconds),
        (lambda: settle_stranded(shop), 5 * settings.lease_seconds),
        (courier.deliver_due, 1.0),
        (lambda: sweep(settings, shop.engine, shop.files), settings.sweep_seconds),
        (lambda: sweep_strays(shop.engine, shop.files), HOUR),
    ]


def _repeat(task: Callable[[], object], every: float, stop: threading.Event) -> None:
    """Do something again and again; a round that fails is logged and the next one tried."""
    while True:
        try:
            task()
        except Exception as error:  # a thread's edge
            log.warning("round failed", **told(error))
        if stop.wait(every):
            return


def _require_lease(lease: Lease) -> None:
    if not lease.holds():
        # Somebody else may have our jobs by now: computing on would do them twice.
        log.error("lease lost, ending")
        os._exit(3)


def resume_orphans(lease: Lease, me: str) -> int:
    """Queue the jobs of dead workers again; how many."""
    from dbos import DBOS

    def pending(**more: Any) -> list[Any]:
        found: list[Any] = DBOS.list_workflows(
            status=["PENDING"], load_input=False, load_output=False, **more
        )
        return found

    resumed = 0
    for executor in {row.executor_id for row in pending() if row.executor_id} - {me}:
        if not lease.take(executor):
            continue
        try:
            ids = [row.workflow_id for row in pending(executor_id=executor)]
            if ids:
                DBOS.resume_workflows(ids, queue_name=RESUMED)
                resumed += len(ids)
                log.warning("jobs of a dead worker queued again", executor=executor, jobs=len(ids))
        finally:
            lease.free(executor)
    return resumed


def _beat(engine: sa.Engine, name: str) -> None:
    with engine.begin() as connection:
        row = {"executor": name, "beat": now(), "version": fitting.__version__}
        connection.execute(insert_missing(workers, engine.dialect.name, row))
        connection.execute(workers.update().where(workers.c.executor == name).values(**row))


def main(*, executor: str = "", slots: int | None = None) -> None:
    """Run a worker with the settings of the environment, and what is given here before them.

    Raises:
        BadInput: A setting cannot be, or another living worker has this one's name.
    """
    given = {"executor": executor or None, "slots": slots}
    work(load_settings(**{name: value for name, value in given.items() if value is not None}))


if __name__ == "__main__":
    main()
