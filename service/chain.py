"""The stages of a job, one call each, over `fitting.pipeline`.

Each stage is a function of its order; what earlier stages made is found in the store by content,
so a stage that runs twice, or on another machine, gives the same and computes nothing anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitting import pipeline
from fitting.records import Measurements
from fitting.store import Store, decode, encode

Progress = Callable[[str, float], None]
Cancelled = Callable[[], bool]

RECORD = "measurements.zip"  # the measurements at full precision, from which the chain goes on


@dataclass(frozen=True)
class Order:
    """What a stage needs to know.

    Attributes:
        person: Fields of `pipeline.Person` without the photos; empty once measured.
        look: Fields of `pipeline.Look`, and ``sized``, the chart and label of a garment that is not
            made to measure; several garments have theirs under ``garments``. Empty where only
            measurements are wanted.
        photos: Bytes by view, ``front`` and ``side``.
        record: The measurements, once they are known, as `encode` writes them.
        device: Where to drape.
        formats: File types wanted; the usual ones if empty.
    """

    person: Mapping[str, Any]
    look: Mapping[str, Any]
    photos: Mapping[str, bytes]
    record: bytes | None
    device: str
    formats: tuple[str, ...] = ()


def stages(kind: str) -> tuple[str, ...]:
    """The stages of a kind of job, in order."""
    return pipeline.STAGES if kind == "preview" else pipeline.STAGES[:1]


def looks_of(fields: Mapping[str, Any]) -> list[tuple[pipeline.Look, str]]:
    """The garments of an order's fields, in which JSON made lists of tuples, and their sizes."""
    shared = {name: value for name, value in fields.items() if name != "garments"}
    shared |= {name: tuple(fields[name]) for name in ("views", "size")}
    looks = []
    for garment in fields.get("garments") or [{}]:
        plain = {**shared, **garment}
        sized = plain.pop("sized") or ""
        looks.append((pipeline.Look(**plain), sized))
    return looks


def run_stage(
    stage: str, order: Order, folder: Path, progress: Progress, cancelled: Cancelled
) -> dict[str, bytes]:
    """Do one stage.

    Args:
        stage: One of `pipeline.STAGES`.
        order: See there.
        folder: Where results of stages are kept.
        progress, cancelled: As `pipeline.preview` takes them.
    Returns:
        Files to keep: the measurements from the first stage, the preview's from the last.
    Raises:
        FittingError: As the pipeline raises it.
    """
    store = Store(folder)
    if stage == "measure":
        from fitting.formats import dumps, measurements_json

        found = _measure(order, store, progress)
        return {RECORD: encode(found), "measurements.json": dumps(measurements_json(found))}
    assert order.record is not None, "the stage after measuring needs measurements"
    measured: Measurements = decode(order.record)
    return _after_measuring(stage, measured, order, store, progress, cancelled)


def _measure(order: Order, store: Store, progress: Progress) -> Measurements:
    if order.record is not None:  # measured before: a stored measurement, or a retry
        known: Measurements = decode(order.record)
        return known
    person = pipeline.Person(
        **order.person, front=order.photos.get("front"), side=order.photos.get("side")
    )
    return pipeline.measure(person, store=store, progress=progress)


def _after_measuring(
    stage: str,
    measured: Measurements,
    order: Order,
    store: Store,
    progress: Progress,
    cancelled: Cancelled,
) -> dict[str, bytes]:
    looks = looks_of(order.look)
    last = pipeline.STAGES.index(stage)

    def tell(running: str, share: float) -> None:
        """Only the stage that was asked for: the ones before it are found, not made."""
        if running == stage:
            progress(running, share)

    body = pipeline.avatar(measured, store=store, progress=tell)
    if last == pipeline.STAGES.index("avatar"):
        return {}
    drafted = []
    for look, sized in looks:
        wearer = pipeline.measurements_of_size(sized) if sized else measured
        pattern = pipeline.draft(wearer, look, size=sized, store=store, progress=tell)
        drafted.append((pattern, pipeline.fabric_of(look)))
    drafted.sort(key=lambda one: one[0].layer)  # from the skin outwards, then as they were named
    if last == pipeline.STAGES.index("draft"):
        return {}
    look = looks[0][0]  # all share what is not of one garment
    draped = pipeline.drape_look(
        [pattern for pattern, _ in drafted], body, [fabric for _, fabric in drafted],
        edge_mm=look.edge_mm, device=order.device, store=store, progress=tell, cancelled=cancelled,
    )  # fmt: skip
    if last == pipeline.STAGES.index("drape"):
        return {}
    fits = pipeline.assess_layers(draped, store=store, progress=tell)
    if last == pipeline.STAGES.index("assess"):
        return {}
    pictures, model = pipeline.render_look(draped[0].body, draped, look, store=store, progress=tell)
    return pipeline.look_files(
        measured, draped[0].body, draped, fits, pictures, model, formats=order.formats
    )
