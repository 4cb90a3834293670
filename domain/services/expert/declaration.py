"""Expert opinion fee: a request of a kind, an officer's visit, the fee by kind and area, and the answer as a letter.

Source: services.md, "3. Expert opinion fee". Requests of all kinds take one way; what differs from kind to kind is data
(`kinds.py`). Papers may come later, until the fee is set. The letter is issued only when the bill is paid or
waived.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.bills.bill import BillState
from domain.blocks.asking import CITIZENS, OPTIONAL_REASON, QUESTION, REASON, StoreReason, question_transitions
from domain.blocks.band_answers import BAND_ANSWERS, describe_bands
from domain.blocks.charging import (
    BillsSettled,
    CloseOpenBills,
    NoPaymentUnresolved,
    OverridePrice,
    PaymentReceived,
    RefundAll,
    payment_due_at,
)
from domain.blocks.letters import ANSWER_REGISTER, LETTER_INPUTS, LETTER_KIND, IssueLetter, compute_closing_moment
from domain.blocks.papers_pending import AnnouncePapers, DocumentsComplete
from domain.blocks.paying import PAYMENT_DEADLINE, REVENUE_ROLES, payment_transitions
from domain.blocks.receipts import receipt_for_roles
from domain.blocks.visit_moving import WISHES, visit_moving_step
from domain.blocks.visits import (
    OUTSIDE_HOURS,
    BookVisit,
    FreeOfficer,
    IsAssignedOfficer,
    MayMoveVisit,
    StoreVisitReport,
    VisitDayReached,
    officer_choices,
    read_visit_start,
)
from domain.conversation.service_intents import EXPERT_INTENT
from domain.fields.form import Field
from domain.fields.types import Choice, Day, Identifier, Integer, Moment, Rials, Text
from domain.language.changes import ChangeableFields
from domain.language.finders import FormFill
from domain.language.form_sections import FormSection
from domain.language.lookups import LookupAnswer, LookupContext, PriceLookup
from domain.language.printouts import READER_ROLES, FactsPart, Printable, QuotedPart, SignaturesPart, TextPart
from domain.language.service import (
    Command,
    Effect,
    Keyword,
    Notice,
    Reminder,
    Service,
    State,
    StepContext,
    StoredMobile,
    Transition,
    Trigger,
)
from domain.language.visit_wishes import VisitWishes
from domain.requests.request import Phase
from domain.services.expert.kinds import OPINION_KINDS, OPINION_PAPERS, KindName, OpinionKind
from domain.tariffs.tariff import PricedSubject, Quantity, TariffRow, compute_quote, list_price_bands
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role
from domain.values.calendar import to_tehran
from domain.values.errors import MissingField

SERVICE_KEY = "expert"

BY_MESSAGE = frozenset({"sms", "telegram", "bale"})
SENDERS = frozenset({Role.MANAGER, Role.SECRETARIAT})
"""Who sends officers out."""
EXPERT_ROLES = frozenset({Role.EXPERT})
OFFICE_ROLES = SENDERS | EXPERT_ROLES
LETTER_ROLES = frozenset({Role.SECRETARIAT})

OFFICER = StoredMobile("officer_mobile")
FORMER_OFFICER = StoredMobile("former_officer_mobile")

MAX_AREA = 10_000_000
AREA = Field("area", Integer(1, MAX_AREA), required=False)
"""Whole square metres."""
VISIT_INPUTS = (Field("report", Text(2000)), AREA)
VISIT = Field("visit", Moment())
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

    makes_quote = True
    relied_fields = frozenset({"kind"})

    async def apply_effect(self, context: StepContext) -> None:
        """Keep the explained quote; `NotFound("tariff")` when revenue has set no price, `MissingField("area")`."""
        request_data, policy, today = context.request.data, context.policy, to_tehran(context.now).date()
        if "area" in context.inputs:
            context.history_facts["area_before"], request_data["area"] = (
                request_data.get("area"),
                context.inputs["area"],
            )
        tariff_rows = await context.uow.tariffs.list_of_service(SERVICE_KEY)
        quantities = list_quantities(tariff_rows, context.request.fields["kind"], request_data.get("area"), today)
        request_data["quote"] = compute_quote(
            tariff_rows, quantities, today, step=policy.rounding_step, mode=policy.rounding_mode
        ).as_json()


def list_priced_subjects(opinion_kind: OpinionKind) -> list[PricedSubject]:
    """Return what the tariff may set a price for: a visit of the kind, and a square metre where it counts."""
    priced_metre = PricedSubject(metre_dimensions(opinion_kind.key), PER_METRE, (100, 250, 1000), max_amount=MAX_AREA)
    return [PricedSubject({"kind": opinion_kind.key}, "visit", (1,)), *([priced_metre] if opinion_kind.by_area else [])]


STATES = (
    State("submitted", Phase.RECEIVED, Role.EXPERT, sla_minutes=7 * 60),
    State("needs_info", Phase.NEEDS_CITIZEN),
    State(
        "assigned",
        Phase.IN_PROGRESS,
        Role.EXPERT,
        sla_minutes=10 * 7 * 60,
        reminders=(
            Reminder("visit_soon", read_visit_start, lead_hours=2),
            Reminder("officer_visit_soon", read_visit_start, lead_hours=2, audience=OFFICER),
        ),
    ),
    State("visited", Phase.IN_PROGRESS, Role.REVENUE, sla_minutes=7 * 60),
    State("priced", Phase.NEEDS_PAYMENT),
    State("awaiting_payment", Phase.NEEDS_PAYMENT, reminders=(Reminder("pay_soon", payment_due_at, lead_hours=12),)),
    State("paid", Phase.IN_PROGRESS, Role.SECRETARIAT, sla_minutes=2 * 7 * 60),
    State("answered", Phase.DONE, Role.SECRETARIAT),
    State("closed", Phase.DONE),
    State("rejected", Phase.DECLINED),
    State("cancelled", Phase.CANCELLED),
    State("expired", Phase.CANCELLED),
)

CHANGEABLE = (
    ChangeableFields(
        ("submitted", "needs_info"),
        ("full_name", "national_code", "postal_code", "renovation_code", "address", "text"),
    ),
)
"""Until an officer is sent: the kind stays, it decides papers and price."""

RECEIVING = (
    Transition(
        "assign",
        ("submitted",),
        "assigned",
        SENDERS,
        inputs=(Field("officer", Choice(), find_choices=officer_choices), VISIT, OUTSIDE_HOURS),
        effects=(BookVisit(),),
        notices=(Notice("assign"), Notice("officer_assigned", OFFICER)),
    ),
    Transition(
        "take",
        ("submitted",),
        "assigned",
        EXPERT_ROLES,
        inputs=(VISIT,),
        effects=(BookVisit(),),
        notices=(Notice("assign"), Notice("officer_assigned", OFFICER)),
    ),
    Transition(
        "reject",
        ("submitted", "needs_info", "visited"),
        "rejected",
        OFFICE_ROLES,
        inputs=(REASON,),
        effects=(StoreReason(),),
        notices=(Notice("reject"),),
    ),
    *question_transitions("submitted", "rejected", OFFICE_ROLES, CHANGEABLE, OPINION_PAPERS),
)

VISITING = (
    visit_moving_step("assigned", OFFICER),
    Transition(
        "reassign",
        ("assigned",),
        "assigned",
        OFFICE_ROLES,
        inputs=(
            Field("officer", Choice(), required=False, find_choices=officer_choices),
            Field("visit", Moment(), required=False),
            OUTSIDE_HOURS,
        ),
        guards=(MayMoveVisit(SENDERS),),
        effects=(BookVisit(),),
        notices=(Notice("reassign"), Notice("officer_assigned", OFFICER), Notice("officer_relieved", FORMER_OFFICER)),
    ),
    Transition(
        "visit",
        ("assigned",),
        "visited",
        EXPERT_ROLES,
        inputs=VISIT_INPUTS,
        condition=DocumentsComplete(OPINION_PAPERS),
        guards=(IsAssignedOfficer(), VisitDayReached()),
        effects=(StoreVisitReport(), FreeOfficer()),
        notices=(Notice("visit"),),
    ),
    Transition(
        "visit",
        ("assigned",),
        "visited",
        EXPERT_ROLES,
        inputs=VISIT_INPUTS,
        guards=(IsAssignedOfficer(), VisitDayReached()),
        effects=(StoreVisitReport(), FreeOfficer()),
        notices=(Notice("visit_pending"),),
    ),
)

CHARGING = (
    Transition(
        "price",
        ("visited",),
        "priced",
        REVENUE_ROLES,
        inputs=(AREA, Field("amount", Rials(), required=False), OPTIONAL_REASON),
        guards=(DocumentsComplete(OPINION_PAPERS),),
        effects=(PriceOpinion(), OverridePrice()),
    ),
    *payment_transitions(),
)

ANSWERING = (
    Transition(
        "issue",
        ("paid",),
        "answered",
        LETTER_ROLES,
        inputs=LETTER_INPUTS,
        guards=(BillsSettled(),),
        effects=(IssueLetter(ANSWER_REGISTER),),
        notices=(Notice("issue"),),
    ),
    Transition("close", ("answered",), "closed", CITIZENS | SENDERS, notices=(Notice("close"),)),
    Transition(
        "close_in_time",
        ("answered",),
        "closed",
        notices=(Notice("close"),),
        trigger=Trigger.DEADLINE,
        reckon_deadline=compute_closing_moment,
    ),
)

CANCELLING = (
    Transition(
        "cancel", ("submitted", "needs_info", "priced", "awaiting_payment"), "cancelled", CITIZENS | SENDERS,
        inputs=(OPTIONAL_REASON,), guards=(NoPaymentUnresolved(),), effects=(CloseOpenBills(BillState.VOID),),
        notices=(Notice("cancel"),), command=Command.CANCEL,
    ),
    Transition(
        "cancel", ("assigned",), "cancelled", CITIZENS | SENDERS, inputs=(OPTIONAL_REASON,), effects=(FreeOfficer(),),
        notices=(Notice("cancel"), Notice("officer_relieved", OFFICER)), command=Command.CANCEL,
    ),
    Transition(
        "cancel", ("paid",), "cancelled", CITIZENS | SENDERS, inputs=(OPTIONAL_REASON,), condition=PaymentReceived(),
        effects=(RefundAll(),), notices=(Notice("cancel_refund"),), command=Command.CANCEL,
    ),
    Transition(
        "cancel", ("paid",), "cancelled", CITIZENS | SENDERS, inputs=(OPTIONAL_REASON,),
        notices=(Notice("cancel"),), command=Command.CANCEL,
    ),
)  # fmt: skip


async def fill_from_person(uow: UnitOfWork, mobile: str | None, values: Mapping[str, Any]) -> FormFill:
    """Give the national code of a citizen who has given it before."""
    person = await uow.people.find_person(mobile) if mobile else None
    return FormFill({"national_code": person.national_code} if person and person.national_code else {})


PRICE_ANSWERS = ("price", "price_metre", *BAND_ANSWERS, "price_note")


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
    visit_answer = ("price", {"kind": opinion_kind, "amount": visit_line.amount + visit_line.vat})
    return [visit_answer, *plain_lines, *describe_bands(lookup, bands), ("price_note", {})]


PRINTOUTS = (
    Printable(
        LETTER_KIND,
        LETTER_ROLES | EXPERT_ROLES | CITIZENS | READER_ROLES,
        (
            FactsPart(("full_name", "kind", "address", "postal_code"), handwritten_facts=frozenset({"full_name"})),
            TextPart("opening"),
            QuotedPart("letter_text"),
            TextPart("closing"),
            SignaturesPart(("secretariat",)),
            TextPart("note"),
        ),
        valid_states=("answered", "closed"),
        fact_names=("letter_number", "letter_date", "letter_text"),
        date_fact="letter_date",
        number_fact="letter_number",
        token_fact="letter_token",  # noqa: S106 - the name of a fact
        verified_facts=("kind",),
        holder_fact="full_name",
    ),
    receipt_for_roles(OFFICE_ROLES),
)

STORED_FIELDS = (
    QUESTION,
    WISHES,
    Field("officer_name", Text()),
    Field("visit_start", Moment()),
    Field("visited_at", Moment()),
    *VISIT_INPUTS,
    Field("letter_number", Text()),
    Field("letter_date", Day()),
    Field("letter_text", Text()),
    PAYMENT_DEADLINE,
    REASON,
)

EXPERT_OPINION = Service(
    key=SERVICE_KEY,
    version=1,
    form=(
        Field("kind", KindName(), choices=tuple(OPINION_KINDS)),
        Field("full_name", Text(80), autofill="person.full_name", deferred_in=BY_MESSAGE),
        Field("national_code", Identifier("national_code"), autofill="person.national_code"),
        Field("postal_code", Identifier("postal_code"), alternatives=("renovation_code",)),
        Field("renovation_code", Identifier("renovation_code"), required=False),
        Field("address", Text(200), deferred_in=BY_MESSAGE),
        Field("text", Text(500)),
    ),
    states=STATES,
    transitions=RECEIVING + VISITING + CHARGING + ANSWERING + CANCELLING,
    initial_state="submitted",
    keywords=(Keyword(EXPERT_INTENT),),
    soap_operation="SubmitExpertRequest",
    step_count=6,
    submit_effects=(AnnouncePapers(OPINION_PAPERS),),
    fill_form=fill_from_person,
    kind_field="kind",
    visit_wishes=VisitWishes(("submitted",), Role.EXPERT),
    priced_items=tuple(
        priced_subject
        for opinion_kind in OPINION_KINDS.values()
        for priced_subject in list_priced_subjects(opinion_kind)
    ),
    price_lookup=PriceLookup((Field("kind", KindName(), choices=tuple(OPINION_KINDS)),), describe_price, PRICE_ANSWERS),
    papers=OPINION_PAPERS,
    printables=PRINTOUTS,
    stored_fields=STORED_FIELDS,
    form_sections=(
        FormSection("kind", ("kind",)),
        FormSection("property", ("postal_code", "renovation_code", "address")),
        FormSection("subject", ("text",)),
        FormSection("applicant", ("full_name", "national_code")),
    ),
    changeable=CHANGEABLE,
)
