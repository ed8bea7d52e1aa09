"""The one place that speaks OpenGL: thin wrappers for programs, meshes, textures and canvases.

One context serves the whole process, because `eglTerminate` of one would end every other on the
same display. It is current in one thread at a time; `current()` sees to that.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitting.errors import NotSupported
from fitting.render.egl import REMEDY, Context

_lock = threading.RLock()
_depth = 0
_context: Context | None = None
_owner = 0


def _load() -> Any:
    """PyOpenGL; it picks its platform from the environment on first import."""
    before = os.environ.get("PYOPENGL_PLATFORM")
    os.environ["PYOPENGL_PLATFORM"] = "egl"
    try:
        import OpenGL

        OpenGL.ERROR_LOGGING = False
        from OpenGL import GL
    except (ImportError, AttributeError, OSError) as error:
        raise NotSupported(f"OpenGL cannot be loaded ({error}); {REMEDY}") from error
    finally:
        if before is None:
            del os.environ["PYOPENGL_PLATFORM"]
        else:
            os.environ["PYOPENGL_PLATFORM"] = before
    return GL


@contextmanager
def current() -> Iterator[None]:
    """Hold the process's OpenGL context in this thread.

    Raises:
        NotSupported: There is no EGL, or no device with OpenGL 4.1.
    """
    global _context, _depth, _owner
    with _lock:
        if _context is None or _owner != os.getpid():  # a context does not survive a fork
            made = Context()
            made.acquire()
            _load()
            _context, _owner, _depth = made, os.getpid(), 0
        if _depth == 0:
            _context.acquire()
        _depth += 1
        try:
            yield
        finally:
            _depth -= 1
            if _depth == 0:
                _context.release()


def describe() -> str:
    """Renderer and version, for `fitting doctor`."""
    from_gl: list[str] = []
    with current():
        from OpenGL import GL

        from_gl = [GL.glGetString(name).decode() for name in (GL.GL_RENDERER, GL.GL_VERSION)]
    return ", OpenGL ".join(from_gl)


class Program:
    """A linked pair of shaders with its uniforms set by name."""

    def __init__(self, vertex: str, fragment: str) -> None:
        from OpenGL import GL

        self._gl = GL
        self.id = GL.glCreateProgram()
        stages = [self._compile(GL.GL_VERTEX_SHADER, vertex)]
        stages.append(self._compile(GL.GL_FRAGMENT_SHADER, fragment))
        for stage in stages:
            GL.glAttachShader(self.id, stage)
        GL.glLinkProgram(self.id)
        for stage in stages:
            GL.glDeleteShader(stage)
        if not GL.glGetProgramiv(self.id, GL.GL_LINK_STATUS):
            raise NotSupported(f"a shader does not link here: {GL.glGetProgramInfoLog(self.id)!r}")
        self._places: dict[str, int] = {}

    def _compile(self, kind: Any, source: str) -> Any:
        stage = self._gl.glCreateShader(kind)
        self._gl.glShaderSource(stage, source)
        self._gl.glCompileShader(stage)
        if not self._gl.glGetShaderiv(stage, self._gl.GL_COMPILE_STATUS):
            log = self._gl.glGetShaderInfoLog(stage)
            raise NotSupported(f"a shader does not compile here: {log!r}")
        return stage

    def use(self, **uniforms: Any) -> None:
        """Make it the current program and set uniforms: int, float, vectors, 4×4 or textures."""
        self._gl.glUseProgram(self.id)
        unit = 0
        for name, value in uniforms.items():
            if name not in self._places:
                self._places[name] = self._gl.glGetUniformLocation(self.id, name)
            place = self._places[name]
            if isinstance(value, Texture):
                value.bind(unit)
                self._gl.glUniform1i(place, unit)
                unit += 1
            else:
                self._set(place, value)

    def _set(self, place: int, value: Any) -> None:
        gl = self._gl
        if isinstance(value, bool | int):
            gl.glUniform1i(place, int(value))
        elif isinstance(value, float):
            gl.glUniform1f(place, value)
        else:
            array = np.ascontiguousarray(value, dtype=np.float32)
            if array.shape == (4, 4):
                gl.glUniformMatrix4fv(place, 1, gl.GL_TRUE, array)
            elif array.ndim == 2:
                setter = {2: gl.glUniform2fv, 3: gl.glUniform3fv, 4: gl.glUniform4fv}
                setter[array.shape[1]](place, len(array), array)
            else:
                {2: gl.glUniform2f, 3: gl.glUniform3f, 4: gl.glUniform4f}[len(array)](
                    place, *(float(v) for v in array)
                )

    def delete(self) -> None:
        self._gl.glDeleteProgram(self.id)


class Triangles:
    """Vertex attributes and triangle indices on the device.

    Args:
        attributes: By location 0, 1, 2 ...: arrays of shape (N, 1..4), stored as float32.
        faces: shape (M, 3).
    """

    def __init__(self, attributes: Sequence[NDArray[Any]], faces: NDArray[Any]) -> None:
        from OpenGL import GL

        self._gl = GL
        self.vao = GL.glGenVertexArrays(1)
        GL.glBindVertexArray(self.vao)
        rows = [np.asarray(a, np.float32).reshape(len(a), -1) for a in attributes]
        packed = np.ascontiguousarray(np.concatenate(rows, axis=1))
        index = np.ascontiguousarray(faces, np.uint32)
        self._buffers = list(GL.glGenBuffers(2))
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self._buffers[0])
        GL.glBufferData(GL.GL_ARRAY_BUFFER, packed.nbytes, packed, GL.GL_STATIC_DRAW)
        GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, self._buffers[1])
        GL.glBufferData(GL.GL_ELEMENT_ARRAY_BUFFER, index.nbytes, index, GL.GL_STATIC_DRAW)
        at = 0
        for location, row in enumerate(rows):
            GL.glEnableVertexAttribArray(location)
            GL.glVertexAttribPointer(
                location, row.shape[1], GL.GL_FLOAT, False, packed.strides[0], GL.GLvoidp(at)
            )
            at += 4 * row.shape[1]
        GL.glBindVertexArray(0)
        self.count = index.size

    def draw(self, first: int = 0, count: int | None = None) -> None:
        """Draw triangles `first` .. `first + count`; all of them by default."""
        size = self.count if count is None else 3 * count
        self._gl.glBindVertexArray(self.vao)
        self._gl.glDrawElements(
            self._gl.GL_TRIANGLES, size, self._gl.GL_UNSIGNED_INT, self._gl.GLvoidp(12 * first)
        )
        self._gl.glBindVertexArray(0)

    def delete(self) -> None:
        self._gl.glDeleteVertexArrays(1, [self.vao])
        self._gl.glDeleteBuffers(len(self._buffers), self._buffers)


class Texture:
    """A repeating picture with mipmaps, uint8, shape (h, w, 3 or 4); row 0 is at v = 0."""

    def __init__(self, pixels: NDArray[np.uint8], *, srgb: bool, repeat: bool = True) -> None:
        from OpenGL import GL

        self._gl = GL
        self.id = GL.glGenTextures(1)
        alpha = pixels.shape[2] == 4
        inner = {
            (True, True): GL.GL_SRGB8_ALPHA8,
            (True, False): GL.GL_SRGB8,
            (False, True): GL.GL_RGBA8,
            (False, False): GL.GL_RGB8,
        }[srgb, alpha]
        height, width = pixels.shape[:2]
        wrap = GL.GL_REPEAT if repeat else GL.GL_CLAMP_TO_EDGE
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.id)
        GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 1)
        GL.glTexImage2D(
            GL.GL_TEXTURE_2D, 0, inner, width, height, 0,
            GL.GL_RGBA if alpha else GL.GL_RGB, GL.GL_UNSIGNED_BYTE, np.ascontiguousarray(pixels),
        )  # fmt: skip
        for name, value in (
            (GL.GL_TEXTURE_WRAP_S, wrap),
            (GL.GL_TEXTURE_WRAP_T, wrap),
            (GL.GL_TEXTURE_MIN_FILTER, GL.GL_LINEAR_MIPMAP_LINEAR),
            (GL.GL_TEXTURE_MAG_FILTER, GL.GL_LINEAR),
        ):
            GL.glTexParameteri(GL.GL_TEXTURE_2D, name, value)
        GL.glGenerateMipmap(GL.GL_TEXTURE_2D)

    def bind(self, unit: int) -> None:
        self._gl.glActiveTexture(self._gl.GL_TEXTURE0 + unit)
        self._gl.glBindTexture(self._gl.GL_TEXTURE_2D, self.id)

    def delete(self) -> None:
        self._gl.glDeleteTextures([self.id])


class DepthMap(Texture):
    """A square depth picture to draw into and to sample: the key light's view."""

    def __init__(self, side: int) -> None:
        from OpenGL import GL

        self._gl = GL
        self.side = side
        self.id = GL.glGenTextures(1)
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.id)
        GL.glTexImage2D(
            GL.GL_TEXTURE_2D, 0, GL.GL_DEPTH_COMPONENT32F, side, side, 0,
            GL.GL_DEPTH_COMPONENT, GL.GL_FLOAT, None,
        )  # fmt: skip
        for name, value in (
            (GL.GL_TEXTURE_WRAP_S, GL.GL_CLAMP_TO_EDGE),
            (GL.GL_TEXTURE_WRAP_T, GL.GL_CLAMP_TO_EDGE),
            (GL.GL_TEXTURE_MIN_FILTER, GL.GL_NEAREST),
            (GL.GL_TEXTURE_MAG_FILTER, GL.GL_NEAREST),
        ):
            GL.glTexParameteri(GL.GL_TEXTURE_2D, name, value)
        self.fbo = GL.glGenFramebuffers(1)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self.fbo)
        GL.glFramebufferTexture2D(
            GL.GL_FRAMEBUFFER, GL.GL_DEPTH_ATTACHMENT, GL.GL_TEXTURE_2D, self.id, 0
        )
        GL.glDrawBuffer(GL.GL_NONE)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, 0)

    def begin(self) -> None:
        """Clear it and draw into it from here on."""
        gl = self._gl
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self.fbo)
        gl.glViewport(0, 0, self.side, self.side)
        gl.glEnable(gl.GL_DEPTH_TEST)
        gl.glDisable(gl.GL_CULL_FACE)
        gl.glClear(gl.GL_DEPTH_BUFFER_BIT)

    def delete(self) -> None:
        self._gl.glDeleteFramebuffers(1, [self.fbo])
        super().delete()


