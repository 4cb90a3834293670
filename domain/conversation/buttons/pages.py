"""A long list as pages of buttons: which part of it is shown, and the buttons to the pages beside it."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.messages.keyboards import Button, ButtonRows, reading_row

REQUESTS_A_PAGE = 5
CHOICES_A_PAGE = 10

TextLookup = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ButtonPage:
    """One page of a list."""

    number: int
    """Counted from 1."""
    page_count: int
    """Number of pages of the whole list."""
    start: int
    """The index of its first entry."""
    end: int
    """The index behind its last entry."""

    def build_rows(self, catalogue_text: TextLookup, build_button: Callable[[str, str], Button]) -> ButtonRows:
        """Return the row with the buttons to the pages beside it, each made of a label and the page's number; the next
        one is where a reader goes on, in Persian on the left. None where there is one page.
        """
        buttons = []
        if self.number > 1:
            buttons.append(build_button(catalogue_text("chat.buttons.previous_page"), str(self.number - 1)))
        if self.number < self.page_count:
            buttons.append(build_button(catalogue_text("chat.buttons.next_page"), str(self.number + 1)))
        return (reading_row(buttons),) if buttons else ()


def find_page(entry_count: int, page_size: int, wished_page: str | None) -> ButtonPage:
    """Return the page of a list that is wished by its number, as a button says it; the first for anything else."""
    page_count = max(1, -(-entry_count // page_size))
    wished_number = int(wished_page) if wished_page and wished_page.isdecimal() else 1
    number = wished_number if 1 <= wished_number <= page_count else 1
    return ButtonPage(number, page_count, (number - 1) * page_size, min(number * page_size, entry_count))
