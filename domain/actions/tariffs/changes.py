"""The revenue unit's prices: a new dated row supersedes the one in force; nothing is edited in place.

A price that begins before one that is already set ends where that one begins. A wrong price is withdrawn: before its
first day by itself, on its first day by another one from the same day. It stays in the history, since a quote may name
it (duties are generated for days to come). Where the house wants it, a price is first proposed, and comes into force
when a second person approves it.

Every band of what is priced by a quantity is a price of its own here, by its dimensions: setting one leaves the others
as they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from domain.actions.desk import Desk
from domain.actions.staff.staffing import today
from domain.registries.declarations import REGISTRIES
from domain.tariffs.tariff import (
    FROM,
    Dimensions,
    Priced,
    ProposalState,
    ProposedTariff,
    Quote,
    TariffRow,
    Terms,
    Wanted,
    beside,
    find_row,
    least_of,
    next_band,
    of_thing,
    quote,
    without_band,
)
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.dated_rows import InsertionPoint, ends_at, place, standing, version_of, withdrawn
from domain.values.errors import AlreadyDone, Conflict, Forbidden, InvalidField, MissingField, NotFound
from domain.values.text import grouped
from domain.values.version_token import VersionToken, refuse_stale

REVENUE = frozenset({Role.REVENUE})
APPROVERS = REVENUE | {Role.MANAGER}
"""Who approves a price that another person proposed."""

FAR = 30
"""Percent by which a price differs from the present one so much that it is asked about: a digit too many is easily
typed.
"""


async def add_tariff(
    desk: Desk,
    uow: UnitOfWork,
    actor: Actor,
    service: str,
    dimensions: Mapping[str, str],
    *,
    rate: int,
    unit: str = "hour",
    minimum: int = 0,
    vat_percent: int = 0,
    valid_from: date | None = None,
) -> TariffRow:
    """Set a price (rials a unit) from a day on (today) until the next one that is set, if any.

    It closes the row in force on that day, or withdraws the one that begins on it. Errors: `UnknownService`,
    `Forbidden` (only revenue sets prices), `InvalidField` (`from` too), `Conflict("valid_from")` when the day has
    passed and a row begins on it or later. A request already priced keeps its quote.
    """
    start, by = valid_from or today(desk), _revenue(actor)
    terms = _checked(desk, Terms(service, dict(dimensions), unit, rate, minimum, vat_percent, start))
    return await _put_in_force(desk, uow, _row(desk, terms, by), by)


async def set_price(
    desk: Desk,
    uow: UnitOfWork,
    terms: Terms,
    actor: Actor,
    version: VersionToken | None = None,
    *,
    far_meant: bool = False,
) -> TariffRow | ProposedTariff:
    """Set a price, or propose it where the house wants a second person (`Policy.tariffs_need_approval`).

    `version` is that of the thing's prices (`version_of`) when it was decided; `far_meant` says that a price far from
    the present one is meant. Errors: those of `add_tariff`, `Conflict("rate")` while another proposal for the same
    waits, `Conflict("tariff")` when prices have changed since, and `MissingField("far")` for a price that differs by
    `FAR` percent or more from the present one, unless that is meant.
    """
    by = _revenue(actor)
    terms = _checked(desk, terms)
    if not far_meant:
        _refuse_far(difference(await uow.tariffs.of_service(terms.service), terms))
    if not desk.policy.tariffs_need_approval:
        return await _put_in_force(desk, uow, _row(desk, terms, by), by, version)
    where_it_comes(desk, await uow.tariffs.of_service(terms.service), terms, version)
    values = {one.name: getattr(terms, one.name) for one in fields(Terms)}
    proposal = ProposedTariff(desk.ids.new_id(), **values, proposed_by=actor.ident, proposed_at=desk.clock.now())
    same = [one for one in await uow.tariffs.pending() if (one.service, one.dimensions) == _what(terms)]
    if same:
        raise Conflict("rate", detail="price_pending")
    await uow.tariffs.propose(proposal)
    return proposal


@dataclass(frozen=True, slots=True)
class Difference:
    """How a price differs from the present one, which would hold in its place: the row, and by how many percent it
    makes a unit, or the least that is charged, dearer or cheaper (the greater of both; None beside a price of nothing).
    """

    present: TariffRow
    percent: int | None

    @property
    def far(self) -> bool:
        """Whether it is asked about."""
        return self.percent is None or abs(self.percent) >= FAR


def difference(rows: Sequence[TariffRow], terms: Terms) -> Difference | None:
    """Return how a price differs from what prices its first units on its first day without it; None where nothing
    does. `rows` are those of its service.
    """
    least = max(least_of(terms.dimensions), 1)
    try:
        present = find_row(rows, Wanted(without_band(terms.dimensions), least), terms.valid_from)
    except NotFound:
        return None
    before, after = (_charges(one, least) for one in (present, terms))
    if before == after:
        return Difference(present, 0)
    if 0 in before:
        return Difference(present, None)
    # Towards nothing, so that 29.5 % is no 30.
    pairs = zip(before, after, strict=True)
    percents = [(new - old) * 100 // old if new > old else -((old - new) * 100 // old) for old, new in pairs]
    return Difference(present, max(percents, key=abs))


def _charges(price: TariffRow | Terms, least: int) -> tuple[int, int]:
    """Return what a unit costs with VAT, in hundredths of a rial, and the least that is charged from so many on."""
    unit = price.rate * (100 + price.vat_percent)
    return unit, unit * max(price.minimum, least)


def _refuse_far(found: Difference | None) -> None:
    if found is not None and found.far:
        change = "…" if found.percent is None else grouped(abs(found.percent))
        raise MissingField("far", detail="far_price", present=grouped(found.present.rate), percent=change)


async def withdraw(desk: Desk, uow: UnitOfWork, tariff_id: int, actor: Actor) -> TariffRow:
    """Take a price back that is not in force yet, and return it as it was; the one before it goes on as long as it
    would have held.

    One person of revenue is enough also where a price needs two: nothing comes into force that two have not agreed on,
    and a mistyped price must not begin because the second one is away. Errors: `Forbidden`, `NotFound("tariff")`,
    `AlreadyDone("tariff")`, and `Conflict("tariff")` when it has begun (another one from today corrects it), or when
    the minimum of the one before it would reach into a band.
    """
    by = _revenue(actor)
    found = await uow.tariffs.get(tariff_id)
    await uow.serialise(_lock(found.service))
    every = await uow.tariffs.of_service(found.service)
    rows = of_thing(every, found.service, found.dimensions)
    row = next(one for one in rows if one.id == tariff_id)
    if withdrawn(row):
        raise AlreadyDone("tariff")
    if row.valid_from <= today(desk):
        raise Conflict("tariff", detail="already_begun")
    before = ends_at(rows, row)
    if before:
        _refuse_to_go_on(every, replace(before, valid_from=row.valid_from, valid_to=row.valid_to))
    await _withdraw(desk, uow, row, by)
    if before:
        await uow.tariffs.close(before.id, row.valid_to)
    return row


async def approve(desk: Desk, uow: UnitOfWork, proposal_id: int, actor: Actor) -> TariffRow:
    """Put a proposed price in force, from its first day, or from today if that is past.

    Errors: `Forbidden` for who may not approve, or proposed it; `NotFound("proposal")`, `AlreadyDone("proposal")`, and
    `Conflict("valid_from")` when another row was set for that day or later since it was proposed, or began while it
    waited.
    """
    proposal, by = await _decided(desk, uow, proposal_id, actor, ProposalState.APPROVED)
    if proposal.proposed_by == actor.ident:
        raise Forbidden("proposal", detail="own_proposal")
    terms = replace(proposal.terms, valid_from=max(proposal.valid_from, today(desk)))
    await uow.serialise(_lock(terms.service))
    for one in standing(of_thing(await uow.tariffs.of_service(terms.service), *_what(terms))):
        set_since = one.created_at > proposal.proposed_at and one.valid_from >= proposal.valid_from
        if set_since or proposal.valid_from < one.valid_from <= terms.valid_from:
            raise Conflict("valid_from", detail="tariff_overlap")
    row = await _put_in_force(desk, uow, _row(desk, terms, f"staff:{proposal.proposed_by}"), by)
    await _note(desk, uow, by, "tariff_approved", proposal)
    return row


async def reject(desk: Desk, uow: UnitOfWork, proposal_id: int, actor: Actor) -> ProposedTariff:
    """Give a proposed price up; who proposed it may too. Errors: `Forbidden`, `NotFound`, `AlreadyDone`."""
    proposal, by = await _decided(desk, uow, proposal_id, actor, ProposalState.REJECTED)
    await _note(desk, uow, by, "tariff_rejected", proposal)
    return proposal


async def _decided(
    desk: Desk, uow: UnitOfWork, proposal_id: int, actor: Actor, state: ProposalState
) -> tuple[ProposedTariff, str]:
    if not APPROVERS & actor.role_names:
        raise Forbidden("proposal")
    proposal = await uow.tariffs.proposal(proposal_id, lock=True)
    if proposal.state is not ProposalState.PENDING:
        raise AlreadyDone("proposal")
    by = actor.acting_by(APPROVERS).label
    proposal.state, proposal.decided_by, proposal.decided_at = state, by, desk.clock.now()
    await uow.tariffs.save_proposal(proposal)
    return proposal, by


async def _note(desk: Desk, uow: UnitOfWork, by: str, what: str, proposal: ProposedTariff) -> None:
    facts = {"proposal": proposal.id, **_facts(proposal)}
    await uow.audit.record(desk.clock.now(), by, what, facts | {"proposed_by": proposal.proposed_by})


def _facts(one: TariffRow | ProposedTariff) -> dict[str, str | int]:
    """Return what is priced and for how much, as the audit tells it: there, `from` is a day."""
    band = {"band": least_of(one.dimensions)} if FROM in one.dimensions else {}
    return {"service": one.service, **without_band(one.dimensions), **band, "rate": one.rate}


def _revenue(actor: Actor) -> str:
    """Return the label of who sets prices; `Forbidden` for anybody but the revenue unit."""
    if Role.REVENUE not in actor.role_names:
        raise Forbidden("tariff")
    return actor.acting_by(REVENUE).label


def _checked(desk: Desk, terms: Terms) -> Terms:
    """Return the terms with a band in its one spelling. What is less than a band's first units is not of it, and so no
    minimum of it is more.
    """
    _priced(desk, terms.service)
    if terms.rate < 0 or terms.minimum < 0 or not 0 <= terms.vat_percent <= 100:
        raise InvalidField("rate", detail="range", least="۰", most="…")
    if FROM not in terms.dimensions:
        return terms
    thing = declared(desk, terms.service, terms.dimensions)
    if thing is None or thing.unit != terms.unit:
        raise InvalidField(FROM, detail="no_bands")
    if terms.minimum > least_of(thing.dimensions):
        raise InvalidField("minimum", detail="range", least="۰", most=grouped(least_of(thing.dimensions)))
    return replace(terms, dimensions=dict(thing.dimensions))


def _what(terms: Terms) -> tuple[str, dict[str, str]]:
    return terms.service, terms.dimensions


def _row(desk: Desk, terms: Terms, by: str) -> TariffRow:
    return TariffRow(
        desk.ids.new_id(), *_what(terms), terms.unit, terms.rate, terms.minimum, terms.vat_percent, terms.valid_from,
        None, by, desk.clock.now(),
    )  # fmt: skip


def where_it_comes(
    desk: Desk, rows: Iterable[TariffRow], terms: Terms | TariffRow, version: VersionToken | None = None
) -> InsertionPoint[TariffRow]:
    """Return where a price comes among the rows of its service.

    Errors: `Conflict("tariff")` when the prices are at another `version`, and `Conflict("valid_from")` when its
    day has passed and a row begins on it or later.
    """
    same = of_thing(rows, terms.service, terms.dimensions)
    refuse_stale(version, version_of(same), Conflict("tariff", detail="row_changed"))
    if terms.valid_from < today(desk) and any(one.valid_from >= terms.valid_from for one in standing(same)):
        raise Conflict("valid_from", detail="tariff_overlap")
    return place(same, terms.valid_from)


def _refuse_reached(rows: Sequence[TariffRow], row: TariffRow) -> None:
    """Refuse a price by whose minimum less would be charged as so much that another band prices it, on any day on which
    it would hold: the row's own (`InvalidField("minimum")`), or that of a row under a band (`InvalidField("from")`).
    """
    until = place(of_thing(rows, row.service, row.dimensions), row.valid_from).until
    others = beside(rows, replace(row, valid_to=until))
    most = _next_least(others, row)
    if most is not None and row.minimum > most:
        raise InvalidField("minimum", detail="range", least="۰", most=grouped(most))
    least = max((one.minimum for one in others if one.least < row.least), default=0)
    if least > row.least:
        raise InvalidField(FROM, detail="range", least=grouped(least), most="…")


def _refuse_to_go_on(rows: Iterable[TariffRow], row: TariffRow) -> None:
    """Refuse a row, on the days that it would get back, if its minimum reached into a band then. Who sets a price is
    asked for another minimum; here there is nothing to correct but what stands.
    """
    most = _next_least(beside(rows, row), row)
    if most is not None and row.minimum > most:
        raise Conflict("tariff", detail="reaches_band", minimum=grouped(row.minimum), band=grouped(most))


def _next_least(others: Iterable[TariffRow], row: TariffRow) -> int | None:
    """Return from how many units on one of the others prices instead of this row; None where none does."""
    return min((one.least for one in others if one.least > row.least), default=None)


async def _put_in_force(
    desk: Desk, uow: UnitOfWork, row: TariffRow, by: str, version: VersionToken | None = None
) -> TariffRow:
    await uow.serialise(_lock(row.service))  # rows that are set at once must see each other's days
    rows = await uow.tariffs.of_service(row.service)
    _refuse_reached(rows, row)
    where = where_it_comes(desk, rows, row, version)
    if where.replaced:
        await _withdraw(desk, uow, where.replaced, by)
    if where.before:
        await uow.tariffs.close(where.before.id, row.valid_from)
    made = replace(row, valid_to=where.until)
    await uow.tariffs.add(made)
    return made


async def _withdraw(desk: Desk, uow: UnitOfWork, row: TariffRow, by: str) -> None:
    await uow.tariffs.withdraw(row.id)
    facts = _facts(row) | {"from": row.valid_from.isoformat()}
    await uow.audit.record(desk.clock.now(), by, "tariff_withdrawn", facts)


def _lock(service: str) -> str:
    return f"tariff:{service}"


@dataclass(frozen=True, slots=True)
class Sample:
    """What so many units cost by a price, and what they cost without it on the same day (None: there is no price)."""

    units: int
    before: int | None
    after: int


async def samples(desk: Desk, uow: UnitOfWork, terms: Terms, units: Sequence[int]) -> list[Sample]:
    """Return what a price would mean, without setting it; amounts that another band prices are left out.

    Errors: those of what can be no price.
    """
    step, mode, day = desk.policy.rounding_step, desk.policy.rounding_mode, terms.valid_from
    rows, new = await uow.tariffs.of_service(terms.service), [_row(desk, _checked(desk, terms), "")]
    _refuse_reached(rows, new[0])

    def total(table: Sequence[TariffRow], amount: int) -> int:
        return quote(table, [Wanted(without_band(terms.dimensions), amount)], day, step=step, mode=mode).total

    def without_it(amount: int) -> int | None:
        try:
            return total(rows, amount)
        except NotFound:
            return None

    above = next_band(rows, terms.dimensions, day)
    own = [one for one in units if above is None or one < above]
    return [Sample(one, without_it(one), total(new, one)) for one in own]


def priced(desk: Desk) -> dict[str, tuple[Priced, ...]]:
    """Return service → what its tariff may set a price for; the services of registries' charges too."""
    services = {key: one.priced for key, one in desk.services.items() if one.priced}
    owed = [one.owed for one in REGISTRIES.values() if one.owed]
    return services | {one.tariff: one.priced for one in owed if one.tariff and one.priced}


def declared(desk: Desk, service: str, dimensions: Dimensions) -> Priced | None:
    """Return what is declared to be priced, or a band of it; None when nothing such is. `InvalidField("from")`."""
    plain = without_band(dimensions)
    found = next((one for one in priced(desk).get(service, ()) if dict(one.dimensions) == plain), None)
    return found.band(dimensions[FROM]) if found and FROM in dimensions else found


async def quote_for(desk: Desk, uow: UnitOfWork, service: str, wanted: list[Wanted], day: date | None = None) -> Quote:
    """Price what is wanted by the rows in force on a day (today); `NotFound("tariff")` where no price is set."""
    _priced(desk, service)
    policy = desk.policy
    on = day or today(desk)
    rows = await uow.tariffs.of_service(service)
    return quote(rows, wanted, on, step=policy.rounding_step, mode=policy.rounding_mode)


def _priced(desk: Desk, service: str) -> None:
    """Raise `UnknownService` for what is no service, nor prices rows of a registry (yearly duties)."""
    if not any(one.owed and one.owed.tariff == service for one in REGISTRIES.values()):
        desk.engine.service(service)
