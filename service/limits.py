"""How much one key may ask: a token bucket for each, in this process."""

from __future__ import annotations

import threading
import time

from service.problems import Problem


class Buckets:
    """A bucket holds a minute's worth of tokens and fills evenly.

    The buckets are this process's own: with several API processes a key gets as many times its
    limit, which is what a limit against accidents has to do without a round trip a request.
    """

    def __init__(self, per_minute: int) -> None:
        self._size = float(per_minute)
        self._rate = per_minute / 60.0
        self._levels: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str) -> None:
        """Take a token.

        Raises:
            Problem: too-many-requests, with Retry-After.
        """
        moment = time.monotonic()
        with self._lock:
            level, last = self._levels.get(key, (self._size, moment))
            level = min(self._size, level + (moment - last) * self._rate)
            if level < 1.0:
                wait = max(1, round((1.0 - level) / self._rate + 0.5))
                raise Problem("too-many-requests", headers={"Retry-After": str(wait)})
            self._levels[key] = (level - 1.0, moment)
            if len(self._levels) > 50_000:  # a full bucket needs no entry
                self._levels = {
                    k: (v, t)
                    for k, (v, t) in self._levels.items()
                    if v + (moment - t) * self._rate < self._size
                }
