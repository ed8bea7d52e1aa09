"""Starting Warp quietly, and choosing where its kernels run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from fitting.errors import BadOption, NotSupported

DEVICES = ("auto", "cpu", "cuda")


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Keeps native code off stderr: without an NVIDIA driver Warp warns there on every start."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as null:
            os.dup2(null.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@cache
def _warp() -> Any:
    import warp as wp

    wp.config.log_level = wp.LOG_WARNING
    with _silent_stderr():
        wp.init()
    return wp


def pick_device(device: str = "auto") -> str:
    """The Warp name of the device that a drape runs on.

    Args:
        device: ``cpu``, ``cuda``, or ``auto``: a CUDA device where there is one.

    Raises:
        BadOption: No such choice.
        NotSupported: CUDA was asked for and there is none.
    """
    if device not in DEVICES:
        raise BadOption(f"the device {device!r} is unknown; choose one of: {', '.join(DEVICES)}")
    if device == "cpu":
        _warp()
        return "cpu"
    there = bool(_warp().is_cuda_available())
    if device == "cuda" and not there:
        raise NotSupported(
            "no CUDA device was found; install an NVIDIA driver or use the device 'cpu'"
        )
    return "cuda:0" if there else "cpu"
