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
from domain.blocks.asking import CITIZEN, QUESTION, REASON, WHY, KeepReason, asking
from domain.blocks.band_answers import BAND_ANSWERS, tell_bands
from domain.blocks.charging import (
    BillsSettled,
    CloseOpenBills,
    NoPaymentUnresolved,
    OverridePrice,
    PaymentReceived,
    RefundAll,
    payment_last_day,
)
from domain.blocks.letters import ANSWERS, LETTER, LETTER_INPUTS, IssueLetter, collected_by
from domain.blocks.papers_pending import DocumentsComplete, TellPapers
from domain.blocks.paying import PAYMENT_DEADLINE, REVENUE, paying
from domain.blocks.receipts import receipt
from domain.blocks.visits import (
    OUTSIDE,
    AssignedOfficer,
    BookVisit,
    FreeOfficer,
    KeepReport,
    MayMoveVisit,
    VisitDayCome,
    officer_choices,
    visit_start,
)
from domain.conversation.service_intents import EXPERT
from domain.fields.form import Field
from domain.fields.types import Choice, Day, Identifier, Integer, Moment, Rials, Text
from domain.language.printouts import READERS, FactsPart, Printable, Quoted, Signed, TextPart
from domain.language.service import (
    Answer,
    Command,
    Context,
    Effect,
    Filled,
    Keyword,
    LookupContext,
    Notice,
    Prices,
    Reminder,
    Service,
    State,
    StoredMobile,
    Transition,
    Trigger,
)
from domain.requests.request import Phase
from domain.services.expert.kinds import KINDS, PAPERS, KindName, OpinionKind
from domain.tariffs.tariff import Priced, TariffRow, Wanted, quote, scale
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role
from domain.values.calendar import in_tehran
from domain.values.errors import MissingField

KEY = "expert"

BY_PHONE = frozenset({"sms", "telegram", "bale"})
SENDERS = frozenset({Role.MANAGER, Role.SECRETARIAT})
"""Who sends officers out."""
EXPERTS = frozenset({Role.EXPERT})
OFFICE = SENDERS | EXPERTS
LETTERS = frozenset({Role.SECRETARIAT})

OFFICER = StoredMobile("officer_mobile")
FORMER_OFFICER = StoredMobile("former_officer_mobile")

MOST_AREA = 10_000_000
AREA = Field("area", Integer(1, MOST_AREA), required=False)
"""Whole square metres."""
VISIT_INPUTS = (Field("report", Text(2000)), AREA)
VISIT = Field("visit", Moment())
PER_METRE = "square_metre"


def of_metres(kind: str) -> dict[str, str]:
    """Return the dimensions by which square metres are priced."""
    return {"kind": kind, "per": PER_METRE}


def wanted_of(rows: Sequence[TariffRow], kind: str, area: int | None, day: date) -> list[Wanted]:
    """Return what a request is priced by: a visit of its kind, and its square metres where they have a price.

    `MissingField("area")` when they have one and nobody measured them.
    """
    wanted = [Wanted({"kind": kind}, 1)]
    if KINDS[kind].by_area and scale(rows, of_metres(kind), day):
        if area is None:
            raise MissingField("area")
        wanted.append(Wanted(of_metres(kind), area))
    return wanted


@dataclass(frozen=True, slots=True)
class PriceOpinion(Effect):
    """Quote the visit and the area by the tariff in force today."""

    quotes = True

    async def apply(self, ctx: Context) -> None:
        """Keep the explained quote; `NotFound("tariff")` when revenue has set no price, `MissingField("area")`."""
        data, policy, today = ctx.request.data, ctx.policy, in_tehran(ctx.now).date()
        if "area" in ctx.inputs:
            ctx.record["area_before"], data["area"] = data.get("area"), ctx.inputs["area"]
        rows = await ctx.uow.tariffs.of_service(KEY)
        wanted = wanted_of(rows, ctx.request.fields["kind"], data.get("area"), today)
        data["quote"] = quote(rows, wanted, today, step=policy.rounding_step, mode=policy.rounding_mode).as_json()


def priced_of(kind: OpinionKind) -> list[Priced]:
    """Return what the tariff may set a price for: a visit of the kind, and a square metre where it counts."""
    metre = Priced(of_metres(kind.key), PER_METRE, (100, 250, 1000), most=MOST_AREA)
    return [Priced({"kind": kind.key}, "visit", (1,)), *([metre] if kind.by_area else [])]