class Canvas:
    """Colour (sRGB with alpha) and depth to draw into, multisampled, of one size."""

    def __init__(self, width: int, height: int, samples: int = 4) -> None:
        from OpenGL import GL

        self._gl = GL
        self.width, self.height = width, height
        self._many = self._framebuffer(samples)
        self._one = self._framebuffer(0)

    def _framebuffer(self, samples: int) -> tuple[Any, Any, Any]:
        gl = self._gl
        fbo = gl.glGenFramebuffers(1)
        colour, depth = gl.glGenRenderbuffers(2)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, fbo)
        for buffer, kind, place in (
            (colour, gl.GL_SRGB8_ALPHA8, gl.GL_COLOR_ATTACHMENT0),
            (depth, gl.GL_DEPTH_COMPONENT24, gl.GL_DEPTH_ATTACHMENT),
        ):
            gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, buffer)
            gl.glRenderbufferStorageMultisample(
                gl.GL_RENDERBUFFER, samples, kind, self.width, self.height
            )
            gl.glFramebufferRenderbuffer(gl.GL_FRAMEBUFFER, place, gl.GL_RENDERBUFFER, buffer)
        if gl.glCheckFramebufferStatus(gl.GL_FRAMEBUFFER) != gl.GL_FRAMEBUFFER_COMPLETE:
            raise NotSupported(
                f"this driver cannot draw {self.width} x {self.height} pixels with {samples} "
                f"samples; {REMEDY}"
            )
        return fbo, colour, depth

    def begin(self) -> None:
        """Clear to transparent black and draw into it from here on."""
        gl = self._gl
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._many[0])
        gl.glViewport(0, 0, self.width, self.height)
        gl.glEnable(gl.GL_MULTISAMPLE)
        gl.glEnable(gl.GL_FRAMEBUFFER_SRGB)
        gl.glEnable(gl.GL_DEPTH_TEST)
        gl.glDepthFunc(gl.GL_LEQUAL)
        gl.glDepthMask(True)
        gl.glClearColor(0, 0, 0, 0)
        gl.glClear(gl.GL_COLOR_BUFFER_BIT | gl.GL_DEPTH_BUFFER_BIT)

    def blend(self, on: bool) -> None:
        """Lay premultiplied colours over what is there; depth is then tested, not written."""
        gl = self._gl
        gl.glDepthMask(not on)
        if on:
            gl.glEnable(gl.GL_BLEND)
            gl.glBlendFunc(gl.GL_ONE, gl.GL_ONE_MINUS_SRC_ALPHA)
        else:
            gl.glDisable(gl.GL_BLEND)

    def colours(self, on: bool) -> None:
        """Draw colours, or depth alone."""
        self._gl.glColorMask(on, on, on, on)

    def deepen(self, on: bool) -> None:
        """Write depth, or only test against it."""
        self._gl.glDepthMask(on)

    def cull(self, face: str | None) -> None:
        """Leave out ``front`` or ``back`` faces, or none."""
        gl = self._gl
        if face is None:
            gl.glDisable(gl.GL_CULL_FACE)
        else:
            gl.glEnable(gl.GL_CULL_FACE)
            gl.glCullFace({"front": gl.GL_FRONT, "back": gl.GL_BACK}[face])

    def read(self) -> NDArray[np.uint8]:
        """What was drawn: shape (height, width, 4), premultiplied sRGB, first row at the top."""
        gl = self._gl
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, self._many[0])
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, self._one[0])
        area = (0, 0, self.width, self.height)
        gl.glBlitFramebuffer(*area, *area, gl.GL_COLOR_BUFFER_BIT, gl.GL_NEAREST)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._one[0])
        gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1)
        flat = np.empty((self.height, self.width, 4), np.uint8)
        gl.glReadPixels(*area, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, flat)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, 0)
        return np.ascontiguousarray(flat[::-1])

    def delete(self) -> None:
        for fbo, colour, depth in (self._many, self._one):
            self._gl.glDeleteFramebuffers(1, [fbo])
            self._gl.glDeleteRenderbuffers(2, [colour, depth])


class Pool:
    """Deletes what it was given when it ends, in the context that made it."""

    def __init__(self) -> None:
        self._held: list[Any] = []

    def add(self, item: Any) -> Any:
        self._held.append(item)
        return item

    def close(self) -> None:
        held, self._held = self._held, []
        if held and _owner == os.getpid():
            with current():
                for item in held:
                    item.delete()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


Uniforms = Mapping[str, Any]
