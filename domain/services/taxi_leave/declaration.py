"""Leave of a taxi: to be off duty, or out of the city, for some days; asked for by its driver or owner.

Source: services.md, "1. Taxi organisation". The taxi comes from the mobile that asks, else from a plate, a taxi code or
a national code. An auxiliary driver's leave needs the owner's consent. The scheduler begins and ends it.
"""

from functools import partial

from domain.blocks.asking import (
    CITIZENS,
    OPTIONAL_REASON,
    QUESTION,
    REASON,
    StoreReason,
    StoreReasonCode,
    question_transitions,
)
from domain.blocks.letters import LETTER_DATE, LETTER_NUMBER, LETTER_TOKEN, IssuePermit
from domain.blocks.taxis import Plate, TaxiSummary
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.types import Choice, Identifier, Integer, Rials, Text
from domain.language.form_changes import ChangeableFields
from domain.language.form_sections import FormSection
from domain.language.intents import Keyword
from domain.language.message_links import LinkKind
from domain.language.printouts import READER_ROLES, FactsPart, Printable, SignaturesPart, TextPart
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
from domain.registries.declarations import DRIVER, VEHICLE, Reference
from domain.registries.field_types import TAXI_CODE
from domain.requests.request import Phase
from domain.services.taxi_leave.days import CountDays, leave_begins, leave_ends, one_day_leave_ends
from domain.services.taxi_leave.duties import DUTY_LOOKUP
from domain.services.taxi_leave.own_file import FILE_LOOKUP
from domain.services.taxi_leave.reasons import LEAVE_REASONS
from domain.services.taxi_leave.registers import PERMIT_REGISTER
from domain.services.taxi_leave.rules import (
    LEAVE_SCOPES,
    PERMIT_KIND,
    AwaitOwner,
    DaysLeft,
    DriverIdentified,
    EndToday,
    LeaveNotOver,
    LeaveStillAhead,
    NeedsConsent,
    NoDuties,
    NoLeaveOverlap,
    RequesterEntitled,
    SettleScope,
    SoundPeriod,
    StorePeople,
    TaxiInService,
    consent_overdue,
    fill_leave,
    find_leaves_for_driver,
    gather_permitted_taxi,
    propose_scope,
)
from domain.services.taxi_leave.settings import LEAVE_RULES, SERVICE_KEY
from domain.services.taxi_leave.staff_notes import LEAVE_NOTES
from domain.services.taxi_leave.stored import (
    ASKED_BY,
    DRIVER_NAME,
    LEAVE_DRIVER,
    NOTIFIED_DRIVER,
    OWNER_MOBILE,
    OWNER_NAME,
)
from domain.services.taxi_leave.vocabulary import DAY_UNIT_WORDS, TAXI_LEAVE_INTENT
from domain.values.actors import Role

BY_MESSAGE = frozenset({"sms", "telegram", "bale"})
OFFICERS = frozenset({Role.TAXI_OFFICER})
OWNER = StoredMobile(OWNER_MOBILE)

SCOPE_TYPE = Choice("leave_scope")

REMINDER_LEAD_HOURS = 32
"""Before the midnight after the last day: four in the afternoon of the day before it."""

STATES = (
    State("submitted", Phase.RECEIVED, Role.TAXI_OFFICER, sla_minutes=7 * 60),
    State("awaiting_owner", Phase.NEEDS_CITIZEN, Role.TAXI_OFFICER),
    State("under_review", Phase.IN_PROGRESS, Role.TAXI_OFFICER, sla_minutes=7 * 60),
    State("needs_info", Phase.NEEDS_CITIZEN),
    State(
        "approved",
        Phase.IN_PROGRESS,
        Role.TAXI_OFFICER,
        reminders=(Reminder("end_soon", one_day_leave_ends, lead_hours=REMINDER_LEAD_HOURS),),
    ),
    State(
        "in_effect",
        Phase.IN_PROGRESS,
        Role.TAXI_OFFICER,
        reminders=(Reminder("end_soon", leave_ends, lead_hours=REMINDER_LEAD_HOURS),),
    ),
    State("ended", Phase.DONE),
    State("rejected", Phase.DECLINED),
    State("revoked", Phase.DECLINED),
    State("withdrawn", Phase.CANCELLED),
)

