"""Draws the portal's pictures out of the emblem: icons for a phone's home screen, the browser's, and what is shown
where the portal is shared.

    python -m scripts.portal_images

Needs Chromium (`scripts/system-packages.sh test`). The pictures are committed; whoever changes the emblem, the name or
the colours runs it again.
"""

import base64
import shutil
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from domain.messages.catalogue import Catalogue

ROOT = Path(__file__).parent.parent
WEB, PORTAL = ROOT / "channels/web/static", ROOT / "channels/portal/static"
EXECUTABLE = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
COLOURS = 32
"""In each picture: it is flat, and a palette makes it small."""

ICON_SIZES, FAVICON_SIZE = (192, 512), 32
SHARE_SIZE = (1200, 630)

STYLE = """
@font-face { font-family: Vazirmatn; font-weight: 100 900; src: url(%(font)s) format("woff2"); }
* { margin: 0; box-sizing: border-box; }
body { background: %(ground)s; font-family: Vazirmatn; }
.icon { display: grid; place-items: center; width: 100vw; height: 100vh; }
.icon img { width: 74vw; }
.share { display: flex; flex-direction: column; justify-content: center; height: 100vh; padding: 0 90px;
  background: #0d4f4c url(%(tiles)s); color: #fff; }
.share img { width: 150px; padding: 12px; border-radius: 36px; background: #f7f5f0; }
.share h1 { margin-top: 36px; font-size: 76px; font-weight: 800; line-height: 1.5; }
.share p { color: #f0b849; font-size: 42px; line-height: 1.6; }
"""


def _as_address(path: Path, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _draw_page(page: Page, size: tuple[int, int], body: str, ground: str) -> bytes:
    style = STYLE % {
        "font": _as_address(WEB / "vazirmatn-persian.woff2", "font/woff2"),
        "tiles": _as_address(WEB / "tiles.svg", "image/svg+xml"),
        "ground": ground,
    }
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.set_content(f'<html lang="fa" dir="rtl"><style>{style}</style><body>{body}</body></html>')
    page.evaluate("document.fonts.ready")
    return page.screenshot()


def _shrink_picture(picture: bytes) -> Image.Image:
    return Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)


def draw_pictures() -> None:
    """Draw all of them into the portal's static folder."""
    emblem, catalogue = _as_address(WEB / "emblem.svg", "image/svg+xml"), Catalogue.load()
    icon = f'<div class="icon"><img src="{emblem}"></div>'
    words = f"<h1>{catalogue.text('web.site.name')}</h1><p>{catalogue.text('web.site.tagline')}</p>"
    share = f'<div class="share"><img src="{emblem}">{words}</div>'
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        page = browser.new_page()
        for size in ICON_SIZES:
            picture = _shrink_picture(_draw_page(page, (size, size), icon, "#f7f5f0"))
            picture.save(PORTAL / f"icon-{size}.png", optimize=True)
        _shrink_picture(_draw_page(page, SHARE_SIZE, share, "#0d4f4c")).save(PORTAL / "share.png", optimize=True)
        favicon = Image.open(BytesIO(_draw_page(page, (FAVICON_SIZE, FAVICON_SIZE), icon, "#f7f5f0")))
        favicon.save(PORTAL / "favicon.ico", sizes=[(FAVICON_SIZE, FAVICON_SIZE)])
        browser.close()


if __name__ == "__main__":
    draw_pictures()
