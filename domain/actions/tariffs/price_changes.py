"""The revenue unit's prices: a new dated row supersedes the one in force; nothing is edited in place.

A price that begins before one that is already set ends where that one begins. A wrong price is withdrawn: before its
first day by itself, on its first day by another one from the same day. It stays in the history, since a quote may name
it (duties are generated for days to come). Where the policy demands it, a price is first proposed, and comes into force
when a second person approves it.

Every band of what is priced by a quantity is a price of its own here, by its dimensions: setting one leaves the others
as they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.staffing import today_in_tehran
from domain.actions.tariffs.price_differences import find_difference, refuse_far_price
from domain.actions.tariffs.priced_subjects import find_declared, list_priced, require_priced_service
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.repositories import AuditRepositories, SettingRepositories
from domain.tariffs.tariff import (
    BAND_DIMENSION,
    PriceTerms,
    ProposalState,
    ProposedTariff,
    Quantity,
    TariffRow,
    compute_quote,
    find_next_band,
    list_neighbour_rows,
    read_band_start,
    rows_of_subject,
    without_band,
)
from domain.values.actors import Actor
from domain.values.dated_rows import (
    InsertionPoint,
    effective_rows,
    is_withdrawn,
    locate_insertion,
    preceding_row,
    version_of,
)
from domain.values.errors import AlreadyDone, Conflict, Forbidden, InvalidField, NotFound, UnknownKind
from domain.values.reasons import ConflictReason, ForbiddenReason, InvalidReason, UnknownKindReason
from domain.values.text import group_digits
from domain.values.version_token import VersionToken, refuse_stale


async def add_tariff(
    context: ActorContext[SettingRepositories],
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
    starts_on, label = valid_from or today_in_tehran(context.dependencies), _require_revenue(context.actor)
    terms = _check_terms(
        context.dependencies, PriceTerms(service, dict(dimensions), unit, rate, minimum, vat_percent, starts_on)
    )
    return await _put_in_force(context, _new_row(context.dependencies, terms, label), label)


async def set_price(
    context: ActorContext[SettingRepositories],
    terms: PriceTerms,
    version: VersionToken | None = None,
    *,
    far_meant: bool = False,
) -> TariffRow | ProposedTariff:
    """Set a price, or propose it where the policy demands a second person (`Policy.tariffs_need_approval`).

    `version` is that of the thing's prices (`version_of`) when it was decided; `far_meant` says that a price far from
    the present one is meant. Errors: those of `add_tariff`, `Conflict("rate")` while another proposal for the same
    waits, `Conflict("tariff")` when prices have changed since, and `MissingField("far")` for a price that differs by
    `FAR_PERCENT` percent or more from the present one, unless that is meant.
    """
    label, dependencies = _require_revenue(context.actor), context.dependencies
    terms = _check_terms(dependencies, terms)
    if not far_meant:
        refuse_far_price(find_difference(await context.uow.tariffs.list_of_service(terms.service), terms))
    if not dependencies.policy.tariffs_need_approval:
        return await _put_in_force(context, _new_row(dependencies, terms, label), label, version)
    find_insertion_point(dependencies, await context.uow.tariffs.list_of_service(terms.service), terms, version)
    terms_values = {entry.name: getattr(terms, entry.name) for entry in fields(PriceTerms)}
    proposal = ProposedTariff(
        dependencies.ids.new_id(),
        **terms_values,
        proposed_by=context.actor.identifier,
        proposed_at=dependencies.clock.now(),
    )
    pending = await context.uow.tariffs.list_pending()
    if any((entry.service, entry.dimensions) == _priced_key(terms) for entry in pending):
        raise Conflict("rate", ConflictReason.PRICE_PENDING)
    await context.uow.tariffs.add_proposal(proposal)
    facts = {"proposal": proposal.id, **_price_facts(proposal), "from": proposal.valid_from.isoformat()}
    await context.uow.audit.add_entry(proposal.proposed_at, label, "tariff_proposed", facts)
    return proposal


async def withdraw_price(context: ActorContext[SettingRepositories], tariff_id: int) -> TariffRow:
    """Take a price back that is not in force yet, and return it as it was; the one before it goes on as long as it
    would have held.

    One person of revenue is enough also where a price needs two: nothing comes into force that two have not agreed on,
    and a mistyped price must not begin because the second one is away. Errors: `Forbidden`, `NotFound("tariff")`,
    `AlreadyDone("tariff")`, and `Conflict("tariff")` when it has begun (another one from today corrects it), or when
    the minimum of the one before it would reach into a band.
    """
    label = _require_revenue(context.actor)
    requested_row = await context.uow.tariffs.get(tariff_id)
    await context.uow.serialise(_lock_name(requested_row.service))
    service_rows = await context.uow.tariffs.list_of_service(requested_row.service)
    thing_rows = rows_of_subject(service_rows, requested_row.service, requested_row.dimensions)
    row = next(candidate for candidate in thing_rows if candidate.id == tariff_id)
    if is_withdrawn(row):
        raise AlreadyDone("tariff")
    if row.valid_from <= today_in_tehran(context.dependencies):
        raise Conflict("tariff", ConflictReason.ALREADY_BEGUN)
    previous_row = preceding_row(thing_rows, row)
    if previous_row:
        _refuse_reaching_band(service_rows, replace(previous_row, valid_from=row.valid_from, valid_to=row.valid_to))
    await _withdraw_row(context, row, label)
    if previous_row:
        await context.uow.tariffs.close_row(previous_row.id, row.valid_to)
    return row


async def approve_proposal(context: ActorContext[SettingRepositories], proposal_id: int) -> TariffRow:
    """Put a proposed price in force, from its first day, or from today if that is past.

    Errors: `Forbidden` for who may not approve, or proposed it; `NotFound("proposal")`, `AlreadyDone("proposal")`, and
    `Conflict("valid_from")` when another row was set for that day or later since it was proposed, or began while it
    waited.
    """
    proposal, label = await _decide_proposal(context, proposal_id, ProposalState.APPROVED)
    if proposal.proposed_by == context.actor.identifier:
        raise Forbidden("proposal", ForbiddenReason.OWN_PROPOSAL)
    terms = replace(proposal.terms, valid_from=max(proposal.valid_from, today_in_tehran(context.dependencies)))
    await context.uow.serialise(_lock_name(terms.service))
    for other in effective_rows(
        rows_of_subject(await context.uow.tariffs.list_of_service(terms.service), *_priced_key(terms))
    ):
        was_set_since = other.created_at > proposal.proposed_at and other.valid_from >= proposal.valid_from
        if was_set_since or proposal.valid_from < other.valid_from <= terms.valid_from:
            raise Conflict("valid_from", ConflictReason.TARIFF_OVERLAP)
    row = await _put_in_force(context, _new_row(context.dependencies, terms, f"staff:{proposal.proposed_by}"), label)
    await _audit_decision(context, label, "tariff_approved", proposal)
    return row


async def reject_proposal(context: ActorContext[SettingRepositories], proposal_id: int) -> ProposedTariff:
    """Give a proposed price up; who proposed it may too. Errors: `Forbidden`, `NotFound`, `AlreadyDone`."""
    proposal, label = await _decide_proposal(context, proposal_id, ProposalState.REJECTED)
    await _audit_decision(context, label, "tariff_rejected", proposal)
    return proposal


async def _decide_proposal(
    context: ActorContext[SettingRepositories], proposal_id: int, decision: ProposalState
) -> tuple[ProposedTariff, str]:
    label = require_right(Right.TARIFFS_APPROVE, context.actor, "proposal").label
    proposal = await context.uow.tariffs.get_proposal(proposal_id, lock=True)
    if proposal.state is not ProposalState.PENDING:
        raise AlreadyDone("proposal")
    proposal.state, proposal.decided_by, proposal.decided_at = decision, label, context.dependencies.clock.now()
    await context.uow.tariffs.save_proposal(proposal)
    return proposal, label


async def _audit_decision(
    context: ActionContext[AuditRepositories], label: str, event: str, proposal: ProposedTariff
) -> None:
    facts = {"proposal": proposal.id, **_price_facts(proposal)}
    await context.uow.audit.add_entry(
        context.dependencies.clock.now(), label, event, facts | {"proposed_by": proposal.proposed_by}
    )


def _price_facts(price: TariffRow | ProposedTariff) -> dict[str, str | int]:
    """Return what is priced and for how much, as the audit records it: there, `from` is a day."""
    band_facts = {"band": read_band_start(price.dimensions)} if BAND_DIMENSION in price.dimensions else {}
    return {"service": price.service, **without_band(price.dimensions), **band_facts, "rate": price.rate}


def _require_revenue(actor: Actor) -> str:
    """Return the label of who sets prices; `Forbidden` for anybody but the revenue unit."""
    return require_right(Right.TARIFFS_CHANGE, actor, "tariff").label


def _check_terms(dependencies: Dependencies, terms: PriceTerms) -> PriceTerms:
    """Return the terms with a band in its one spelling. What is less than a band's first units is not of it, and so no
    minimum of it is more.
    """
    require_priced_service(dependencies, terms.service)
    if terms.rate < 0 or terms.minimum < 0 or not 0 <= terms.vat_percent <= 100:
        raise InvalidField("rate", InvalidReason.RANGE, least="۰", most="…")
    if BAND_DIMENSION not in terms.dimensions:
        _refuse_unknown_subject(dependencies, terms)
        return terms
    declared_thing = find_declared(dependencies, terms.service, terms.dimensions)
    if declared_thing is None or declared_thing.unit != terms.unit:
        raise InvalidField(BAND_DIMENSION, InvalidReason.NO_BANDS)
    if terms.minimum > read_band_start(declared_thing.dimensions):
        raise InvalidField(
            "minimum", InvalidReason.RANGE, least="۰", most=group_digits(read_band_start(declared_thing.dimensions))
        )
    return replace(terms, dimensions=dict(declared_thing.dimensions))


def _refuse_unknown_subject(dependencies: Dependencies, terms: PriceTerms) -> None:
    """Refuse a price for what there is not, a machine or a kind: nobody would ever be charged it."""
    declared_subjects = list_priced(dependencies).get(terms.service, ())
    if not declared_subjects or find_declared(dependencies, terms.service, terms.dimensions):
        return
    known_values = {pair for subject in declared_subjects for pair in dict(subject.dimensions).items()}
    name, value = next((pair for pair in terms.dimensions.items() if pair not in known_values), ("dimensions", ""))
    reason = UnknownKindReason.MACHINE if name == "machine" else UnknownKindReason.CHOICE
    raise UnknownKind(name, reason, given=value[:30])


def _priced_key(terms: PriceTerms) -> tuple[str, dict[str, str]]:
    return terms.service, terms.dimensions


def _new_row(dependencies: Dependencies, terms: PriceTerms, label: str) -> TariffRow:
    return TariffRow(
        dependencies.ids.new_id(),
        *_priced_key(terms),
        terms.unit,
        terms.rate,
        terms.minimum,
        terms.vat_percent,
        terms.valid_from,
        None,
        label,
        dependencies.clock.now(),
    )


def find_insertion_point(
    dependencies: Dependencies,
    rows: Iterable[TariffRow],
    terms: PriceTerms | TariffRow,
    version: VersionToken | None = None,
) -> InsertionPoint[TariffRow]:
    """Return where a price comes among the rows of its service.

    Errors: `Conflict("tariff")` when the prices are at another `version`, and `Conflict("valid_from")` when its
    day has passed and a row begins on it or later.
    """
    same_rows = rows_of_subject(rows, terms.service, terms.dimensions)
    refuse_stale(version, version_of(same_rows), Conflict("tariff", ConflictReason.ROW_CHANGED))
    if terms.valid_from < today_in_tehran(dependencies) and any(
        other.valid_from >= terms.valid_from for other in effective_rows(same_rows)
    ):
        raise Conflict("valid_from", ConflictReason.TARIFF_OVERLAP)
    return locate_insertion(same_rows, terms.valid_from)


def _refuse_band_overlap(rows: Sequence[TariffRow], row: TariffRow) -> None:
    """Refuse a price by whose minimum less would be charged as so much that another band prices it, on any day on which
    it would hold: the row's own (`InvalidField("minimum")`), or that of a row under a band (`InvalidField("from")`).
    """
    ends_on = locate_insertion(rows_of_subject(rows, row.service, row.dimensions), row.valid_from).valid_until
    other_rows = list_neighbour_rows(rows, replace(row, valid_to=ends_on))
    next_start = _next_band_start(other_rows, row)
    if next_start is not None and row.minimum > next_start:
        raise InvalidField("minimum", InvalidReason.RANGE, least="۰", most=group_digits(next_start))
    lowest = max((other.minimum for other in other_rows if other.band_start < row.band_start), default=0)
    if lowest > row.band_start:
        raise InvalidField(BAND_DIMENSION, InvalidReason.RANGE, least=group_digits(lowest), most="…")


def _refuse_reaching_band(rows: Iterable[TariffRow], row: TariffRow) -> None:
    """Refuse a row, on the days that it would get back, if its minimum reached into a band then. Who sets a price is
    asked for another minimum; here there is nothing to correct but the price in force.
    """
    next_start = _next_band_start(list_neighbour_rows(rows, row), row)
    if next_start is not None and row.minimum > next_start:
        raise Conflict(
            "tariff", ConflictReason.REACHES_BAND, minimum=group_digits(row.minimum), band=group_digits(next_start)
        )


def _next_band_start(other_rows: Iterable[TariffRow], row: TariffRow) -> int | None:
    """Return from how many units on one of the others prices instead of this row; None where none does."""
    return min((other.band_start for other in other_rows if other.band_start > row.band_start), default=None)


async def _put_in_force(
    context: ActionContext[SettingRepositories], row: TariffRow, label: str, version: VersionToken | None = None
) -> TariffRow:
    await context.uow.serialise(_lock_name(row.service))  # rows that are set at once must see each other's days
    rows = await context.uow.tariffs.list_of_service(row.service)
    _refuse_band_overlap(rows, row)
    insertion_point = find_insertion_point(context.dependencies, rows, row, version)
    if insertion_point.replaced_row:
        await _withdraw_row(context, insertion_point.replaced_row, label)
    if insertion_point.row_before:
        await context.uow.tariffs.close_row(insertion_point.row_before.id, row.valid_from)
    dated_row = replace(row, valid_to=insertion_point.valid_until)
    await context.uow.tariffs.add(dated_row)
    return dated_row


async def _withdraw_row(context: ActionContext[SettingRepositories], row: TariffRow, label: str) -> None:
    await context.uow.tariffs.withdraw_row(row.id)
    facts = _price_facts(row) | {"from": row.valid_from.isoformat()}
    await context.uow.audit.add_entry(context.dependencies.clock.now(), label, "tariff_withdrawn", facts)


def _lock_name(service: str) -> str:
    return f"tariff:{service}"


@dataclass(frozen=True, slots=True)
class PriceSample:
    """Price of some units, beside what they cost without it on the same day."""

    units: int
    """Number of units."""
    before: int | None
    """Rials without the price; None where there is none then."""
    after: int
    """Rials with the price."""


async def sample_prices(
    context: ActionContext[SettingRepositories], terms: PriceTerms, units: Sequence[int]
) -> list[PriceSample]:
    """Return what a price would mean, without setting it; amounts that another band prices are left out.

    Errors: those of what can be no price.
    """
    step, mode, day = (
        context.dependencies.policy.rounding_step,
        context.dependencies.policy.rounding_mode,
        terms.valid_from,
    )
    rows, new = (
        await context.uow.tariffs.list_of_service(terms.service),
        [_new_row(context.dependencies, _check_terms(context.dependencies, terms), "")],
    )
    _refuse_band_overlap(rows, new[0])

    def quote_total(price_rows: Sequence[TariffRow], count: int) -> int:
        return compute_quote(
            price_rows, [Quantity(without_band(terms.dimensions), count)], day, step=step, mode=mode
        ).total

    def quote_without(count: int) -> int | None:
        try:
            return quote_total(rows, count)
        except NotFound:
            return None

    band_above = find_next_band(rows, terms.dimensions, day)
    own_counts = [count for count in units if band_above is None or count < band_above]
    return [PriceSample(count, quote_without(count), quote_total(new, count)) for count in own_counts]
