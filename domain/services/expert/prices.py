"""Price of an expert opinion: a visit of its kind, and its square metres where the tariff counts them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from domain.blocks.band_answers import BAND_ANSWERS, describe_bands
from domain.blocks.charging import store_quote
from domain.fields.form import Field
from domain.fields.stored import StoredField, StoredFields, StoredForm
from domain.fields.types import Integer
from domain.language.lookups import LookupAnswer, LookupContext, PriceLookup
from domain.language.service import Effect, StepContext
from domain.language.stored_quote import QUOTE
from domain.requests.request import ServiceRequest
from domain.services.expert.kinds import OPINION_KINDS, KindName, OpinionKind
from domain.tariffs.tariff import PricedSubject, Quantity, TariffRow, compute_quote, list_price_bands
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import to_tehran
from domain.values.errors import MissingField
from domain.values.text import persian_digits

SERVICE_KEY = "expert"

MAX_AREA = 10_000_000


async def propose_area(uow: UnitOfWork, request: ServiceRequest) -> str | None:
    """Return the area that a step kept before, as it is typed."""
    area = AREA.find(request)
    return persian_digits(area) if area else None


AREA: StoredField[int] = StoredField(
    "area",
    Integer(1, MAX_AREA),
    required=False,
    stored_form=StoredForm(int, int),
    find_proposal=propose_area,
)
"""Whole square metres."""
PER_METRE = "square_metre"


def metre_dimensions(opinion_kind: str) -> dict[str, str]:
    """Return the dimensions by which square metres are priced."""
    return {"kind": opinion_kind, "per": PER_METRE}


def list_quantities(
    tariff_rows: Sequence[TariffRow], opinion_kind: str, measured_area: int | None, day: date
) -> list[Quantity]:
    """Return what a request is priced by: a visit of its kind, and its square metres where they have a price.

    `MissingField("area")` when they have one and nobody measured them.
    """
    quantities = [Quantity({"kind": opinion_kind}, 1)]
    if OPINION_KINDS[opinion_kind].by_area and list_price_bands(tariff_rows, metre_dimensions(opinion_kind), day):
        if measured_area is None:
            raise MissingField("area")
        quantities.append(Quantity(metre_dimensions(opinion_kind), measured_area))
    return quantities


@dataclass(frozen=True, slots=True)
class PriceOpinion(Effect):
    """Quote the visit and the area by the tariff in force today."""

    is_undoable: ClassVar[bool] = True
    makes_quote = True
    stores: ClassVar[StoredFields] = (QUOTE,)
    may_store = (AREA,)
    relied_fields = frozenset({"kind"})

    async def apply_effect(self, context: StepContext) -> None:
        """Keep the explained quote; `MissingField("area")`, and the errors of `store_quote`."""
        request, today = context.request, to_tehran(context.now).date()
        if context.inputs.get(AREA.name, AREA.find(request)) != AREA.find(request):
            context.history_facts["area_before"] = AREA.find(request)
            AREA.write(request, context.inputs[AREA.name])
        tariff_rows = await context.uow.tariffs.list_of_service(SERVICE_KEY)
        await store_quote(context, list_quantities(tariff_rows, request.fields["kind"], AREA.find(request), today))


def list_priced_subjects(opinion_kind: OpinionKind) -> list[PricedSubject]:
    """Return what the tariff may set a price for: a visit of the kind, and a square metre where it counts."""
    priced_metre = PricedSubject(metre_dimensions(opinion_kind.key), PER_METRE, (100, 250, 1000), max_amount=MAX_AREA)
    return [PricedSubject({"kind": opinion_kind.key}, "visit", (1,)), *([priced_metre] if opinion_kind.by_area else [])]


PRICE_ANSWERS = ("price_total", "price", "price_metre", *BAND_ANSWERS, "price_note")


async def describe_price(lookup: LookupContext) -> list[LookupAnswer]:
    """Return what an opinion of a kind costs by today's tariff: the visit, and a square metre where it has a price."""
    opinion_kind, today, policy = lookup.stated_values["kind"], to_tehran(lookup.now).date(), lookup.policy
    tariff_rows = await lookup.uow.tariffs.list_of_service(SERVICE_KEY)
    visit_quote = compute_quote(
        tariff_rows, [Quantity({"kind": opinion_kind}, 1)], today, step=policy.rounding_step, mode=policy.rounding_mode
    )
    (visit_line,) = visit_quote.lines
    metre_prices = (
        list_price_bands(tariff_rows, metre_dimensions(opinion_kind), today)
        if OPINION_KINDS[opinion_kind].by_area
        else []
    )
    bands = [price for price in metre_prices if price.band_start]
    # A band from the first metre on leaves nothing to the plain price.
    plain_prices = [
        price for price in metre_prices if not price.band_start and all(band.band_start > 1 for band in bands)
    ]
    plain_lines: list[LookupAnswer] = [("price_metre", {"amount": price.unit_price}) for price in plain_prices]
    totals = _describe_total(lookup, tariff_rows)
    visit_answer = ("price", {"kind": opinion_kind, "amount": visit_line.amount + visit_line.vat})
    return [*totals, visit_answer, *plain_lines, *describe_bands(lookup, bands), ("price_note", {})]


def _describe_total(lookup: LookupContext, tariff_rows: Sequence[TariffRow]) -> list[LookupAnswer]:
    """Return what an opinion of a kind costs in all for so many square metres; nothing where they do not count, or none
    were said.
    """
    opinion_kind, area, today = lookup.stated_values["kind"], lookup.stated_values.get("area"), to_tehran(lookup.now)
    quantities = list_quantities(tariff_rows, opinion_kind, area or 1, today.date())
    if area is None or len(quantities) == 1:
        return []
    policy = lookup.policy
    quote = compute_quote(tariff_rows, quantities, today.date(), step=policy.rounding_step, mode=policy.rounding_mode)
    return [("price_total", {"kind": opinion_kind, "area": area, "amount": quote.total})]


async def estimate_opinion(lookup: LookupContext) -> int:
    """Return what an opinion of the form's kind costs by today's tariff, in rials with VAT; `MissingField("area")`
    where square metres have a price too.
    """
    tariff_rows, policy = await lookup.uow.tariffs.list_of_service(SERVICE_KEY), lookup.policy
    today = to_tehran(lookup.now).date()
    quantities = list_quantities(tariff_rows, lookup.stated_values["kind"], None, today)
    return compute_quote(tariff_rows, quantities, today, step=policy.rounding_step, mode=policy.rounding_mode).total


PRICE_LOOKUP = PriceLookup(
    (Field("kind", KindName(), choices=tuple(OPINION_KINDS)), AREA), describe_price, PRICE_ANSWERS, estimate_opinion
)
