"""Leave of a taxi: to be off duty, or out of the city, for some days; asked for by its driver or owner.

Source: services.md, "1. Taxi organisation". The taxi comes from the mobile that asks, else from a plate, a taxi code or
a national code. An auxiliary driver's leave needs the owner's consent. The scheduler begins and ends it.
"""

from functools import partial

from domain.blocks.asking import CITIZEN, QUESTION, REASON, WHY, KeepCause, KeepReason, asking
from domain.blocks.taxis import Plate, TaxiSummary
from domain.conversation.service_intents import TAXI_LEAVE as LEAVE_WORDS
from domain.fields.form import Field
from domain.fields.types import Choice, Day, Identifier, Integer, Rials, Text
from domain.language.printouts import READERS, FactsPart, Printable, Signed, TextPart
from domain.language.service import (
    Command,
    Keyword,
    Notice,
    Reminder,
    Service,
    State,
    StoredMobile,
    Transition,
    Trigger,
)
from domain.registries.declarations import DRIVER, VEHICLE, Reference
from domain.registries.field_types import TAXI_CODE
from domain.requests.request import Phase
from domain.services.taxi_duty.declaration import DUTIES
from domain.services.taxi_leave.rules import (
    ASKERS,
    PERMIT,
    SCOPES,
    TOLD_DRIVER,
    AwaitOwner,
    DaysAhead,
    DaysLeft,
    DriverKnown,
    EndToday,
    GrantPermit,
    KeepPeople,
    NeedsConsent,
    NoDuties,
    NoOverlap,
    NotOver,
    RequesterEntitled,
    SoundPeriod,
    TaxiInService,
    asked_for_driver,
    begins,
    consent_overdue,
    fill_leave,
    is_over,
    permitted_taxi,
)
from domain.values.actors import Role

KEY = "taxi_leave"
BY_PHONE = frozenset({"sms", "telegram", "bale"})
OFFICER = frozenset({Role.TAXI_OFFICER})
OWNER = StoredMobile("owner_mobile")

SCOPE = Choice("leave_scope")

REMIND_HOURS = 32
"""Before the midnight after the last day: four in the afternoon of the day before it."""

STATES = (
    State("submitted", Phase.RECEIVED, Role.TAXI_OFFICER, sla_minutes=7 * 60),
    State("awaiting_owner", Phase.NEEDS_CITIZEN, Role.TAXI_OFFICER),
    State("under_review", Phase.IN_PROGRESS, Role.TAXI_OFFICER, sla_minutes=7 * 60),
    State("needs_info", Phase.NEEDS_CITIZEN),
    State("approved", Phase.IN_PROGRESS, Role.TAXI_OFFICER),
    State(
        "in_effect", Phase.IN_PROGRESS, Role.TAXI_OFFICER,
        reminders=(Reminder("end_soon", is_over, lead_hours=REMIND_HOURS),),
    ),
    State("ended", Phase.DONE),
    State("rejected", Phase.DECLINED),
    State("revoked", Phase.DECLINED),
    State("withdrawn", Phase.CANCELLED),
)  # fmt: skip

ASKING_OWNER = (
    Transition(
        "ask_owner", ("submitted",), "awaiting_owner", when=NeedsConsent(), effects=(AwaitOwner(),),
        notices=(Notice("ask_owner"), Notice("owner_asked", OWNER)), trigger=Trigger.AUTOMATIC,
    ),
    Transition(
        "consent", ("awaiting_owner",), "under_review", OFFICER,
        notices=(Notice("consent"), Notice("owner_consented", OWNER)), command=Command.CONFIRM, by_awaited=True,
    ),
    Transition(
        "refuse", ("awaiting_owner",), "rejected", OFFICER, effects=(KeepCause("owner_refused"),),
        notices=(Notice("refuse"), Notice("owner_refused", OWNER)), command=Command.DENY, by_awaited=True,
    ),
    Transition(
        "no_consent", ("awaiting_owner",), "rejected", effects=(KeepCause("no_consent"),),
        notices=(Notice("no_consent"),), trigger=Trigger.DEADLINE, deadline=consent_overdue,
    ),
)  # fmt: skip

