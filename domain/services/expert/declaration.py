"""Expert opinion fee: a request of a kind, an officer's visit, the fee by kind and area, and the answer as a letter.

Source: services.md, "3. Expert opinion fee". Requests of all kinds take one way; what differs from kind to kind is data
(`kinds.py`). Papers may come later, until the fee is set. The letter is issued only when the bill is paid or
waived.
"""

from collections.abc import Mapping
from typing import Any

from domain.bills.bill import BillState
from domain.blocks.asking import CITIZENS, OPTIONAL_REASON, QUESTION, REASON, StoreReason, question_transitions
from domain.blocks.charging import (
    PAYMENT_DEADLINE,
    BillsSettled,
    CloseOpenBills,
    NoPaymentUnresolved,
    OverridePrice,
    PaymentReceived,
    RefundAll,
    payment_due_at,
)
from domain.blocks.letters import (
    LETTER_DATE,
    LETTER_INPUTS,
    LETTER_KIND,
    LETTER_NUMBER,
    LETTER_TEXT,
    LETTER_TOKEN,
    IssueLetter,
    compute_closing_moment,
)
from domain.blocks.papers_pending import AnnouncePapers, DocumentsComplete
from domain.blocks.paying import REVENUE_ROLES, payment_transitions
from domain.blocks.receipts import receipt_for_roles
from domain.blocks.visit_moving import PREFERENCES, visit_moving_step
from domain.blocks.visits import (
    FORMER_OFFICER_MOBILE,
    OFFICER_MOBILE,
    OFFICER_NAME,
    OUTSIDE_HOURS,
    VISIT_REPORT,
    VISIT_START,
    VISITED_AT,
    BookVisit,
    FreeOfficer,
    IsAssignedOfficer,
    MayMoveVisit,
    StoreVisitReport,
    VisitDayReached,
    officer_choices,
    propose_officer,
    propose_visit,
    read_visit_start,
)
from domain.fields.form import ChoiceOfRest, Field
from domain.fields.moments import Moment
from domain.fields.types import Choice, Identifier, Rials, Text
from domain.language.finders import FormFill
from domain.language.form_changes import ChangeableFields
from domain.language.form_sections import FormSection
from domain.language.intents import Keyword
from domain.language.printouts import READER_ROLES, FactsPart, Printable, QuotedPart, SignaturesPart, TextPart
from domain.language.service import (
    Command,
    Notice,
    Reminder,
    Service,
    State,
    StoredMobile,
    Transition,
    Trigger,
)
from domain.language.summary_columns import SummaryColumns
from domain.language.visit_preferences import VisitPreferences
from domain.repositories import StaffRepositories
from domain.requests.request import Phase
from domain.services.expert.kinds import OPINION_KINDS, OPINION_PAPERS, KindName
from domain.services.expert.prices import AREA, PRICE_LOOKUP, SERVICE_KEY, PriceOpinion, list_priced_subjects
from domain.services.expert.registers import ANSWER_REGISTER
from domain.services.expert.vocabulary import EXPERT_INTENT
from domain.values.actors import Role

BY_MESSAGE = frozenset({"sms", "telegram", "bale"})
SENDERS = frozenset({Role.MANAGER, Role.SECRETARIAT})
"""Roles that send officers out."""
EXPERT_ROLES = frozenset({Role.EXPERT})
OFFICE_ROLES = SENDERS | EXPERT_ROLES
LETTER_ROLES = frozenset({Role.SECRETARIAT})

OFFICER = StoredMobile(OFFICER_MOBILE)
FORMER_OFFICER = StoredMobile(FORMER_OFFICER_MOBILE)

