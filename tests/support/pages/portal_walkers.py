"""Citizens at the portal, who read what a page says and know nothing of how it is made: by pointer or by keyboard."""

import re
from collections.abc import Sequence

from playwright.async_api import FilePayload, Locator, Page, expect

from tests.support.pages.chromium import Window

MOST_TAB_PRESSES = 80
"""Presses after which a control counts as one that the Tab key does not lead to."""

READ_FOCUS = """previousTop => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const shown = focused.closest("label.radio, .file-choice, .card") ?? focused;
  const isMarked = [focused, shown].some(element => {
    const style = getComputedStyle(element);
    const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return style.opacity !== "0" && (isOutlined || style.boxShadow !== "none");
  });
  const box = shown.getBoundingClientRect();
  const isInside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const top = focused.closest(".portal form") ? box.top + scrollY : null;
  return {
    name: focused.id || focused.textContent.trim() || focused.tagName,
    isSeen: isMarked && isInside && box.width > 1 && box.height > 1,
    isBelow: previousTop === null || top === null || top >= previousTop - box.height,
    top,
  };
}"""
"""Script that reads the focus: whether one sees so, and, in a form of one column, whether it is below what had it
before."""


class PortalWalker:
    """A citizen with a pointer, or a finger."""

    def __init__(self, window: Window) -> None:
        self.window = window

    @property
    def page(self) -> Page:
        """Page on the screen."""
        return self.window.page

    async def open(self, address: str) -> None:
        """Come to a page by its address."""
        await self.window.open(address)

    async def follow(self, name: str | re.Pattern[str]) -> None:
        """Follow the first link of that name (some look like buttons)."""
        await self._go_on(self._find_link(name))

    async def press(self, name: str | re.Pattern[str]) -> None:
        """Press the button of that name, and come to where it leads."""
        await self._go_on(self._find_button(name))

    async def write(self, label: str, text: str) -> None:
        """Write into the first field of that label, in place of what stands there."""
        await self._find_field(label).fill(text)

    async def choose(self, label: str) -> None:
        """Choose an answer out of several."""
        await self.page.get_by_role("radio", name=label).first.check()

    async def pick(self, label: str, option: str) -> None:
        """Pick an option of the first list of that label."""
        await self._find_list(label).select_option(label=option)

    async def attach(self, label: str, file: FilePayload) -> None:
        """Choose a file."""
        await self.page.get_by_label(label).set_input_files(file)

    async def leave_by(self, problem_link: Locator) -> None:
        """Follow a link within the page."""
        await self._operate(problem_link, "Enter")

    async def _go_on(self, control: Locator) -> None:
        await expect(control).to_be_visible()
        async with self.page.expect_navigation():
            await self._operate(control, "Enter")

    async def _operate(self, control: Locator, _key: str) -> None:
        await control.click()

    def _find_field(self, label: str) -> Locator:
        return self.page.get_by_label(label).and_(self.page.get_by_role("textbox")).first

    def _find_list(self, label: str) -> Locator:
        return self.page.get_by_label(label).and_(self.page.get_by_role("combobox")).first

    def _find_link(self, name: str | re.Pattern[str]) -> Locator:
        found = [self.page.get_by_role(role, name=name).and_(self.page.locator("a")) for role in ("link", "button")]
        return found[0].or_(found[1]).first

    def _find_button(self, name: str | re.Pattern[str]) -> Locator:
        return (
            self.page.get_by_role("button", name=name, exact=isinstance(name, str))
            .and_(self.page.locator("button"))
            .first
        )


class KeyboardWalker(PortalWalker):
    """A citizen with a keyboard alone: comes to everything by the Tab key, and sees where the focus is all the way."""

    async def open(self, address: str) -> None:
        """Come to a page, and pass by what is above its content."""
        await super().open(address)
        await self.skip_to_content()

    async def write(self, label: str, text: str) -> None:
        """Go to a field, and type over what stands there."""
        await self._reach(self._find_field(label))
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.type(text)

    async def choose(self, label: str) -> None:
        """Go to the group of answers, and on to the right one by the arrow keys."""
        wanted = self.page.get_by_role("radio", name=label).first
        name = await wanted.get_attribute("name")
        group = self.page.locator(f'input[type=radio][name="{name}"]')
        checked = group.and_(self.page.locator(":checked"))
        await self._reach(checked if await checked.count() else group.first)
        await self.page.keyboard.press("Space")
        for _ in range(await group.count()):
            if await wanted.is_checked():
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrow keys do not lead to {label}")

    async def pick(self, label: str, option: str) -> None:
        """Go to a list, and on to the option by the arrow keys."""
        found = self._find_list(label)
        await self._reach(found)
        for _ in range(await found.locator("option").count()):
            if await found.evaluate("list => list.selectedOptions[0].label") == option:
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrow keys do not lead to {option}")

    async def attach(self, label: str, file: FilePayload) -> None:
        """Open the dialogue of the browser, and choose a file."""
        await self._reach(self.page.get_by_label(label))
        async with self.page.expect_file_chooser() as opened:
            await self.page.keyboard.press("Enter")
        await (await opened.value).set_files(file)

    async def skip_to_content(self) -> None:
        """Take the link that is the first on every page, which is seen once it has the focus; go on in the content."""
        await self.page.keyboard.press("Tab")
        skip_link = self.page.locator("a.skip")
        await expect(skip_link).to_be_focused()
        await expect(skip_link).to_be_in_viewport()
        await self.page.keyboard.press("Enter")
        await self.page.keyboard.press("Tab")
        await expect(self.page.locator("main :focus")).to_be_visible()

    async def _operate(self, control: Locator, key: str) -> None:
        await self._reach(control)
        await self.page.keyboard.press(key)

    async def _reach(self, control: Locator) -> None:
        """Press Tab until the control has the focus; each stop on the way is seen, and in order."""
        top: float | None = None
        for _ in range(MOST_TAB_PRESSES):
            if await control.evaluate("element => element === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
            stop = await self.page.evaluate(READ_FOCUS, top)
            if stop is None:
                top = None  # beyond the last control, from where the first one comes
                continue
            assert stop["isSeen"], f"the focus is not seen on {stop['name']}"
            assert stop["isBelow"], f"the focus goes back up to {stop['name']}"
            top = stop["top"]
        raise AssertionError("the Tab key does not lead there")


async def list_problems(page: Page) -> Sequence[str]:
    """Return what the summary of errors says, each of which is said beside a field as well."""
    summary = page.get_by_role("alert")
    await expect(summary).to_be_visible()
    await expect(page).to_have_title(re.compile("^خطا: "))
    problems = await summary.get_by_role("link").all_inner_texts()
    beside_fields = await page.locator(".problem").all_inner_texts()
    assert all(any(problem.endswith(beside) for beside in beside_fields) for problem in problems), problems
    return problems