REVIEWING = (
    Transition("take", ("submitted",), "under_review", OFFICER, notices=(Notice("take"),)),
    Transition(
        "approve", ("under_review",), "approved", OFFICER,
        inputs=(Field("scope", SCOPE, required=False, choices=SCOPES),),
        guards=(NotOver(),), effects=(GrantPermit(),), notices=(Notice("approve"),),
    ),
    Transition(
        "reject", ("under_review",), "rejected", OFFICER, inputs=(REASON,),
        effects=(KeepReason(),), notices=(Notice("reject"),),
    ),
    *asking("under_review", "rejected", OFFICER),
)  # fmt: skip

RUNNING = (
    Transition(
        "begin", ("approved",), "in_effect",
        notices=(Notice("begin"),), trigger=Trigger.DEADLINE, deadline=begins,
    ),
    Transition(
        "end", ("in_effect",), "ended",
        notices=(Notice("end"),), trigger=Trigger.DEADLINE, deadline=is_over,
    ),
    Transition(
        "end_early", ("in_effect",), "ended", CITIZEN | OFFICER, inputs=(WHY,), effects=(EndToday(),),
        notices=(Notice("end_early"),), command=Command.CANCEL, by_kept=TOLD_DRIVER,
    ),
    Transition(
        "revoke", ("approved", "in_effect"), "revoked", OFFICER, inputs=(REASON,),
        effects=(KeepReason(), EndToday()), notices=(Notice("revoke"),),
    ),
    Transition(
        "withdraw", ("submitted", "awaiting_owner", "under_review", "needs_info", "approved"), "withdrawn",
        CITIZEN | OFFICER, inputs=(WHY,), notices=(Notice("withdraw"),), command=Command.CANCEL,
        by_kept=TOLD_DRIVER,
    ),
)  # fmt: skip

PRINTOUTS = (
    Printable(
        PERMIT,
        OFFICER | CITIZEN | READERS,
        (
            TextPart("granted"),
            FactsPart(("driver_name", "driver", "plate", "taxi_code", "model", "from", "to", "counted", "scope")),
            TextPart("conditions"),
            Signed(("taxi_officer",)),
        ),
        states=("approved", "in_effect"),
        over=("ended",),
        facts=("letter_number", "letter_date", "driver_name", "driver", "model"),
        dated="letter_date",
        numbered="letter_number",
        verified_by="letter_token",
        told=("plate", "taxi_code", "from", "to", "scope"),
        holder="driver_name",
        gather=permitted_taxi,
    ),
)

KEPT = (
    Field("driver_name", Text()),
    Field("driver", Identifier("national_code")),
    Field("asked_by", Choice("asked_by"), choices=ASKERS),
    Field("owner_name", Text()),
    Field("owner_mobile", Identifier("mobile")),
    Field("letter_number", Text()),
    Field("letter_date", Day()),
    QUESTION,
    REASON,
)

TAXI_LEAVE = Service(
    key=KEY,
    version=1,
    form=(
        Field("plate", Plate(), instead=("taxi_code", "national_code")),
        Field("taxi_code", TAXI_CODE, required=False),
        Field("national_code", Identifier("national_code"), required=False),
        Field("driver", Identifier("national_code"), required=False),
        Field("from", Day()),
        Field("to", Day(), instead=("days",)),
        Field("days", Integer(1, 366, unit=("روز", "روزه", "مدت")), required=False),
        Field("scope", SCOPE, choices=SCOPES, deferred_in=BY_PHONE),
        Field("reason", Text(), deferred_in=BY_PHONE),
        Field("taxi", TaxiSummary(), required=False, found=True),
        Field("counted", Integer(), required=False, found=True),
        Field("open_duties", Rials(), required=False, found=True),
    ),
    states=STATES,
    transitions=ASKING_OWNER + REVIEWING + RUNNING,
    initial="submitted",
    keywords=(Keyword(LEAVE_WORDS),),
    soap_operation="SubmitTaxiLeave",
    steps=5,
    on_submit=(SoundPeriod(), TaxiInService(), DriverKnown(), RequesterEntitled(), NoOverlap(), DaysLeft(), NoDuties()),
    at_submit=(KeepPeople(),),
    fill=fill_leave,
    subject="plate",
    lookups=(DUTIES,),
    may_reopen=DaysAhead(),
    told=(Notice("driver_told", StoredMobile(TOLD_DRIVER)),),
    concerning=partial(asked_for_driver, service=KEY),
    printouts=PRINTOUTS,
    kind="scope",
    kept=KEPT,
    references=(Reference("plate", VEHICLE.key), Reference("driver", DRIVER.key)),
)
