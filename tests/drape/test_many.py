"""Starts from other drapes, and many drapes in one call."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fitting.cloth import sew, transferred
from fitting.drape import drape, drape_many
from fitting.drape.many import DrapeJob
from fitting.errors import BadOption, Cancelled
from fitting.fabrics import fabric
from fitting.records import Drape

from .conftest import Dressed


@pytest.fixture(scope="module")
def jobs(dressed: Dressed) -> list[DrapeJob]:
    cloth = sew(dressed.pattern, dressed.body, edge_m=0.03, levels=1)
    return [
        DrapeJob(cloth, dressed.body, dressed.fabric),
        DrapeJob(cloth, dressed.body, replace(dressed.fabric, thickness=0.0)),
        DrapeJob(cloth, dressed.body, fabric("interlock")),
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_many_drapes_are_those_of_each_alone(jobs: list[DrapeJob], workers: int) -> None:
    shares: list[float] = []
    found = drape_many(
        jobs, device="cpu", workers=workers, progress=lambda _, share: shares.append(share)
    )
    for one, job in zip(found, jobs, strict=True):
        if job.fabric.thickness:
            assert isinstance(one, Drape)
            alone = drape(job.cloth, job.body, job.fabric, device="cpu")
            assert one.positions.tobytes() == alone.positions.tobytes()
        else:
            assert isinstance(one, BadOption)
            assert "thickness" in str(one)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_batch_can_be_stopped(jobs: list[DrapeJob]) -> None:
    with pytest.raises(Cancelled):
        drape_many(jobs, device="cpu", workers=1, cancelled=lambda: True)


def test_no_workers_are_refused_and_no_jobs_are_not(jobs: list[DrapeJob]) -> None:
    with pytest.raises(BadOption, match="must be 1 or more"):
        drape_many(jobs, device="cpu", workers=0)
    assert drape_many([], device="cpu") == []


def test_another_fabric_starts_from_the_last_drape_and_takes_less(dressed: Dressed) -> None:
    """Half the simulated time at most; `benchmarks/cloth.py --case warm` tells of other changes."""
    start = transferred(dressed.drape, dressed.cloth, dressed.body)
    warm = drape(
        dressed.cloth, dressed.body, fabric("interlock"), device="cpu", warm_start=start
    ).report
    assert warm.stop_reason == "at_rest"
    assert warm.self_intersections == 0
    assert warm.penetration_max_mm <= 1.0
    assert warm.simulated_s < 0.5 * dressed.drape.report.simulated_s