STATES = (
    State("submitted", Phase.RECEIVED, Role.EXPERT, sla_minutes=7 * 60),
    State("needs_info", Phase.NEEDS_CITIZEN),
    State(
        "assigned", Phase.IN_PROGRESS, Role.EXPERT, sla_minutes=10 * 7 * 60,
        reminders=(
            Reminder("visit_soon", visit_start, lead_hours=2),
            Reminder("officer_visit_soon", visit_start, lead_hours=2, to=OFFICER),
        ),
    ),
    State("visited", Phase.IN_PROGRESS, Role.REVENUE, sla_minutes=7 * 60),
    State("priced", Phase.NEEDS_PAYMENT),
    State("awaiting_payment", Phase.NEEDS_PAYMENT, reminders=(Reminder("pay_soon", payment_last_day, lead_hours=12),)),
    State("paid", Phase.IN_PROGRESS, Role.SECRETARIAT, sla_minutes=2 * 7 * 60),
    State("answered", Phase.DONE, Role.SECRETARIAT),
    State("closed", Phase.DONE),
    State("rejected", Phase.DECLINED),
    State("cancelled", Phase.CANCELLED),
    State("expired", Phase.CANCELLED),
)  # fmt: skip

RECEIVING = (
    Transition(
        "assign", ("submitted",), "assigned", SENDERS,
        inputs=(Field("officer", Choice(), options=officer_choices), VISIT, OUTSIDE), effects=(BookVisit(),),
        notices=(Notice("assign"), Notice("officer_assigned", OFFICER)),
    ),
    Transition(
        "take", ("submitted",), "assigned", EXPERTS, inputs=(VISIT,), effects=(BookVisit(),),
        notices=(Notice("assign"), Notice("officer_assigned", OFFICER)),
    ),
    Transition(
        "reject", ("submitted", "needs_info", "visited"), "rejected", OFFICE, inputs=(REASON,),
        effects=(KeepReason(),), notices=(Notice("reject"),),
    ),
    *asking("submitted", "rejected", OFFICE),
)  # fmt: skip

VISITING = (
    Transition(
        "reassign", ("assigned",), "assigned", OFFICE,
        inputs=(
            Field("officer", Choice(), required=False, options=officer_choices),
            Field("visit", Moment(), required=False),
            OUTSIDE,
        ),
        guards=(MayMoveVisit(SENDERS),), effects=(BookVisit(),),
        notices=(
            Notice("reassign"), Notice("officer_assigned", OFFICER), Notice("officer_relieved", FORMER_OFFICER)
        ),
    ),
    Transition(
        "visit", ("assigned",), "visited", EXPERTS, inputs=VISIT_INPUTS, when=DocumentsComplete(PAPERS),
        guards=(AssignedOfficer(), VisitDayCome()), effects=(KeepReport(), FreeOfficer()),
        notices=(Notice("visit"),),
    ),
    Transition(
        "visit", ("assigned",), "visited", EXPERTS, inputs=VISIT_INPUTS,
        guards=(AssignedOfficer(), VisitDayCome()), effects=(KeepReport(), FreeOfficer()),
        notices=(Notice("visit_pending"),),
    ),
)  # fmt: skip

CHARGING = (
    Transition(
        "price", ("visited",), "priced", REVENUE,
        inputs=(AREA, Field("amount", Rials(), required=False), WHY),
        guards=(DocumentsComplete(PAPERS),), effects=(PriceOpinion(), OverridePrice()),
    ),
    *paying(),
)  # fmt: skip

ANSWERING = (
    Transition(
        "issue", ("paid",), "answered", LETTERS, inputs=LETTER_INPUTS,
        guards=(BillsSettled(),), effects=(IssueLetter(ANSWERS),), notices=(Notice("issue"),),
    ),
    Transition("close", ("answered",), "closed", CITIZEN | SENDERS, notices=(Notice("close"),)),
    Transition(
        "close_in_time", ("answered",), "closed",
        notices=(Notice("close"),), trigger=Trigger.DEADLINE, deadline=collected_by,
    ),
)  # fmt: skip

