"""A pool of computing processes, from the worker's side.

Each slot has one process (`service.bench`) that lives over many stages, so that libraries are
loaded and kernels compiled once. A process that crashes, hangs or grows old is replaced. Spare
slots are there for the jobs of dead workers; their processes end when they have had no work for a
while.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from service.chain import Order
from service.engine import SPARE_SLOTS
from service.settings import Settings

Progress = Callable[[str, float], None]
Cancelled = Callable[[], bool]

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
_PATIENCE = 10.0  # [s] a stage has to stop after it was asked to, chosen
_SPARE_IDLE = 60.0  # [s] after which a process more than there are slots ends, chosen
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
        self.idle_since = 0.0

    def end(self) -> None:
        self.pipe.close()
        self.child.kill()
        self.child.wait()


class Workshop:
    """Slots in which stages are computed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._slots = threading.Semaphore(settings.slots + SPARE_SLOTS)
        self._idle: list[_Process] = []  # the one used last at the end
        self._lock = threading.Lock()
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
        with self._slots:
            process = self._take()
            keep = False
            try:
                result = self._talk(process, (stage, order, folder), progress, cancelled)
                process.done += 1
                keep = process.done < self._settings.jobs_per_process * 6  # six stages a job
                return result
            except StageProblem:
                keep = True
                raise
            finally:
                if keep:
                    self._put_back(process)
                else:
                    process.end()

    def _take(self) -> _Process:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._starter.submit(_Process, self._settings).result()

    def _put_back(self, process: _Process) -> None:
        process.idle_since = time.monotonic()
        with self._lock:
            self._idle.append(process)
            spare = len(self._idle) > self._settings.slots
            old = self._idle[0].idle_since < time.monotonic() - _SPARE_IDLE
            gone = self._idle.pop(0) if spare and old else None
        if gone is not None:
            gone.end()

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
        """End the processes that wait for work; the others end with this one."""
        with self._lock:
            while self._idle:
                self._idle.pop().end()
        self._starter.shutdown(wait=False)


def _result(kind: str, what: Any) -> dict[str, bytes]:
    if kind == "done":
        files: dict[str, bytes] = what
        return files
    if kind == "problem":
        raise StageProblem(what)
    raise StageFailed(what)
