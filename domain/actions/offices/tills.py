"""Closing the till of a counter office for a day, by the revenue unit."""

from datetime import date, time, timedelta

from domain.actions.desk import Desk
from domain.offices.tills import HIGHEST_DECLARED, LONGEST_NOTE, Takings, TillClosing, TillPeriod
from domain.unit_of_work import UnitOfWork
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.calendar import in_tehran, tehran, whole_day
from domain.values.errors import Conflict, Forbidden, InvalidField, MissingField
from domain.values.text import code_units, grouped, persian_digits, shown
from domain.values.version_token import VersionToken

CLOSERS = frozenset({Role.REVENUE})
"""Roles that close tills."""

_DAY = timedelta(days=1)


async def close_till(
    desk: Desk, uow: UnitOfWork, office_code: str, day: date, declared: int, note: str = "", *,
    actor: Actor = SYSTEM, version: VersionToken | None = None,
) -> TillClosing:  # fmt: skip
    """Close a day of an office's till, any up to today, with what its terminal says (`declared` rials).

    A day before the office's first one has no payments, and that is all. `version` is that of the till when it was
    decided, numbered by the office's last closing; None: whatever stands is replaced. Errors: `Forbidden`,
    `NotFound("office")`, `InvalidField` (`day` is to come, `amount`, `note` is too long), `MissingField("note")` when
    there is a difference, `Conflict("till")` when somebody closed that day since.
    """
    label, now = _closer(actor), desk.clock.now()
    office, words = (await uow.offices.by_code(office_code)).code, shown(note)
    _check(day, in_tehran(now).date(), declared, words)
    await uow.serialise(f"till:{office}")  # who closes at the same moment waits here, and sees this closing
    if version is not None:
        await _refuse_closed_since(uow, office, day, version)
    taken = Takings.of(await uow.offices.payments_between(office, *whole_day(day)))
    number = await uow.tills.last_number(office) + 1
    closing = TillClosing(office, number, day, declared, taken.payments, taken.amount, words, label, now)
    if closing.difference and not words:
        raise MissingField("note", detail="till_differs", amount=grouped(taken.amount))
    await uow.tills.add(closing)
    facts = {"office": office, "day": day.isoformat(), "declared": declared, "amount": taken.amount}
    await uow.audit.record(now, label, "till_closed", facts)
    return closing


async def _refuse_closed_since(uow: UnitOfWork, office: str, day: date, version: VersionToken) -> None:
    if not all(version.includes(one.number) for one in await uow.tills.closings(office, day, day + _DAY)):
        raise Conflict("till", detail="till_changed")


async def till_of(uow: UnitOfWork, office_code: str, first: date, last: date) -> TillPeriod:
    """Return an office's till from the day `first` on and before the day `last`; `NotFound("office")`."""
    code = (await uow.offices.by_code(office_code)).code
    payments = await uow.offices.payments_between(code, tehran(first, time.min), tehran(last, time.min))
    return TillPeriod.of(payments, await uow.tills.closings(code, first, last))


def _closer(actor: Actor) -> str:
    """Return as whom a closing is kept; `Forbidden("till")` for staff without the role."""
    if actor.kind != "system" and not CLOSERS & actor.role_names:
        raise Forbidden("till")
    return actor.acting_by(CLOSERS).label


def _check(day: date, today: date, declared: int, note: str) -> None:
    if day > today:
        raise InvalidField("day", detail="future")
    if not 0 <= declared <= HIGHEST_DECLARED:
        raise InvalidField("amount", detail="range", least=0, most=grouped(HIGHEST_DECLARED))
    if code_units(note) > LONGEST_NOTE:
        raise InvalidField("note", detail="too_long", limit=persian_digits(LONGEST_NOTE))
