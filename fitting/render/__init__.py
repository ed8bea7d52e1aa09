"""Pictures of a dressed avatar, and the 3D files that show it elsewhere.

Importing this package is light: OpenGL and Warp start with the first picture.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fitting.render.finish import Finish, Print
    from fitting.render.glb import write_body, write_look
    from fitting.render.order import Order, check_order, make
    from fitting.render.overlay import composite
    from fitting.render.pictures import png
    from fitting.render.rig import write_rigged
    from fitting.render.stills import still
    from fitting.render.studio import Studio
    from fitting.render.usdz import write_usdz
    from fitting.render.views import check_views

_HOMES = {
    "Finish": "finish",
    "Order": "order",
    "Print": "finish",
    "Studio": "studio",
    "check_order": "order",
    "check_views": "views",
    "composite": "overlay",
    "make": "order",
    "png": "pictures",
    "still": "stills",
    "write_body": "glb",
    "write_look": "glb",
    "write_rigged": "rig",
    "write_usdz": "usdz",
}

__all__ = [
    "Finish", "Order", "Print", "Studio", "check_order", "check_views", "composite", "make", "png",
    "still", "write_body", "write_look", "write_rigged", "write_usdz",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
