"""The web page and its files, all from this package."""

from __future__ import annotations

import base64
import hashlib
import html
import mimetypes
import re
from functools import cache
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from service.site import site_of

router = APIRouter(include_in_schema=False)

PAGES = Path(__file__).resolve().parent.parent / "pages"
_TYPES = {
    ".glb": "model/gltf-binary",
    ".usdz": "model/vnd.usdz+zip",
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".wasm": "application/wasm",
    ".task": "application/octet-stream",
}
# Nothing inline but the import map, which is named by its hash; nothing from elsewhere.
# blob: and data: are the viewer's textures and the chosen photos.
_POLICY = (
    "default-src 'none'; script-src 'self' '{map}'; style-src 'self'; "
    "img-src 'self' blob: data:; connect-src 'self' blob: data:; font-src 'self'; "
    "worker-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


def install(app: FastAPI) -> None:
    """Serve the page at / and its files under /pages."""
    for suffix, kind in _TYPES.items():
        mimetypes.add_type(kind, suffix)
    app.include_router(router)
    app.mount("/pages", GZipMiddleware(StaticFiles(directory=PAGES)), name="pages")


@router.get("/")
def page(request: Request) -> Response:
    """Try a garment on."""
    settings = site_of(request).settings
    text, policy = _page("index.html")
    for name, value in (("access", settings.access), ("key", settings.page_key)):
        text = text.replace("{{" + name + "}}", html.escape(value))
    return HTMLResponse(text, headers={"content-security-policy": policy})


@cache
def _page(name: str) -> tuple[str, str]:
    """A page's text and its content security policy."""
    text = (PAGES / name).read_text(encoding="utf-8")
    found = re.search(r'<script type="importmap">(.*?)</script>', text, re.DOTALL)
    assert found is not None, f"{name} has no import map"
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    return text, _POLICY.format(map=f"sha256-{digest}")
