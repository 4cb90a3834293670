"""Steps of a request that somebody takes on its page."""

from playwright.async_api import Page, expect


async def opened_step(page: Page, title: str) -> Page:
    """Unfold a step of the request's page, if it is folded."""
    fold = page.locator("details[name=step]", has=page.locator("summary", has_text=title))
    if not await fold.count():  # nothing is asked: it is a button
        return page
    if not await fold.is_visible():
        await page.locator("details.more > summary").click()
    if await fold.get_attribute("open") is None:
        await fold.locator("summary").click()
    return page


async def taken(page: Page, title: str) -> None:
    """Take the step whose form is open."""
    await page.get_by_role("button", name=title, exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text(f"{title} انجام شد؛ اکنون: ")
