"""Checks of a page in a browser: it fits both sizes, axe finds nothing, nothing was complained about."""

from tests.support.effort import EFFORT
from tests.support.pages.chromium import SIZES, Window

NO_SUCH = "Failed to load resource: the server responded with a status of"
"""Browser message about a page whose answer is an error, as it should be."""

NO_LINE = "ERR_INTERNET_DISCONNECTED"
"""Browser message about a call without a line."""


async def assert_page_in_order(
    opened: Window, *, refused: bool = False, scripts: bool = True, is_line_broken: bool = False
) -> None:
    """The page fits a phone and a desk, axe (which needs `scripts`) finds nothing on a phone, and with more effort at a
    desk, and the browser complained about nothing; where something was `refused`, or the line is broken, about nothing
    but that.
    """
    size = opened.page.viewport_size
    assert size
    for name in reversed(SIZES):
        width, height = SIZES[name]
        await opened.page.set_viewport_size({"width": width, "height": height})
        await opened.assert_fits()
        await opened.assert_dates_worded()
        # A page is the same to axe at both sizes but for its layout, and it takes longer than all the rest.
        if scripts and (name == "phone" or EFFORT > 1):
            await opened.assert_accessible()
    await opened.page.set_viewport_size(size)
    complaints = [one for one in opened.complaints if not (refused and one.startswith(NO_SUCH))]
    assert [one for one in complaints if not (is_line_broken and NO_LINE in one)] == []