CANCELLING = (
    Transition(
        "cancel", ("submitted", "needs_info", "priced", "awaiting_payment"), "cancelled", CITIZEN | SENDERS,
        inputs=(WHY,), guards=(NoPaymentUnresolved(),), effects=(CloseOpenBills(BillState.VOID),),
        notices=(Notice("cancel"),), command=Command.CANCEL,
    ),
    Transition(
        "cancel", ("assigned",), "cancelled", CITIZEN | SENDERS, inputs=(WHY,), effects=(FreeOfficer(),),
        notices=(Notice("cancel"), Notice("officer_relieved", OFFICER)), command=Command.CANCEL,
    ),
    Transition(
        "cancel", ("paid",), "cancelled", CITIZEN | SENDERS, inputs=(WHY,), when=PaymentReceived(),
        effects=(RefundAll(),), notices=(Notice("cancel_refund"),), command=Command.CANCEL,
    ),
    Transition(
        "cancel", ("paid",), "cancelled", CITIZEN | SENDERS, inputs=(WHY,),
        notices=(Notice("cancel"),), command=Command.CANCEL,
    ),
)  # fmt: skip


async def known_of_person(uow: UnitOfWork, mobile: str | None, values: Mapping[str, Any]) -> Filled:
    """Give the national code of a citizen who has told it before."""
    person = await uow.people.person(mobile) if mobile else None
    return Filled({"national_code": person.national_code} if person and person.national_code else {})


PRICE_ANSWERS = ("price", "price_metre", *BAND_ANSWERS, "price_note")


async def tell_price(asked: LookupContext) -> list[Answer]:
    """Tell what an opinion of a kind costs by today's tariff: the visit, and a square metre where it has a price."""
    kind, today, policy = asked.values["kind"], in_tehran(asked.now).date(), asked.policy
    rows = await asked.uow.tariffs.of_service(KEY)
    made = quote(rows, [Wanted({"kind": kind}, 1)], today, step=policy.rounding_step, mode=policy.rounding_mode)
    (visit,) = made.lines
    by_metre = scale(rows, of_metres(kind), today) if KINDS[kind].by_area else []
    bands = [one for one in by_metre if one.least]
    # A band from the first metre on leaves nothing to the plain price.
    first = [one for one in by_metre if not one.least and all(band.least > 1 for band in bands)]
    plain: list[Answer] = [("price_metre", {"amount": one.unit_price}) for one in first]
    told = ("price", {"kind": kind, "amount": visit.amount + visit.vat})
    return [told, *plain, *tell_bands(asked, bands), ("price_note", {})]


PRINTOUTS = (
    Printable(
        LETTER,
        LETTERS | EXPERTS | CITIZEN | READERS,
        (
            FactsPart(("full_name", "kind", "address", "postal_code"), by_hand=frozenset({"full_name"})),
            TextPart("opening"),
            Quoted("letter_text"),
            TextPart("closing"),
            Signed(("secretariat",)),
            TextPart("note"),
        ),
        states=("answered", "closed"),
        facts=("letter_number", "letter_date", "letter_text"),
        dated="letter_date",
        numbered="letter_number",
        verified_by="letter_token",
        told=("kind",),
        holder="full_name",
    ),
    receipt(OFFICE),
)

KEPT = (
    QUESTION,
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
    key=KEY,
    version=1,
    form=(
        Field("kind", KindName(), choices=tuple(KINDS)),
        Field("full_name", Text(80), autofill="person.full_name", deferred_in=BY_PHONE),
        Field("national_code", Identifier("national_code"), autofill="person.national_code"),
        Field("postal_code", Identifier("postal_code"), instead=("renovation_code",)),
        Field("renovation_code", Identifier("renovation_code"), required=False),
        Field("address", Text(200), deferred_in=BY_PHONE),
        Field("text", Text(500)),
    ),
    states=STATES,
    transitions=RECEIVING + VISITING + CHARGING + ANSWERING + CANCELLING,
    initial="submitted",
    keywords=(Keyword(EXPERT),),
    soap_operation="SubmitExpertRequest",
    steps=6,
    at_submit=(TellPapers(PAPERS),),
    fill=known_of_person,
    kind="kind",
    priced=tuple(one for kind in KINDS.values() for one in priced_of(kind)),
    prices=Prices((Field("kind", KindName(), choices=tuple(KINDS)),), tell_price, PRICE_ANSWERS),
    documents=PAPERS,
    printouts=PRINTOUTS,
    kept=KEPT,
)
