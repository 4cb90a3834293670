"""Closing the till of a counter office for a day, by the revenue unit."""

from datetime import date, time, timedelta

from domain.actions.context import ActorContext
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.offices.ports import TillRepository
from domain.offices.tills import HIGHEST_DECLARED_RIALS, LONGEST_NOTE, Takings, TillClosing, TillPeriod
from domain.repositories import OfficeRepositories
from domain.values.actors import Actor
from domain.values.calendar import day_bounds, tehran_moment, to_tehran
from domain.values.errors import Conflict, InvalidField, MissingField
from domain.values.reasons import ConflictReason, InvalidReason, MissingReason
from domain.values.text import count_code_units, group_digits, persian_digits, tidy_text
from domain.values.version_token import VersionToken, refuse_changed_since

_ONE_DAY = timedelta(days=1)


async def close_till(
    context: ActorContext[OfficeRepositories],
    office_code: str,
    day: date,
    declared_amount: int,
    note: str = "",
    *,
    version: VersionToken | None = None,
) -> TillClosing:
    """Close a day of an office's till, any up to today, with what its terminal says (`declared_amount` rials).

    A day before the office's first one has no payments, and that is all. `version` is that of the till when it was
    decided, numbered by the office's last closing; None: any closing is replaced. Errors: `Forbidden`,
    `NotFound("office")`, `InvalidField` (`day` is to come, `amount`, `note` is too long), `MissingField("note")` when
    there is a difference, `Conflict("till")` when somebody closed that day since.
    """
    label, now = _require_closer(context.actor), context.dependencies.clock.now()
    office, note_text = (await context.uow.offices.get_by_code(office_code)).code, tidy_text(note)
    _check_closing(day, to_tehran(now).date(), declared_amount, note_text)
    await context.uow.serialise(f"till:{office}")  # who closes at the same moment waits here, and sees this closing
    await _refuse_closed_since(context.uow.office_tills, office, day, version)
    takings = Takings.from_payments(await context.uow.offices.list_payments(office, *day_bounds(day)))
    closing = TillClosing(
        office=office,
        number=await context.uow.office_tills.last_closing_number(office) + 1,
        day=day,
        declared=declared_amount,
        payments=takings.payment_count,
        amount=takings.amount,
        note=note_text,
        closed_by=label,
        closed_at=now,
    )
    _refuse_unexplained_difference(closing)
    return await _store_closing(context.uow, closing)


async def _store_closing(uow: OfficeRepositories, closing: TillClosing) -> TillClosing:
    await uow.office_tills.add(closing)
    facts = {
        "office": closing.office,
        "day": closing.day.isoformat(),
        "declared": closing.declared,
        "amount": closing.amount,
    }
    await uow.audit.add_entry(closing.closed_at, closing.closed_by, "till_closed", facts)
    return closing


def _refuse_unexplained_difference(closing: TillClosing) -> None:
    if closing.difference_rials and not closing.note:
        raise MissingField("note", MissingReason.TILL_DIFFERS, amount=group_digits(closing.amount))


async def _refuse_closed_since(
    office_tills: TillRepository, office: str, day: date, version: VersionToken | None
) -> None:
    day_closings = await office_tills.list_closings(office, day, day + _ONE_DAY)
    refuse_changed_since(
        version, [closing.number for closing in day_closings], Conflict("till", ConflictReason.TILL_CHANGED)
    )


async def load_till(uow: OfficeRepositories, office_code: str, first_day: date, last_day: date) -> TillPeriod:
    """Return an office's till from the day `first_day` on and before the day `last_day`; `NotFound("office")`."""
    canonical_code = (await uow.offices.get_by_code(office_code)).code
    payments = await uow.offices.list_payments(
        canonical_code, tehran_moment(first_day, time.min), tehran_moment(last_day, time.min)
    )
    return TillPeriod.from_ledger(payments, await uow.office_tills.list_closings(canonical_code, first_day, last_day))


def _require_closer(actor: Actor) -> str:
    """Return as whom a closing is kept; `Forbidden("till")` for staff without the role."""
    return require_right(Right.TILLS_CLOSE, actor, "till").label


def _check_closing(day: date, today: date, declared_amount: int, note: str) -> None:
    if day > today:
        raise InvalidField("day", InvalidReason.FUTURE)
    if not 0 <= declared_amount <= HIGHEST_DECLARED_RIALS:
        raise InvalidField("amount", InvalidReason.RANGE, least=0, most=group_digits(HIGHEST_DECLARED_RIALS))
    if count_code_units(note) > LONGEST_NOTE:
        raise InvalidField("note", InvalidReason.TOO_LONG, limit=persian_digits(LONGEST_NOTE))
