"""Hire of a hall: filed at once by the number of guests, and allowed by the civil unit, or for many by the manager.

An example of what a service may have: two fields that depend on each other, an initial state that is left at once, a
state that few requests come to, texts in one language.
"""

from domain.blocks.asking import REASON, StoreReason
from domain.fields.form import Field
from domain.fields.moments import Day, HourOfDay
from domain.fields.types import Integer
from domain.language.intents import Keyword
from domain.language.service import Command, Notice, Service, State, Transition, Trigger
from domain.language.summary_columns import SummaryColumns
from domain.requests.request import Phase
from domain.services.hall_hire.rules import MOST_GUESTS, HoursInOrder, LargeCompany, SmallCompany
from domain.services.hall_hire.vocabulary import HALL_INTENT
from domain.values.actors import Role

CITIZEN = frozenset({Role.CITIZEN, Role.CLERK})
CIVIL, MANAGER = frozenset({Role.CIVIL}), frozenset({Role.MANAGER})

STATES = (
    State("received", Phase.RECEIVED),
    State("with_unit", Phase.RECEIVED, Role.CIVIL, sla_minutes=2 * 7 * 60),
    State("with_manager", Phase.RECEIVED, Role.MANAGER, sla_minutes=5 * 7 * 60),
    State("allowed", Phase.IN_PROGRESS, Role.CIVIL),
    State("held", Phase.DONE),
    State("rejected", Phase.DECLINED),
    State("cancelled", Phase.CANCELLED),
)

TRANSITIONS = (
    Transition("file", ("received",), "with_unit", condition=SmallCompany(), trigger=Trigger.AUTOMATIC),
    Transition("refer", ("received",), "with_manager", condition=LargeCompany(), trigger=Trigger.AUTOMATIC),
    Transition("allow", ("with_unit",), "allowed", CIVIL, notices=(Notice("allow"),)),
    Transition("allow_many", ("with_manager",), "allowed", MANAGER, notices=(Notice("allow"),)),
    Transition(
        "reject", ("with_unit", "with_manager"), "rejected", CIVIL | MANAGER,
        inputs=(REASON,), effects=(StoreReason(),), notices=(Notice("reject"),),
    ),
    Transition("end", ("allowed",), "held", CIVIL, notices=(Notice("end"),)),
    Transition(
        "cancel", ("with_unit", "with_manager", "allowed"), "cancelled", CITIZEN | CIVIL,
        notices=(Notice("cancel"),), command=Command.CANCEL,
    ),
)  # fmt: skip

HALL_HIRE = Service(
    key="hall_hire",
    version=1,
    form=(
        Field("date", Day()),
        Field("begins", HourOfDay()),
        Field("ends", HourOfDay()),
        Field("guests", Integer(1, MOST_GUESTS)),
    ),
    states=STATES,
    transitions=TRANSITIONS,
    initial_state="received",
    keywords=(Keyword(HALL_INTENT),),
    soap_operation="SubmitHallHire",
    submit_guards=(HoursInOrder(),),
    stored_fields=(REASON,),
    summary=SummaryColumns(work=("guests",), time=("date", "begins", "ends")),
)
