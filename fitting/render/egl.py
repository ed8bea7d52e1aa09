"""A windowless OpenGL context from EGL, on a graphics card or on Mesa's software renderer.

Reference:
    Khronos Group, EGL 1.5 and the extensions EGL_EXT_device_enumeration, EGL_EXT_platform_device,
    EGL_KHR_surfaceless_context.
"""

from __future__ import annotations

import ctypes
import os
from ctypes import c_int32, c_uint32, c_void_p
from typing import Any

from fitting.errors import NotSupported

REMEDY = (
    "install Mesa's software renderer, on Debian or Ubuntu: "
    "apt-get install --no-install-recommends libegl1 libgl1-mesa-dri libgl1"
)

_NONE = 0x3038
_PLATFORM_DEVICE = 0x313F
_OPENGL_API = 0x30A2
# Surface type: none needed; renderable type: OpenGL.
_CONFIG = (0x3033, 0x0001, 0x3040, 0x0008, _NONE)
# OpenGL 4.1, core profile.
_CONTEXT = (0x3098, 4, 0x30FB, 1, 0x30FD, 1, _NONE)


class Context:
    """An OpenGL 4.1 core context, or a later one that is compatible.

    Raises:
        NotSupported: No EGL library, no device, or none that gives such a context.
    """

    def __init__(self) -> None:
        self._egl = _library()
        failures: list[str] = []
        for index, display in enumerate(self._displays()):
            made = self._try(display)
            if isinstance(made, int):
                self._display, self._context = display, made
                return
            failures.append(f"device {index}: {made}")
        tried = "; ".join(failures) or "EGL lists no device"
        raise NotSupported(f"no OpenGL 4.1 without a window here ({tried}); {REMEDY}")

    def _displays(self) -> list[int]:
        """A display for each device, in EGL's order; one alone where EGL_DEVICE_ID names it."""
        query, display = (
            self._egl.eglGetProcAddress(name)
            for name in (b"eglQueryDevicesEXT", b"eglGetPlatformDisplayEXT")
        )
        if not query or not display:
            return [d for d in [self._egl.eglGetDisplay(None)] if d]
        of_device = ctypes.CFUNCTYPE(c_void_p, c_uint32, c_void_p, c_void_p)(display)
        listed = ctypes.CFUNCTYPE(c_uint32, c_int32, c_void_p, c_void_p)(query)
        devices, count = (c_void_p * 16)(), c_int32(0)
        if not listed(16, devices, ctypes.byref(count)):
            return []
        found = list(devices)[: count.value]
        wanted = os.environ.get("EGL_DEVICE_ID", "")
        if wanted.isdigit():
            found = found[int(wanted) : int(wanted) + 1]
        shown = [of_device(_PLATFORM_DEVICE, device, None) for device in found]
        return [d for d in shown if d]

    def _try(self, display: int) -> int | str:
        """A context on a display, or why there is none."""
        egl = self._egl
        if not egl.eglInitialize(display, None, None):
            return "cannot be initialized"
        egl.eglBindAPI(_OPENGL_API)
        config, count = c_void_p(), c_int32(0)
        wanted = (c_int32 * len(_CONFIG))(*_CONFIG)
        egl.eglChooseConfig(display, wanted, ctypes.byref(config), 1, ctypes.byref(count))
        if not count.value:
            return "draws no OpenGL"
        version = (c_int32 * len(_CONTEXT))(*_CONTEXT)
        context = egl.eglCreateContext(display, config, None, version)
        if not context:
            return "has no OpenGL 4.1"
        if not egl.eglMakeCurrent(display, None, None, context):
            return "needs a window"
        return int(context)

    def acquire(self) -> None:
        """Make it this thread's context."""
        self._egl.eglBindAPI(_OPENGL_API)
        if not self._egl.eglMakeCurrent(self._display, None, None, self._context):
            raise NotSupported("the OpenGL context was lost; start the program again")

    def release(self) -> None:
        """Leave this thread without a context, so that another may take it."""
        self._egl.eglMakeCurrent(self._display, None, None, None)


def _library() -> Any:
    """libEGL with its functions' types told: pointers are 64 bits wide."""
    try:
        egl = ctypes.CDLL("libEGL.so.1")
    except OSError as error:
        raise NotSupported(f"pictures need EGL, which is missing ({error}); {REMEDY}") from None
    pointers = c_void_p
    for name, result, arguments in (
        ("eglGetProcAddress", pointers, [ctypes.c_char_p]),
        ("eglGetDisplay", pointers, [pointers]),
        ("eglInitialize", c_uint32, [pointers, pointers, pointers]),
        ("eglBindAPI", c_uint32, [c_uint32]),
        ("eglChooseConfig", c_uint32, [pointers, pointers, pointers, c_int32, pointers]),
        ("eglCreateContext", pointers, [pointers, pointers, pointers, pointers]),
        ("eglMakeCurrent", c_uint32, [pointers, pointers, pointers, pointers]),
    ):
        function = getattr(egl, name)
        function.restype, function.argtypes = result, arguments
    return egl
