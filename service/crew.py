"""The workers that `fitting serve` starts beside itself, and starts again when they end."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import structlog

from service.parentage import die_with
from service.settings import Settings

log = structlog.get_logger("crew")

_PAUSE = 2.0  # [s] before a worker that ended is started again, chosen


class Crew:
    """Worker processes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep, args=(number,), daemon=True)
            for number in range(1, settings.workers + 1)
        ]
        for thread in self._threads:
            thread.start()

    def _keep(self, number: int) -> None:
        # One thread keeps one worker: the kernel ends the worker when its thread ends.
        name = f"{self._settings.executor_name}-{number}"
        while not self._stop.is_set():
            child = self._start(name)
            while child.poll() is None and not self._stop.wait(0.2):
                pass
            if self._stop.is_set():
                self._end(child)
                return
            log.warning("worker ended, starting it again", executor=name, code=child.returncode)
            self._stop.wait(_PAUSE)

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ, **self._settings.environment(), "CYBERATELIER_EXECUTOR": name,
        }  # fmt: skip
        environment.pop("CYBERATELIER_SETTINGS_FILE", None)
        return subprocess.Popen(
            [sys.executable, "-m", "service.crew", str(os.getpid())],
            env=environment,
            stdin=subprocess.DEVNULL,
        )

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        child.terminate()
        try:
            child.wait(self._settings.drain_seconds + 10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def close(self) -> None:
        """Let the workers finish what they have begun, and end them."""
        self._stop.set()
        limit = time.monotonic() + self._settings.drain_seconds + 15
        for thread in self._threads:
            thread.join(max(0.1, limit - time.monotonic()))


if __name__ == "__main__":
    die_with(int(sys.argv[1]))
    from service.worker import main

    main()
