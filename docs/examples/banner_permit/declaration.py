"""Street-banner permit: N banners of W × H metres for D days; area × days × rate of the street's class, a permit of a
register, a reminder before its end, ended by itself, withdrawn with its money back.
"""

from domain.bills.bill import BillState
from domain.blocks.asking import CITIZENS, OPTIONAL_REASON, REASON, StoreReason
from domain.blocks.charging import (
    PAYMENT_DEADLINE,
    BillsSettled,
    CloseOpenBills,
    NoPaymentUnresolved,
    PaymentReceived,
    RefundAll,
    payment_due_at,
)
from domain.blocks.letters import LETTER_DATE, LETTER_NUMBER, LETTER_TOKEN, IssuePermit
from domain.blocks.papers_pending import AnnouncePapers, DocumentsComplete
from domain.blocks.paying import payment_transitions
from domain.blocks.receipts import receipt_for_roles
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.types import Integer, Text
from domain.language.form_changes import ChangeableFields
from domain.language.form_sections import FormSection
from domain.language.intents import Keyword
from domain.language.papers import ServicePapers
from domain.language.printouts import READER_ROLES, FactsPart, Printable, SignaturesPart, TextPart
from domain.language.service import Command, Notice, Reminder, Service, State, Transition, Trigger
from domain.language.summary_columns import SummaryColumns
from domain.requests.request import Phase
from domain.services.banner_permit.periods import NotBegunYet, day_before_reminder
from domain.services.banner_permit.registers import PERMIT_REGISTER
from domain.services.banner_permit.rules import (
    HEIGHT,
    LONGEST_PERIOD,
    MOST_BANNERS,
    MOST_DAYS,
    PERIOD,
    PERMIT_KIND,
    PRICED_ITEMS,
    SERVICE_KEY,
    STREET_CLASS,
    WIDTH,
    QuoteByTariff,
    StoreStreetClass,
    WithinMostDays,
    list_required_papers,
)
from domain.services.banner_permit.vocabulary import BANNER_INTENT, BANNER_UNITS, DAY_UNITS
from domain.values.actors import Role

OFFICERS = frozenset({Role.CIVIL})
PAPERS = ServicePapers(("design",), list_required_papers)

STATES = (
    State("submitted", Phase.RECEIVED, Role.CIVIL, sla_minutes=2 * 7 * 60),
    State("priced", Phase.NEEDS_PAYMENT),
    State("awaiting_payment", Phase.NEEDS_PAYMENT, reminders=(Reminder("pay_soon", payment_due_at, lead_hours=12),)),
    State("paid", Phase.IN_PROGRESS, Role.CIVIL, sla_minutes=7 * 60),
    State("issued", Phase.IN_PROGRESS, reminders=(day_before_reminder("end_soon", PERIOD.last_day_beginning),)),
    State("ended", Phase.DONE),
    State("rejected", Phase.DECLINED),
    State("revoked", Phase.DECLINED),
    State("cancelled", Phase.CANCELLED),
    State("expired", Phase.CANCELLED),
)

TRANSITIONS = (
    Transition(
        "accept", ("submitted",), "priced", OFFICERS,
        inputs=(STREET_CLASS,), guards=(DocumentsComplete(PAPERS), NotBegunYet(PERIOD)),
        effects=(StoreStreetClass(), QuoteByTariff()),
    ),
    Transition(
        "reject", ("submitted",), "rejected", OFFICERS,
        inputs=(REASON,), effects=(StoreReason(),), notices=(Notice("reject"),),
    ),
    *payment_transitions(reckon_limit=PERIOD.beginning),
    Transition(
        "issue", ("paid",), "issued", OFFICERS, guards=(BillsSettled(),),
        effects=(IssuePermit(PERMIT_REGISTER, PERMIT_KIND),), notices=(Notice("issue"),),
    ),
    Transition(
        "end", ("issued",), "ended", notices=(Notice("end"),),
        trigger=Trigger.DEADLINE, reckon_deadline=PERIOD.end,
    ),
    Transition(
        "revoke", ("issued",), "revoked", OFFICERS,
        inputs=(REASON,), effects=(StoreReason(), RefundAll()), notices=(Notice("revoke"),),
    ),
    Transition(
        "cancel", ("submitted", "priced", "awaiting_payment"), "cancelled", CITIZENS | OFFICERS,
        inputs=(OPTIONAL_REASON,), guards=(NoPaymentUnresolved(),), effects=(CloseOpenBills(BillState.VOID),),
        notices=(Notice("cancel"),), command=Command.CANCEL,
    ),
    Transition(
        "cancel", ("paid", "issued"), "cancelled", CITIZENS | OFFICERS,
        inputs=(OPTIONAL_REASON,), condition=PaymentReceived(), guards=(NotBegunYet(PERIOD),), effects=(RefundAll(),),
        notices=(Notice("cancel_refund"),), command=Command.CANCEL,
    ),
    Transition(
        "cancel", ("paid", "issued"), "cancelled", CITIZENS | OFFICERS,
        inputs=(OPTIONAL_REASON,), notices=(Notice("cancel"),), command=Command.CANCEL,
    ),
)  # fmt: skip

PRINTOUTS = (
    Printable(
        PERMIT_KIND,
        OFFICERS | CITIZENS | READER_ROLES,
        (
            TextPart("granted"),
            FactsPart(("banners", "width", "height", "date", "days", "place", "street_class")),
            TextPart("conditions"),
            SignaturesPart(("civil",)),
        ),
        valid_states=("issued",),
        expired_states=("ended",),
        date_fact=LETTER_DATE.name,
        number_fact=LETTER_NUMBER.name,
        token_field=LETTER_TOKEN,
        verified_facts=("banners", "date", "days", "place"),
    ),
    receipt_for_roles(OFFICERS),
)

BANNER_PERMIT = Service(
    key=SERVICE_KEY,
    version=1,
    form=(
        Field("banners", Integer(1, MOST_BANNERS, unit_words=BANNER_UNITS)),
        Field("width", WIDTH, suggestions=("1", "2", "3")),
        Field("height", HEIGHT, suggestions=("1", "1.5", "2")),
        Field("date", Day()),
        Field("days", Integer(1, LONGEST_PERIOD, unit_words=DAY_UNITS), suggestions=("1", "7", "10", "30")),
        Field("place", Text(200)),
    ),
    states=STATES,
    transitions=TRANSITIONS,
    initial_state="submitted",
    keywords=(Keyword(BANNER_INTENT),),
    soap_operation="SubmitBannerPermit",
    submit_guards=(WithinMostDays(),),
    submit_effects=(AnnouncePapers(PAPERS),),
    papers=PAPERS,
    printables=PRINTOUTS,
    priced_items=PRICED_ITEMS,
    stored_fields=(
        STREET_CLASS,
        LETTER_NUMBER,
        LETTER_DATE,
        PAYMENT_DEADLINE,
        REASON,
    ),
    summary=SummaryColumns(work=("banners",), time=("date", "days"), place=("place",)),
    form_sections=(
        FormSection("banner", ("banners", "width", "height")),
        FormSection("period", ("date", "days")),
        FormSection("place", ("place",)),
    ),
    changeable=(ChangeableFields(("submitted",), ("banners", "width", "height", "date", "days", "place")),),
    rules=(MOST_DAYS,),
)