CHANGEABLE = (
    ChangeableFields(("submitted",), ("from", "to", "days", "reason")),
    ChangeableFields(("needs_info",), ("reason",)),
)
"""Days only before the officer takes it: what an owner agreed to, or an officer looked at, stays."""

ASKING_OWNER = (
    Transition(
        "ask_owner",
        ("submitted",),
        "awaiting_owner",
        condition=NeedsConsent(),
        effects=(AwaitOwner(),),
        notices=(Notice("ask_owner"), Notice("owner_asked", OWNER, (LinkKind.ANSWER,))),
        trigger=Trigger.AUTOMATIC,
    ),
    Transition(
        "consent",
        ("awaiting_owner",),
        "under_review",
        OFFICERS,
        notices=(Notice("consent"), Notice("owner_consented", OWNER)),
        command=Command.CONFIRM,
        awaited_may_take=True,
    ),
    Transition(
        "refuse",
        ("awaiting_owner",),
        "rejected",
        OFFICERS,
        effects=(StoreReasonCode("owner_refused"),),
        notices=(Notice("refuse"), Notice("owner_refused", OWNER)),
        command=Command.DENY,
        awaited_may_take=True,
    ),
    Transition(
        "no_consent",
        ("awaiting_owner",),
        "rejected",
        effects=(StoreReasonCode("no_consent"),),
        notices=(Notice("no_consent"),),
        trigger=Trigger.DEADLINE,
        reckon_deadline=consent_overdue,
    ),
)

REVIEWING = (
    Transition(
        "take",
        ("submitted",),
        "under_review",
        OFFICERS,
        notices=(Notice("take"),),
        for_several=True,
        undo_minutes=60,
    ),
    Transition(
        "approve",
        ("under_review",),
        "approved",
        OFFICERS,
        inputs=(Field("scope", SCOPE_TYPE, required=False, choices=LEAVE_SCOPES, find_proposal=propose_scope),),
        guards=(LeaveNotOver(),),
        effects=(SettleScope(), IssuePermit(PERMIT_REGISTER, PERMIT_KIND)),
        notices=(Notice("approve"),),
        for_several=True,
    ),
    Transition(
        "reject",
        ("under_review",),
        "rejected",
        OFFICERS,
        inputs=(REASON,),
        effects=(StoreReason(),),
        notices=(Notice("reject"),),
    ),
    *question_transitions("under_review", "rejected", OFFICERS, CHANGEABLE),
)

RUNNING = (
    Transition(
        "begin",
        ("approved",),
        "in_effect",
        notices=(Notice("begin"),),
        trigger=Trigger.DEADLINE,
        reckon_deadline=leave_begins,
    ),
    Transition(
        "end",
        ("in_effect",),
        "ended",
        notices=(Notice("end"),),
        trigger=Trigger.DEADLINE,
        reckon_deadline=leave_ends,
    ),
    Transition(
        "end_early",
        ("in_effect",),
        "ended",
        CITIZENS | OFFICERS,
        inputs=(OPTIONAL_REASON,),
        effects=(EndToday(),),
        notices=(Notice("end_early"),),
        command=Command.CANCEL,
        mobile_field=NOTIFIED_DRIVER,
    ),
    Transition(
        "revoke",
        ("approved", "in_effect"),
        "revoked",
        OFFICERS,
        inputs=(REASON,),
        effects=(StoreReason(), EndToday()),
        notices=(Notice("revoke"),),
    ),
    Transition(
        "withdraw",
        ("submitted", "awaiting_owner", "under_review", "needs_info", "approved"),
        "withdrawn",
        CITIZENS | OFFICERS,
        inputs=(OPTIONAL_REASON,),
        notices=(Notice("withdraw"),),
        command=Command.CANCEL,
        mobile_field=NOTIFIED_DRIVER,
    ),
)

