"""The computing process: takes one stage at a time from its worker, over a pipe.

It dies with its worker: the kernel kills it when the worker's thread that started it ends, and the
pipe's end tells it too. A crash in native code, or memory running out, ends this process only.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from fitting.errors import FittingError
from service.chain import Order, run_stage
from service.logs import told
from service.parentage import die_with
from service.problems import problem_of
from service.settings import ONLY_IDLE

_EVERY = 0.2  # [s] between two notes of progress, chosen


class _Talk:
    """Progress out, a wish to stop in."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe
        self.stopped = False
        self._last = 0.0

    def progress(self, stage: str, share: float) -> None:
        moment = time.monotonic()
        if share in (0.0, 1.0) or moment - self._last >= _EVERY:
            self._last = moment
            self.pipe.send(("progress", (stage, float(share))))

    def cancelled(self) -> bool:
        while not self.stopped and self.pipe.poll():
            self.stopped = self.pipe.recv() == "stop"
        return self.stopped


def _answer(pipe: Connection, stage: str, order: Order, folder: Path) -> tuple[str, Any]:
    talk = _Talk(pipe)
    try:
        return "done", run_stage(stage, order, folder, talk.progress, talk.cancelled)
    except FittingError as error:
        return "problem", problem_of(error).body()
    except (BrokenPipeError, EOFError):
        raise
    except Exception as error:
        # The message may hold what the customer sent, so only the place is told.
        return "crash", " at ".join(told(error).values())


def stand_back(nice: int) -> None:
    """Compute at a lower priority; 20 is to take only what nobody else wants.

    A niceness shares the processor, and a request may wait for the end of a slice of ours. Linux
    takes it from an idle process at once.
    """
    os.nice(min(nice, 19))
    if nice == ONLY_IDLE and sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def main() -> None:
    """Work until the worker closes the pipe: arguments are its pid, our descriptor, niceness."""
    parent, descriptor, nice = (int(argument) for argument in sys.argv[1:4])
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is the worker's to handle
    stand_back(nice)
    logging.basicConfig(level=logging.WARNING)
    pipe = Connection(descriptor)
    try:
        while True:
            message = pipe.recv()
            if message == "stop":  # meant for a stage that has just ended
                continue
            stage, order, folder = message
            pipe.send(_answer(pipe, stage, order, folder))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


if __name__ == "__main__":
    main()
