"""The whole drape of a garment on a body."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.drape import drape
from fitting.errors import BadInput, BadMesh, BadOption, Cancelled, NotSupported
from fitting.records import Body

from .conftest import Dressed


def test_the_tee_comes_to_rest_outside_the_body_and_itself(dressed: Dressed) -> None:
    report = dressed.drape.report
    assert report.stop_reason == "at_rest"
    assert report.penetration_max_mm <= 1.0
    assert report.self_intersections == 0
    assert report.seam_gap_max_mm <= 1.0
    assert report.force_residual < 0.05
    assert report.residual_speed_mean_m_s < 0.003
    assert report.residual_speed_max_m_s < 0.025
    assert 1.0 < report.stretch_p99 < 1.0 + dressed.fabric.stretch_weft
    assert np.isfinite(dressed.drape.positions).all()


def test_the_tee_hangs_where_a_tee_is_worn(dressed: Dressed) -> None:
    x = dressed.drape.positions
    height = dressed.body.vertices[:, 1].max()
    assert 0.80 * height < x[:, 1].max() < 0.90 * height
    assert 0.40 * height < x[:, 1].min() < 0.60 * height
    assert x[:, 0].mean() == pytest.approx(0.0, abs=0.01)


def test_the_same_input_gives_the_same_bytes(dressed: Dressed) -> None:
    again = drape(dressed.cloth, dressed.body, dressed.fabric, device="cpu")
    assert again.positions.tobytes() == dressed.drape.positions.tobytes()


def test_a_warm_start_is_shorter_and_ends_in_the_same_place(dressed: Dressed) -> None:
    warm = drape(
        dressed.cloth, dressed.body, dressed.fabric, device="cpu",
        warm_start=dressed.drape.positions,
    )  # fmt: skip
    assert warm.report.stop_reason == "at_rest"
    assert warm.report.simulated_s < 0.7 * dressed.drape.report.simulated_s
    moved = np.linalg.norm(warm.positions - dressed.drape.positions, axis=1)
    assert np.quantile(moved, 0.95) < 0.004


def test_a_warm_start_follows_a_change_of_body(dressed: Dressed) -> None:
    scale = np.array([1.02, 1.0, 1.02])
    stouter = Body(dressed.body.vertices * scale, dressed.body.faces)
    warm = drape(
        dressed.cloth, stouter, dressed.fabric, device="cpu", warm_start=dressed.drape.positions
    )
    assert warm.report.stop_reason == "at_rest"
    assert warm.report.penetration_max_mm <= 1.0
    assert warm.report.self_intersections == 0


def test_progress_rises_to_one(dressed: Dressed) -> None:
    seen: list[tuple[str, float]] = []
    drape(
        dressed.cloth, dressed.body, dressed.fabric, device="cpu",
        warm_start=dressed.drape.positions, progress=lambda what, share: seen.append((what, share)),
    )  # fmt: skip
    shares = [share for _, share in seen]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_caller_can_stop_it(dressed: Dressed) -> None:
    asked = iter([False] * 5)
    with pytest.raises(Cancelled, match="stopped by its caller"):
        drape(
            dressed.cloth, dressed.body, dressed.fabric, device="cpu",
            cancelled=lambda: next(asked, True),
        )  # fmt: skip


def test_a_time_limit_ends_it_and_is_said(dressed: Dressed) -> None:
    report = drape(
        dressed.cloth, dressed.body, dressed.fabric, device="cpu", time_limit_s=0.05
    ).report
    assert report.stop_reason == "time_limit"


def test_a_warm_start_of_another_cloth_is_refused(dressed: Dressed) -> None:
    with pytest.raises(BadMesh, match="node positions of the same cloth"):
        drape(
            dressed.cloth, dressed.body, dressed.fabric, device="cpu",
            warm_start=dressed.drape.positions[1:],
        )  # fmt: skip


def test_an_unknown_device_is_refused(dressed: Dressed) -> None:
    with pytest.raises(BadOption, match="'gpu' is unknown"):
        drape(dressed.cloth, dressed.body, dressed.fabric, device="gpu")


def test_asking_for_a_missing_cuda_device_says_what_to_do(dressed: Dressed) -> None:
    import warp as wp

    if wp.is_cuda_available():
        pytest.skip("there is a CUDA device")
    with pytest.raises(NotSupported, match="NVIDIA driver"):
        drape(dressed.cloth, dressed.body, dressed.fabric, device="cuda")


def test_importing_the_stage_starts_nothing_heavy() -> None:
    import subprocess
    import sys

    code = "import sys, fitting.drape; sys.exit('warp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_bad_input_is_one_family() -> None:
    assert issubclass(BadMesh, BadInput)
    assert issubclass(BadOption, BadInput)
