"""Time spent on a drape, its limit, and who is told how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from fitting.errors import BadOption, Cancelled

Progress = Callable[[str, float], None]


@dataclass
class Clock:
    """Time spent, limits, and who is told.

    Attributes:
        limit_s: Wall time after which work ends where it is [s].
        progress: Called with what is being done and the share done.
        cancelled: Asked whether to stop.
        simulated: How long the cloth has moved [s].
        told: The greatest share told; of several garments one after the other none goes back.
    """

    limit_s: float
    progress: Progress | None = None
    cancelled: Callable[[], bool] | None = None
    simulated: float = 0.0
    told: float = 0.0
    wall: float = field(default_factory=time.perf_counter)
    cpu: float = field(default_factory=time.process_time)

    def __post_init__(self) -> None:
        if not self.limit_s > 0.0:
            raise BadOption(
                f"the time limit is {self.limit_s:g} s; it must be above 0; a tee takes 1 to 2"
            )

    def tell(self, what: str, share: float) -> None:
        """Reports progress, and stops where the caller wants to."""
        if self.progress is not None:
            self.told = max(self.told, share)
            self.progress(what, self.told)
        if self.cancelled is not None and self.cancelled():
            raise Cancelled("the drape was stopped by its caller")

    @property
    def elapsed(self) -> float:
        """Wall time so far [s]."""
        return time.perf_counter() - self.wall

    @property
    def up(self) -> bool:
        """Whether the time limit has passed."""
        return self.elapsed > self.limit_s
