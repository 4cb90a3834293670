"""Letters of the secretariat: a number of one register and year that is never given twice, a date, and a token.

The number is drawn in the unit that issues the letter, so that the register has no gaps. A number of the secretariat's
own is entered in the register of its kind and year too, once. The token is random and has
nothing to do with the tracking code: `/verify/{token}` shows anybody who scans it whether the letter is genuine.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from domain.bills.ports import SequenceRepository
from domain.blocks.paper_issuing import issue_paper
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.stored import DAY_FORM, TEXT_FORM, StoredField, StoredFields, select_stored, stored_text
from domain.fields.types import Text
from domain.language.service import Effect, StepContext
from domain.papers.issued import letter_number_key
from domain.values.calendar import to_jalali, to_tehran
from domain.values.errors import Conflict, InvalidField
from domain.values.reasons import ConflictReason, InvalidReason
from domain.values.text import ascii_digits


@dataclass(frozen=True, slots=True)
class LetterRegister:
    """A register of one service's letters or permits: its numbers have no gaps in a year and are never given twice.

    `check` proves that no two services have a register in common.
    """

    sequence_key: str
    """Names its sequence in the store."""
    register_letter: str
    """Part of its numbers: 1405/ک/12."""

    def resembles_issued(self, letter_number: str) -> bool:
        """Return whether a number of somebody's own looks like one that is drawn."""
        pattern = rf"[0-9]{{4}}/(?:[a-zکت]|{re.escape(self.register_letter)})/[0-9]+"
        return re.fullmatch(pattern, letter_number, re.IGNORECASE) is not None


LETTER_NUMBER = StoredField("letter_number", Text(), stored_form=TEXT_FORM, is_for_citizen=True)
LETTER_DATE = StoredField("letter_date", Day(), stored_form=DAY_FORM, is_for_citizen=True)
LETTER_TEXT, LETTER_TOKEN = stored_text("letter_text"), stored_text("letter_token")
NUMBERED_PAPER: StoredFields = (LETTER_NUMBER, LETTER_DATE, LETTER_TOKEN)
"""Stored fields of a paper that bears a number, a letter or a permit."""

LETTER_KIND = "letter"
"""The kind of paper that a letter is (`language/printouts.py`)."""

LETTER_INPUTS = (
    Field("text", Text(3000)),
    Field("number", Text(24), required=False),
    Field("date", Day(allows_past=True), required=False),
)
"""Input from the secretariat: the letter's words; its own number instead of the next one; the date, if not today's."""


async def draw_letter_number(sequences: SequenceRepository, register: LetterRegister, letter_day: date) -> str:
    """Draw the next number of a register in the Jalali year of a day: 1405/ک/12."""
    jalali_year, _, _ = to_jalali(letter_day)
    number = await sequences.next_number(f"letter:{register.sequence_key}:{jalali_year}")
    return f"{jalali_year}/{register.register_letter}/{number}"


async def register_own_number(
    sequences: SequenceRepository, register: LetterRegister, number_text: str, letter_day: date
) -> str:
    """Enter a number of the secretariat's own into a register in the Jalali year of a day.

    `InvalidField("number")` when it looks like ours, `Conflict("number")` when a letter of that year has it already,
    however it was typed. It is a sequence of its own that is drawn once, so that of two at once the later is refused.
    """
    letter_number, (jalali_year, _, _) = ascii_digits(number_text), to_jalali(letter_day)
    if register.resembles_issued(letter_number):
        raise InvalidField("number", InvalidReason.OWN_NUMBER)
    compared_number = letter_number_key(letter_number)
    if await sequences.next_number(f"letter:{register.sequence_key}:{jalali_year}:{compared_number}") > 1:
        raise Conflict("number", ConflictReason.NUMBER_USED)
    return letter_number


async def keep_numbered_paper(context: StepContext, paper_kind: str, paper_day: date, number: str) -> None:
    """Issue a paper that bears a number, and keep its number, day and token; the history keeps number and day."""
    LETTER_NUMBER.write(context.request, number)
    LETTER_DATE.write(context.request, paper_day)
    LETTER_TOKEN.write(context.request, await issue_paper(context, paper_kind, paper_day, number))
    context.history_facts |= select_stored(context.request, (LETTER_NUMBER.name, LETTER_DATE.name))


@dataclass(frozen=True, slots=True)
class IssueLetter(Effect):
    """Give the citizen what was paid for: the answer, as a letter of a register."""

    required_inputs: ClassVar[frozenset[str]] = frozenset({"text"})
    delivers_result: ClassVar[bool] = True
    stores: ClassVar[StoredFields] = (*NUMBERED_PAPER, LETTER_TEXT)
    number_register: LetterRegister

    async def apply_effect(self, context: StepContext) -> None:
        """Number and date the letter; `InvalidField("date")` for a day to come, and the errors of
        `register_own_number`.
        """
        letter_day = _read_letter_day(context)
        own_letter_number = context.inputs.get("number")
        letter_number = await (
            register_own_number(context.uow.sequences, self.number_register, own_letter_number, letter_day)
            if own_letter_number
            else draw_letter_number(context.uow.sequences, self.number_register, letter_day)
        )
        LETTER_TEXT.write(context.request, context.inputs["text"])
        await keep_numbered_paper(context, LETTER_KIND, letter_day, letter_number)


@dataclass(frozen=True, slots=True)
class IssuePermit(Effect):
    """Give the citizen what was paid for: a permit, numbered by a register, dated today, that can be verified."""

    delivers_result: ClassVar[bool] = True
    stores: ClassVar[StoredFields] = NUMBERED_PAPER
    number_register: LetterRegister
    paper_kind: str
    """The kind of its printout."""

    async def apply_effect(self, context: StepContext) -> None:
        """Draw its number and keep it, with today and the token of its paper."""
        today = to_tehran(context.now).date()
        permit_number = await draw_letter_number(context.uow.sequences, self.number_register, today)
        await keep_numbered_paper(context, self.paper_kind, today, permit_number)


def _read_letter_day(context: StepContext) -> date:
    today = to_tehran(context.now).date()
    submitted_day = context.inputs.get("date")
    letter_day = date.fromisoformat(submitted_day) if submitted_day else today
    if letter_day > today:
        raise InvalidField("date", InvalidReason.FUTURE)
    return letter_day


def compute_closing_moment(context: StepContext) -> datetime:
    """Return when a letter that nobody collected is closed: `closing_days` from now."""
    return context.now + timedelta(days=context.policy.closing_days)
