"""Languages of people: what one needs besides its texts, and which one is in force.

The language in force is that of whoever reads what is rendered now: a browser's, a line's, a recipient's. It is set at
the ways in and where a message for somebody else is rendered, by `in_language` alone, which puts back what was there:
so it never outlives its block, and another task never sees it (a context variable; docs/decisions/0040). Outside of
any such block it is Persian: what jobs, programs and the staff read.

Persian is declared here, since what citizens write is read by the same names; any other language in its own folder
(`domain/messages/translations.py`).
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

ASCII_DIGITS, PERSIAN_DIGITS, ARABIC_DIGITS = "0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"


@dataclass(frozen=True, slots=True)
class Language:
    """A language of people, and how numbers, days and lists are written in it."""

    tag: str
    """As browsers know it (BCP 47), which is also the name of its folder of texts."""
    title: str
    """Its own name."""
    direction: Literal["rtl", "ltr"] = "ltr"
    """Direction of its lines."""
    digits: str = ASCII_DIGITS
    """Its ten digits, from naught on."""
    thousands_mark: str = ","
    """Mark between the thousands of a number."""
    decimal_mark: str = "."
    """Mark before the fraction of a number."""
    list_mark: str = ", "
    """Mark between the parts of a list."""
    clause_mark: str = "; "
    """Mark between clauses."""
    month_names: tuple[str, ...] = ()
    """The Jalali months, first to last."""
    weekday_names: tuple[str, ...] = ()
    """The days of the week, Saturday first."""
    voice: str = ""
    """The voice of espeak-ng that reads it aloud; empty: none does."""
    spoken_hour: str = "{hour}"
    """Words for a whole hour of the clock."""
    spoken_minutes: str = "{hour} {minute}"
    """Words for an hour with minutes."""
    spells_amounts: bool = False
    """Whether amounts can be put into words in it."""
    digit_table: Mapping[int, str] = field(init=False, repr=False, compare=False, hash=False)
    """Turns digits of any script into its own (`str.translate`)."""

    def __post_init__(self) -> None:
        """Make the table of digits."""
        scripts = (ASCII_DIGITS, PERSIAN_DIGITS, ARABIC_DIGITS)
        digit_table = {ord(digit): own for script in scripts for digit, own in zip(script, self.digits, strict=True)}
        object.__setattr__(self, "digit_table", {code: own for code, own in digit_table.items() if chr(code) != own})


PERSIAN = Language(
    tag="fa",
    title="فارسی",
    direction="rtl",
    digits=PERSIAN_DIGITS,
    thousands_mark="٬",
    decimal_mark="٫",
    list_mark="، ",
    clause_mark="؛ ",
    month_names=(
        "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
    ),
    weekday_names=("شنبه", "یک‌شنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنج‌شنبه", "جمعه"),
    voice="fa",
    spoken_hour="ساعت {hour}",
    spoken_minutes="ساعت {hour} و {minute} دقیقه",
    spells_amounts=True,
)  # fmt: skip
"""The one language that has every text: what another one lacks is said in it."""

_LANGUAGE_IN_FORCE: ContextVar[Language] = ContextVar("language_in_force", default=PERSIAN)

language_in_force = _LANGUAGE_IN_FORCE.get
"""Returns the language of whoever reads what is rendered now."""


@contextmanager
def in_language(language: Language) -> Iterator[None]:
    """Render everything inside the block in that language."""
    token = _LANGUAGE_IN_FORCE.set(language)
    try:
        yield
    finally:
        _LANGUAGE_IN_FORCE.reset(token)


def join_list(parts: Iterable[str]) -> str:
    """Return the parts of a list in one line: «لودر، گریدر»."""
    return language_in_force().list_mark.join(parts)
