"""Visible focus for those who work by the keyboard: each ring is whole, uncovered, and stands out by 3:1."""

from collections.abc import Awaitable, Callable

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page

from domain.values.actors import Role
from tests.channels.admin.fleet.test_calendar_pages import paid
from tests.support.pages.chromium import signed_in, window
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

RING_FAULTS = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const style = getComputedStyle(focused);
  const [width, offset] = [parseFloat(style.outlineWidth), parseFloat(style.outlineOffset)];
  const box = focused.getBoundingClientRect();
  const faults = new Set();

  const isCutBy = (left, top, right, bottom) => [left - box.left, top - box.top, box.right - right, box.bottom - bottom]
    .some((beyond) => beyond + width + offset > 0.5);
  if (style.outlineStyle === "none" || width < 2) faults.add("no ring");
  if (isCutBy(0, 0, innerWidth, innerHeight)) faults.add("out of the window");
  for (let one = focused.parentElement; one !== document.body; one = one.parentElement) {
    if (getComputedStyle(one).overflow === "visible") continue;
    const {left, top} = one.getBoundingClientRect();
    if (isCutBy(left, top, left + one.offsetWidth, top + one.offsetHeight)) faults.add(`cut by ${one.className}`);
  }

  for (const {left, right, top, bottom} of focused.getClientRects())
    for (const across of [left + 2, (left + right) / 2, right - 2]) {
      const seen = document.elementFromPoint(across, (top + bottom) / 2);
      const isSeen = seen && (focused.contains(seen) || seen.contains(focused) || seen.control === focused
        || seen.matches("jdp-overlay")); // which is looked through
      if (!isSeen) faults.add(`covered by ${seen?.tagName} ${seen?.className}`);
    }

  const reckonLight = (colour) => {
    const [red, green, blue] = colour.match(/[0-9.]+/g).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  };
  let ground = offset < 0 ? focused : focused.parentElement;
  while (ground && getComputedStyle(ground).backgroundColor.startsWith("rgba")) ground = ground.parentElement;
  const ground_colour = ground ? getComputedStyle(ground).backgroundColor : "rgb(255, 255, 255)";
  const ratio = reckonLight(style.outlineColor) / reckonLight(ground_colour);
  if (Math.max(ratio, 1 / ratio) < 3) faults.add(`hardly seen on ${ground_colour}`);

  const name = focused.getAttribute("href") || focused.name || focused.textContent.trim();
  return [`${focused.tagName} ${name}`, [...faults]];
}"""
"""Focused element, and the fault of its ring; None where nothing has it."""


async def list_faults(page: Page) -> dict[str, list[str]]:
    """Go through a page by Tab, to its end or for a hundred stops."""
    faults: dict[str, list[str]] = {}
    for _ in range(100):
        await page.keyboard.press("Tab")
        found = await page.evaluate(RING_FAULTS)
        if found is None:
            break
        faults[found[0]] = found[1]
    assert len(faults) > 5
    return {name: one for name, one in faults.items() if one}


async def open_menu(page: Page) -> None:
    """Unfold all sections, where they do not stand in the strip."""
    menu = page.locator("button[popovertarget=sections]:visible")
    if await menu.count():
        await menu.press("Enter")


async def tick_one(page: Page) -> None:
    """Show what can be done with several requests."""
    await page.locator("table.list tbody input[type=checkbox]").first.check()


async def stay(page: Page) -> None:
    """Nothing has to be done before."""


async def test_every_ring_is_whole_and_seen(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int]
) -> None:
    for number in range(6):
        await site.submitted(start=f"{8 + number}:00")
    waits = await paid(site)
    opened = await window(browser, server, size)
    page = await signed_in(opened, Role.CIVIL)
    await page.emulate_media(reduced_motion="reduce")  # colours are at once those that stay
    pages: dict[str, Callable[[Page], Awaitable[None]]] = {
        "/staff": tick_one,
        f"/staff/requests/{waits.code}": stay,
        f"/staff/fleet?for={waits.code}&step=schedule": stay,
        "/staff/fleet?view=week": open_menu,
    }
    found: dict[str, list[str]] = {}
    for address, prepare in pages.items():
        await opened.open(address)
        await prepare(page)
        found |= {f"{address} {name}": one for name, one in (await list_faults(page)).items()}
    assert found == {}, "\n".join(map(str, found.items()))
