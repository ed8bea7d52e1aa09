"""How much memory there is, for work that would not fit."""

from __future__ import annotations

from pathlib import Path

# Peak memory of sewing and draping: 0.2 GB for the program, and 4 kB a vertex as measured from 6k
# to 50k vertices, with half as much again for folds and layers.
PROGRAM, VERTEX = 2e8, 6e3  # [byte]


def vertices_that_fit() -> int:
    """How many vertices of cloth the available memory holds; a great number where nothing tells."""
    free = available()
    return int(min(max(free - PROGRAM, 0.0) / VERTEX, 1e9))


def available() -> float:
    """Memory that this process may still take [byte]; infinite where nothing tells.

    The least of what the system has free and what a container leaves (cgroups 2 and 1).
    """
    found = [_meminfo()]
    for most, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        (
            "/sys/fs/cgroup/memory/memory.limit_in_bytes",
            "/sys/fs/cgroup/memory/memory.usage_in_bytes",
        ),
    ):
        limit, taken = _number(Path(most)), _number(Path(used))
        if limit is not None and taken is not None:
            found.append(max(0.0, limit - taken))
    return min(found)


def _meminfo() -> float:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return float("inf")
    for line in lines:
        if line.startswith("MemAvailable:"):
            return 1024.0 * float(line.split()[1])
    return float("inf")


def _number(path: Path) -> float | None:
    try:
        return float(path.read_text())
    except (OSError, ValueError):  # "max": no limit
        return None