PRINTOUTS = (
    Printable(
        PERMIT_KIND,
        OFFICERS | CITIZENS | READER_ROLES,
        (
            TextPart("granted"),
            FactsPart(("driver_name", "driver", "plate", "taxi_code", "model", "from", "to", "counted", "scope")),
            TextPart("conditions"),
            SignaturesPart(("taxi_officer",)),
        ),
        valid_states=("approved", "in_effect"),
        expired_states=("ended",),
        gathered_facts=("model",),
        date_fact=LETTER_DATE.name,
        number_fact=LETTER_NUMBER.name,
        token_field=LETTER_TOKEN,
        verified_facts=("plate", "taxi_code", "from", "to", "scope"),
        holder_fact=DRIVER_NAME.name,
        gather_facts=gather_permitted_taxi,
    ),
)

STORED_FIELDS = (
    DRIVER_NAME,
    LEAVE_DRIVER,
    ASKED_BY,
    OWNER_NAME,
    OWNER_MOBILE,
    LETTER_NUMBER,
    LETTER_DATE,
    QUESTION,
    REASON,
)

TAXI_LEAVE = Service(
    key=SERVICE_KEY,
    version=1,
    form=(
        Field("plate", Plate(), alternatives=("taxi_code", "national_code")),
        Field("taxi_code", TAXI_CODE, required=False),
        Field("national_code", Identifier("national_code"), required=False),
        Field("driver", Identifier("national_code"), required=False),
        Field("from", Day()),
        Field("to", Day(), alternatives=("days",)),
        Field("days", Integer(1, 366, unit_words=DAY_UNIT_WORDS), required=False),
        Field("scope", SCOPE_TYPE, choices=LEAVE_SCOPES, deferred_in=BY_MESSAGE),
        Field("reason", Text(), deferred_in=BY_MESSAGE),
        Field("taxi", TaxiSummary(), required=False, is_derived=True),
        Field("counted", Integer(), required=False, is_derived=True),
        Field("open_duties", Rials(), required=False, is_derived=True),
    ),
    states=STATES,
    scenario=((), ("awaiting_owner",), ("submitted", "under_review"), (), ()),
    transitions=ASKING_OWNER + REVIEWING + RUNNING,
    initial_state="submitted",
    keywords=(Keyword(TAXI_LEAVE_INTENT),),
    soap_operation="SubmitTaxiLeave",
    menu_rank=30,
    submit_guards=(
        SoundPeriod(),
        TaxiInService(),
        DriverIdentified(),
        RequesterEntitled(),
        NoLeaveOverlap(),
        DaysLeft(),
        NoDuties(),
    ),
    submit_effects=(StorePeople(), CountDays()),
    fill_form=fill_leave,
    subject_field="plate",
    lookups=(DUTY_LOOKUP, FILE_LOOKUP),
    reopen_guard=LeaveStillAhead(),
    submit_notices=(Notice("driver_told", StoredMobile(NOTIFIED_DRIVER)),),
    find_concerning=partial(find_leaves_for_driver, service=SERVICE_KEY),
    printables=PRINTOUTS,
    kind_field="scope",
    stored_fields=STORED_FIELDS,
    references=(Reference("plate", VEHICLE.key), Reference("driver", DRIVER.key)),
    reasons=LEAVE_REASONS,
    form_sections=(
        FormSection("taxi", ("plate", "taxi_code", "national_code")),
        FormSection("driver", ("driver",)),
        FormSection("period", ("from", "to", "days")),
        FormSection("purpose", ("scope", "reason")),
    ),
    summary=SummaryColumns(work=("plate", DRIVER_NAME.name), time=("counted", "from", "to")),
    changeable=CHANGEABLE,
    rules=LEAVE_RULES,
    staff_notes=LEAVE_NOTES,
)
