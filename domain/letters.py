"""Letters of the secretariat: a number of one register and year that is never given twice, a date, and a token.

The number is drawn in the unit that issues the letter, so that the register has no gaps. The token is random and has
nothing to do with the tracking code: `/verify/{token}` tells anybody who scans it whether the letter is genuine. The
request keeps `letter_number`, `letter_date` (ISO), `letter_text` and `letter_token`.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from domain.calendar import in_tehran, to_jalali
from domain.errors import InvalidField
from domain.field_types import Day, Text
from domain.forms import Field
from domain.lifecycle import Context, Effect
from domain.ports import UnitOfWork
from domain.text import ascii_digits

_OURS = re.compile(r"[0-9]{4}/[a-z]/[0-9]+", re.IGNORECASE)

LETTER_INPUTS = (
    Field("text", Text(3000)),
    Field("number", Text(24), required=False),
    Field("date", Day(past=True), required=False),
)
"""What the secretariat gives: the letter's words; its own number instead of the next one; the date, if not today's."""


async def next_number(uow: UnitOfWork, register: str, day: date) -> str:
    """Draw the next number of a register (a small letter) in the Jalali year of a day: 1405/e/12."""
    year, _, _ = to_jalali(day)
    return f"{year}/{register}/{await uow.sequences.next(f'letter:{register}:{year}')}"


@dataclass(frozen=True, slots=True)
class IssueLetter(Effect):
    """Give the citizen what was paid for: the answer, as a letter of a register."""

    delivers: ClassVar[bool] = True
    register: str

    async def apply(self, ctx: Context) -> None:
        """Number and date the letter; `InvalidField` for a day to come, or an own number that looks like ours."""
        day = _day(ctx)
        own = ctx.inputs.get("number")
        number = _own_number(own) if own else await next_number(ctx.uow, self.register, day)
        letter = {"letter_number": number, "letter_date": day.isoformat()}
        ctx.request.data |= letter | {"letter_text": ctx.inputs["text"], "letter_token": ctx.ids.token()}
        ctx.record |= letter


def _day(ctx: Context) -> date:
    today = in_tehran(ctx.now).date()
    given = ctx.inputs.get("date")
    day = date.fromisoformat(given) if given else today
    if day > today:
        raise InvalidField("date", detail="future")
    return day


def _own_number(text: str) -> str:
    number = ascii_digits(text)
    if _OURS.fullmatch(number):
        raise InvalidField("number", detail="own_number")
    return number


def collected_by(ctx: Context) -> datetime:
    """Return when a letter that nobody collected is closed: `closing_days` from now."""
    return ctx.now + timedelta(days=ctx.policy.closing_days)