VISIT_INPUTS = (VISIT_REPORT, AREA)
VISIT = Field("visit", Moment())

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
        undo_minutes=60,
    ),
    Transition(
        "take",
        ("submitted",),
        "assigned",
        EXPERT_ROLES,
        inputs=(VISIT,),
        effects=(BookVisit(),),
        notices=(Notice("assign"), Notice("officer_assigned", OFFICER)),
        undo_minutes=60,
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
            Field("officer", Choice(), required=False, find_choices=officer_choices, find_proposal=propose_officer),
            Field("visit", Moment(), required=False, find_proposal=propose_visit),
            OUTSIDE_HOURS,
        ),
        guards=(MayMoveVisit(SENDERS),),
        effects=(BookVisit(),),
        notices=(Notice("reassign"), Notice("officer_assigned", OFFICER), Notice("officer_relieved", FORMER_OFFICER)),
        undo_minutes=60,
    ),
    Transition(
        "visit",
        ("assigned",),
        "visited",
        EXPERT_ROLES,
        inputs=VISIT_INPUTS,
        condition=DocumentsComplete(OPINION_PAPERS),
        guards=(IsAssignedOfficer(), VisitDayReached()),
        effects=(StoreVisitReport(VISIT_INPUTS), FreeOfficer()),
        notices=(Notice("visit"),),
        undo_minutes=60,
    ),
    Transition(
        "visit",
        ("assigned",),
        "visited",
        EXPERT_ROLES,
        inputs=VISIT_INPUTS,
        guards=(IsAssignedOfficer(), VisitDayReached()),
        effects=(StoreVisitReport(VISIT_INPUTS), FreeOfficer()),
        notices=(Notice("visit_pending"),),
        undo_minutes=60,
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
        for_several=True,
        undo_minutes=60,
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
    Transition("close", ("answered",), "closed", CITIZENS | SENDERS, notices=(Notice("close"),), for_several=True),
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


async def fill_from_person(uow: StaffRepositories, mobile: str | None, values: Mapping[str, Any]) -> FormFill:
    """Give the national code of a citizen who has given it before."""
    person = await uow.people.find_person(mobile) if mobile else None
    return FormFill({"national_code": person.national_code} if person and person.national_code else {})


PRINTOUTS = (
    Printable(
        LETTER_KIND,
        LETTER_ROLES | EXPERT_ROLES | CITIZENS | READER_ROLES,
        (
            FactsPart(("full_name", "kind", "address", "postal_code"), handwritten_facts=frozenset({"full_name"})),
            TextPart("opening"),
            QuotedPart(LETTER_TEXT.name),
            TextPart("closing"),
            SignaturesPart(("secretariat",)),
            TextPart("note"),
        ),
        valid_states=("answered", "closed"),
        date_fact=LETTER_DATE.name,
        number_fact=LETTER_NUMBER.name,
        token_field=LETTER_TOKEN,
        verified_facts=("kind",),
        holder_fact="full_name",
    ),
    receipt_for_roles(OFFICE_ROLES),
)

STORED_FIELDS = (
    QUESTION,
    PREFERENCES,
    OFFICER_NAME,
    VISIT_START,
    VISITED_AT,
    *VISIT_INPUTS,
    LETTER_NUMBER,
    LETTER_DATE,
    LETTER_TEXT,
    PAYMENT_DEADLINE,
    REASON,
)

EXPERT_OPINION = Service(
    key=SERVICE_KEY,
    version=1,
    form=(
        Field("kind", KindName(), choices=tuple(OPINION_KINDS), choice_of_rest=ChoiceOfRest("other", "text")),
        Field("full_name", Text(80), autofill="person.full_name", deferred_in=BY_MESSAGE),
        Field("national_code", Identifier("national_code"), autofill="person.national_code"),
        Field("postal_code", Identifier("postal_code"), alternatives=("renovation_code", "address")),
        Field("renovation_code", Identifier("renovation_code"), required=False),
        Field("address", Text(200, is_address=True), deferred_in=BY_MESSAGE),
        Field("text", Text(500)),
    ),
    states=STATES,
    scenario=((), ("submitted",), ("assigned",), ("visited",), ("paid",), ()),
    transitions=RECEIVING + VISITING + CHARGING + ANSWERING + CANCELLING,
    initial_state="submitted",
    keywords=(Keyword(EXPERT_INTENT),),
    soap_operation="SubmitExpertRequest",
    menu_rank=20,
    submit_effects=(AnnouncePapers(OPINION_PAPERS),),
    fill_form=fill_from_person,
    kind_field="kind",
    visit_preferences=VisitPreferences(("submitted",), Role.EXPERT),
    priced_items=tuple(
        priced_subject
        for opinion_kind in OPINION_KINDS.values()
        for priced_subject in list_priced_subjects(opinion_kind)
    ),
    price_lookup=PRICE_LOOKUP,
    papers=OPINION_PAPERS,
    printables=PRINTOUTS,
    stored_fields=STORED_FIELDS,
    form_sections=(
        FormSection("kind", ("kind",)),
        FormSection("property", ("postal_code", "renovation_code", "address")),
        FormSection("subject", ("text",)),
        FormSection("applicant", ("full_name", "national_code")),
    ),
    summary=SummaryColumns(work=("kind",), time=(VISIT_START.name,), place=("address", "postal_code")),
    changeable=CHANGEABLE,
)
