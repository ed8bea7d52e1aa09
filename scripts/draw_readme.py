"""Makes docs/preview.png, the picture of the README, from what `./run demo` left in out/demo."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

VIEWS = ("front", "three-quarter", "back", "on-photo")
HEIGHT = 640  # pixels


def main() -> None:
    """Puts the views side by side."""
    stills = [Image.open(Path("out/demo") / f"{view}.png").convert("RGB") for view in VIEWS]
    small = [one.resize((one.width * HEIGHT // one.height, HEIGHT)) for one in stills]
    sheet = Image.new("RGB", (sum(one.width for one in small), HEIGHT))
    left = 0
    for one in small:
        sheet.paste(one, (left, 0))
        left += one.width
    sheet.save("docs/preview.png", optimize=True)


if __name__ == "__main__":
    main()
