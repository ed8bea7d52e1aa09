"""A pool of computing processes, from the worker's side.

Each slot has one process (`service.bench`) that lives over many stages, so that libraries are
loaded and kernels compiled once. A process that crashes, hangs or grows old is replaced.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from service.chain import Order
from service.settings import Settings

Progress = Callable[[str, float], None]
Cancelled = Callable[[], bool]

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
_PATIENCE = 10.0  # [s] a stage has to stop after it was asked to, chosen
_LOOK = 0.25  # [s] between two looks whether the job was cancelled, chosen


class StageProblem(Exception):
    """The stage ended in a problem that is the caller's to mend."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["type"])
        self.problem = problem


class StageFailed(Exception):
    """The stage crashed or hung; the same job may succeed at another try."""

    def __init__(self, reason: str, *, slug: str = "internal") -> None:
        super().__init__(reason)
        self.slug = slug


class _Process:
    def __init__(self, settings: Settings) -> None:
        ours, theirs = Pipe()
        limits = dict.fromkeys(_THREADS, str(settings.threads)) if settings.threads else {}
        with theirs:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "service.bench", str(os.getpid()), str(theirs.fileno()),
                 str(settings.nice)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, **limits, "PYOPENGL_PLATFORM": "egl"},
            )  # fmt: skip
        self.pipe: Connection = ours
        self.done = 0

    def end(self) -> None:
        self.pipe.close()
        self.child.kill()
        self.child.wait()


class Workshop:
    """Slots in which stages are computed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._slots: queue.Queue[_Process | None] = queue.Queue()
        for _ in range(settings.slots):
            self._slots.put(None)
        # The kernel kills a child when the thread that started it ends, so one thread starts all.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="bench-starter")

    def run(
        self, stage: str, order: Order, folder: Path, progress: Progress, cancelled: Cancelled
    ) -> dict[str, bytes]:
        """Compute a stage in the next free slot and return the files it made.

        Raises:
            StageProblem: The input is wrong, or the job was cancelled.
            StageFailed: The process crashed or took too long.
        """
        process = self._slots.get()
        keep: _Process | None = None
        try:
            if process is None:
                process = self._starter.submit(_Process, self._settings).result()
            result = self._talk(process, (stage, order, folder), progress, cancelled)
            process.done += 1
            if process.done < self._settings.jobs_per_process * 6:  # six stages a job
                keep = process
            return result
        except StageProblem:
            keep = process
            raise
        finally:
            if keep is None and process is not None:
                process.end()
            self._slots.put(keep)

    def _talk(
        self,
        process: _Process,
        message: tuple[str, Order, Path],
        progress: Progress,
        cancelled: Cancelled,
    ) -> dict[str, bytes]:
        limit = time.monotonic() + self._settings.stage_seconds
        stopping = False
        try:
            process.pipe.send(message)
            while True:
                if process.pipe.poll(_LOOK):
                    kind, what = process.pipe.recv()
                    if kind == "progress":
                        progress(*what)
                        continue
                    return _result(kind, what)
                if not stopping and cancelled():
                    stopping = True
                    limit = min(limit, time.monotonic() + _PATIENCE)
                    process.pipe.send("stop")
                if time.monotonic() > limit:
                    slug = "cancelled" if stopping else "timed-out"
                    raise StageFailed(f"{message[0]} did not end in time", slug=slug)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            code = process.child.wait()
            raise StageFailed(f"{message[0]}: the computing process ended with {code}") from None

    def close(self) -> None:
        """End every process."""
        for _ in range(self._settings.slots):
            try:
                process = self._slots.get_nowait()
            except queue.Empty:
                break
            if process is not None:
                process.end()
        self._starter.shutdown(wait=False)


def _result(kind: str, what: Any) -> dict[str, bytes]:
    if kind == "done":
        files: dict[str, bytes] = what
        return files
    if kind == "problem":
        raise StageProblem(what)
    raise StageFailed(what)
