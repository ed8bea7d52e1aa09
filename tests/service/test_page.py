"""The web page in a real browser: a preview from start to finish, by keyboard, in two languages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from service_under_test import Live, running

from service.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Page

_FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
          "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A service as `fitting serve` starts it: open, on this machine, with a worker."""
    folder = tmp_path_factory.mktemp("shop")
    with running(Settings(folder=folder, nice=0, drain_seconds=2, poll_seconds=0.1)) as live:
        yield live


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed (Debian: chromium)")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=chromium, args=_FLAGS)
        yield made
        made.close()


@pytest.fixture
def page(browser: Any, shop: Live) -> Iterator[Page]:
    """A fresh page; whatever it asks of another host, and every error in it, fails the test."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1100, "height": 900})
    made = context.new_page()
    wrong: list[str] = []
    made.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    made.on("console", lambda told: told.type == "error" and wrong.append(told.text))
    made.on("request", lambda asked: _own(asked.url, shop.url) or wrong.append(asked.url))
    made.goto(shop.url)
    yield made
    context.close()
    assert wrong == []


def _own(url: str, base: str) -> bool:
    return url.startswith((base, "blob:", "data:"))


def until(page: Page, script: str, seconds: float = 500.0) -> None:
    """Wait for a condition in the page; its policy forbids the usual way."""
    for _ in range(int(seconds * 5)):
        if page.evaluate(script):
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"it did not happen: {script}; {page.inner_text('body')}")


def test_preview_without_photo_by_keyboard(page: Page, tmp_path: Path) -> None:
    """Without a photo and without a mouse: order, watch, turn the figure, delete everything."""
    until(page, "document.querySelector('[name=garment]').options.length > 0")
    page.focus("#without")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "height_cm"
    page.keyboard.type("170")
    page.keyboard.press("Tab")
    page.keyboard.type("62")
    page.keyboard.press("Enter")
    until(page, "!document.querySelector('#result').hidden")
    until(page, "Number(document.querySelector('canvas').dataset.frames) > 0")
    assert "Done" in page.inner_text("[role=status]")
    frames = int(page.evaluate("document.querySelector('canvas').dataset.frames"))
    page.focus("canvas")
    page.keyboard.press("ArrowRight")
    until(page, f"Number(document.querySelector('canvas').dataset.frames) > {frames}")
    assert page.get_attribute("canvas", "aria-label")
    assert all(picture.get_attribute("alt") for picture in page.query_selector_all("#stills img"))
    until(
        page, "[...document.querySelectorAll('#stills img')].every((i) => i.naturalWidth > 0)", 20
    )
    english = page.inner_text("#verdict")
    assert english.startswith("It ")
    assert "Take size" in page.inner_text("#size-advice")
    page.click("[data-language=ru]")
    assert page.inner_text("#verdict") != english
    assert "размер" in page.inner_text("#size-advice")
    page.click("[data-language=en]")
    page.screenshot(path=tmp_path / "preview.png", full_page=True)
    page.click("#erase")
    until(page, "document.querySelector('#result').hidden")
    assert "deleted" in page.inner_text("[role=status]")


def test_photo_needs_consent(page: Page) -> None:
    """A photo is not sent before its owner agrees, and no camera is asked for."""
    page.fill("[name=height_cm]", "170")
    page.click("[type=submit]")
    assert "front photo" in page.inner_text("[role=alert]")
    page.set_input_files(
        "[name=front]", {"name": "a.txt", "mimeType": "image/jpeg", "buffer": b"no"}
    )
    page.click("[type=submit]")
    assert "Agree" in page.inner_text("[role=alert]")
    assert page.evaluate("document.activeElement.name") == "agree"


def test_page_speaks_russian(page: Page) -> None:
    """The switch changes every word, the document's language, and the garments' names."""
    until(page, "document.querySelector('[name=garment]').options.length > 0")
    page.click("[data-language=ru]")
    assert page.get_attribute("html", "lang") == "ru"
    left = page.evaluate(
        "[...document.querySelectorAll('[data-word]')].map((e) => e.textContent)"
        ".filter((t) => /[A-Za-z]{4,}/.test(t.replace('Home', '')))"
    )
    assert left == []
    assert "Футболка" in page.inner_text("[name=garment]")


def test_every_word_is_there_in_both_languages(page: Page) -> None:
    """English and Russian have the same words, and the page asks for none that is missing."""
    lacking = page.evaluate(
        """async () => {
          const { WORDS } = await import('/pages/words.mjs');
          const asked = [...document.querySelectorAll('[data-word]')].map((e) => e.dataset.word);
          const names = new Set([...Object.keys(WORDS.en), ...Object.keys(WORDS.ru), ...asked]);
          return [...names].filter((n) => n && !(n in WORDS.en && n in WORDS.ru));
        }"""
    )
    assert lacking == []


def test_page_policy_forbids_inline_code(shop: Live) -> None:
    """Only the import map, by its hash, may stand in the page; nothing comes from elsewhere."""
    policy = shop.client.get("/").headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    assert "default-src 'none'" in policy
