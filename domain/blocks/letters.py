"""Letters of the secretariat: a number of one register and year that is never given twice, a date, and a token.

The number is drawn in the unit that issues the letter, so that the register has no gaps. A number of the secretariat's
own stands in the register of its kind and year too, once. The token is random and has
nothing to do with the tracking code: `/verify/{token}` tells anybody who scans it whether the letter is genuine. The
request keeps `letter_number`, `letter_date` (ISO), `letter_text` and `letter_token`.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from domain.blocks.paper_issuing import issue_paper
from domain.fields.form import Field
from domain.fields.types import Day, Text
from domain.language.service import Context, Effect
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import in_tehran, to_jalali
from domain.values.errors import Conflict, InvalidField
from domain.values.text import ascii_digits, fold

_OURS = re.compile(r"[0-9]{4}/[a-zکت]/[0-9]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Register:
    """A register of letters: `key` names its sequence, `letter` stands in its numbers: 1405/ک/12."""

    key: str
    letter: str


LETTER = "letter"
"""The kind of paper that a letter is (`printouts.py`)."""

ANSWERS = Register("e", "ک")
"""Answers of the expert unit («کارشناسی»)."""
PERMITS = Register("t", "ت")
"""Permits of the taxi organisation («تاکسیرانی»)."""

LETTER_INPUTS = (
    Field("text", Text(3000)),
    Field("number", Text(24), required=False),
    Field("date", Day(past=True), required=False),
)
"""What the secretariat gives: the letter's words; its own number instead of the next one; the date, if not today's."""


async def next_number(uow: UnitOfWork, register: Register, day: date) -> str:
    """Draw the next number of a register in the Jalali year of a day: 1405/ک/12."""
    year, _, _ = to_jalali(day)
    return f"{year}/{register.letter}/{await uow.sequences.next(f'letter:{register.key}:{year}')}"


async def own_number(uow: UnitOfWork, register: Register, text: str, day: date) -> str:
    """Enter a number of the secretariat's own into a register in the Jalali year of a day.

    `InvalidField("number")` when it looks like ours, `Conflict("number")` when a letter of that year has it already,
    however it was typed. It is a sequence of its own that is drawn once, so that of two at once the later is refused.
    """
    number, (year, _, _) = ascii_digits(text), to_jalali(day)
    if _OURS.fullmatch(number):
        raise InvalidField("number", detail="own_number")
    same = "".join(fold(number).split())
    if await uow.sequences.next(f"letter:{register.key}:{year}:{same}") > 1:
        raise Conflict("number", detail="number_used")
    return number


@dataclass(frozen=True, slots=True)
class IssueLetter(Effect):
    """Give the citizen what was paid for: the answer, as a letter of a register."""

    delivers: ClassVar[bool] = True
    register: Register

    async def apply(self, ctx: Context) -> None:
        """Number and date the letter; `InvalidField("date")` for a day to come, and the errors of `own_number`."""
        day = _day(ctx)
        own = ctx.inputs.get("number")
        number = await (
            own_number(ctx.uow, self.register, own, day) if own else next_number(ctx.uow, self.register, day)
        )
        letter = {"letter_number": number, "letter_date": day.isoformat()}
        token = await issue_paper(ctx, LETTER, day, number)
        ctx.request.data |= letter | {"letter_text": ctx.inputs["text"], "letter_token": token}
        ctx.record |= letter


def _day(ctx: Context) -> date:
    today = in_tehran(ctx.now).date()
    given = ctx.inputs.get("date")
    day = date.fromisoformat(given) if given else today
    if day > today:
        raise InvalidField("date", detail="future")
    return day


def collected_by(ctx: Context) -> datetime:
    """Return when a letter that nobody collected is closed: `closing_days` from now."""
    return ctx.now + timedelta(days=ctx.policy.closing_days)
