"""What this installation has and lacks, and the command that mends it."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from dataclasses import dataclass

from fitting.assets import asset, cache_dir
from fitting.errors import NotSupported

# Drawing needs a display-less OpenGL: these Debian packages give Mesa's software one.
EGL_REMEDY = "apt-get install -y libegl1 libgl1-mesa-dri libgl1 libxrender1"
_PACKAGES = ("numpy", "mediapipe", "opencv-contrib-python", "warp-lang", "PyOpenGL", "trimesh")
_ASSETS = (
    ("body", "anny.npz"),
    ("anthropometry", "prior.npz"),
    ("photo", "silhouettes.npz"),
    ("samples", "front.jpg"),
)


@dataclass(frozen=True)
class Finding:
    """One part of the installation, whether it works, and what to do where it does not."""

    part: str
    ok: bool
    found: str
    remedy: str = ""


def examine() -> tuple[Finding, ...]:
    """Look at Python, packages, data files, drawing, the cache folder and the GPU."""
    return (
        _python(),
        *(_package(name) for name in _PACKAGES),
        *(_asset(*parts) for parts in _ASSETS),
        _drawing(),
        _cache(),
        _gpu(),
    )


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    ok = (3, 11) <= sys.version_info[:2] <= (3, 12)
    return Finding("python", ok, version, "install Python 3.11 or 3.12 and run ./run demo again")


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, False, "not installed", "pip install -c constraints.txt -e .")


def _asset(*parts: str) -> Finding:
    name = "assets/" + "/".join(parts)
    try:
        return Finding(name, True, f"{asset(*parts).stat().st_size / 1e6:.1f} MB")
    except NotSupported as error:
        return Finding(name, False, "missing", str(error))


def _drawing() -> Finding:
    # In a process of its own: a broken driver can end the process that loads it.
    probe = "from fitting.render.gl import describe; print(describe())"
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return Finding("drawing (EGL)", True, done.stdout.strip())
    last = done.stderr.strip().splitlines()
    return Finding("drawing (EGL)", False, last[-1] if last else "no driver", EGL_REMEDY)


def _cache() -> Finding:
    try:
        return Finding("cache folder", True, str(cache_dir()))
    except OSError as error:
        remedy = "set XDG_CACHE_HOME to a folder that can be written"
        return Finding("cache folder", False, str(error), remedy)


def _gpu() -> Finding:
    from fitting.drape.device import pick_device

    found = pick_device("auto")
    return Finding("GPU", True, "none; all runs on the CPU" if found == "cpu" else found)
