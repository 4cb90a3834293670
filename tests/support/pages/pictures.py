"""Pictures of pages that a test comes by, for the documentation and for whoever looks after the pages' looks: none are
taken but where `PICTURES` names a directory (`make pictures`).
"""

import os

from PIL.Image import Image
from playwright.async_api import Page

from tests.support.pages.chromium import SIZES

PICTURES = os.environ.get("PICTURES", "")


async def take_picture(page: Page, name: str) -> None:
    """Store how the whole page looks at both sizes, as `NAME-phone.png` and `NAME-desk.png`."""
    size = page.viewport_size
    if not PICTURES or size is None:
        return
    for size_name, (width, height) in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        await page.screenshot(path=f"{PICTURES}/{name}-{size_name}.png", full_page=True)
    await page.set_viewport_size(size)


def store_picture(picture: Image, name: str) -> None:
    """Store a picture of something else as `NAME.png`."""
    if PICTURES:
        picture.save(f"{PICTURES}/{name}.png")
