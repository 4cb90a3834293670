"""Being called back: a citizen asks for a person, and the secretariat calls within a day of office hours.

It costs nothing. Who is not reached is told so and called again; one request waits at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from domain.blocks.asking import CITIZENS, LONGEST_NOTE_TEXT, OPTIONAL_REASON, REASON, StoreReason
from domain.fields.form import Field
from domain.fields.stored import StoredField, StoredFields, StoredForm, stored_text
from domain.fields.types import Integer, Text
from domain.language.form_sections import FormSection
from domain.language.intents import Keyword
from domain.language.locks import MobileLock
from domain.language.service import Command, Effect, Guard, Notice, Service, State, StepContext, Transition
from domain.language.summary_columns import SummaryColumns
from domain.requests.request import Phase, RequestFilter, ServiceRequest
from domain.services.call_back.reasons import CALL_BACK_REASONS, CallBackDoneReason
from domain.services.call_back.vocabulary import CALL_BACK_INTENT, find_number_to_call
from domain.values.actors import Role
from domain.values.calendar import hour_text, spoken_day_text, to_tehran
from domain.values.errors import AlreadyDone
from domain.values.identifiers import display_mobile

SERVICE_KEY = "call_back"
CALLERS = frozenset({Role.SECRETARIAT})
CALL_MINUTES = 7 * 60
"""Minutes of office time within which somebody calls: a day."""

TRIES: StoredField[int] = StoredField("tries", Integer(1, 1000), stored_form=StoredForm(int, int))
"""Number of calls that nobody answered."""

CALLED = stored_text("called")
"""The number to be called, as people write it: the one that the citizen says, else the citizen's own."""


def _moment_facts(moment: datetime, now: datetime) -> dict[str, str]:
    """Return the day and the hour of a moment as messages say them."""
    local_moment = to_tehran(moment)
    call_day = spoken_day_text(local_moment.date(), to_tehran(now).date())
    return {"call_day": call_day, "call_hour": hour_text(local_moment.time())}


def find_called_number(request: ServiceRequest) -> str:
    """Return the number to be called for a request, as people write it."""
    return _choose_number(request.fields, request.mobile or "")


def _choose_number(values: Mapping[str, Any], mobile: str) -> str:
    return find_number_to_call(str(values.get("about", ""))) or display_mobile(mobile)


@dataclass(frozen=True, slots=True)
class NoneWaiting(Guard):
    """Whether nobody waits for a call on this mobile yet."""

    locks = (MobileLock(),)

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look for an open request of it; `AlreadyDone` says which one waits, and until when somebody calls."""
        if context.request.mobile is None:
            return True
        criteria = RequestFilter(service=SERVICE_KEY, mobile=context.request.mobile, open_only=True)
        for waiting in await context.uow.requests.list_requests(criteria):
            due_facts = _moment_facts(waiting.due_at or context.now, context.now)
            called = find_called_number(waiting)
            raise AlreadyDone(reason=CallBackDoneReason.WAITING, codes=waiting.code, called=called, **due_facts)
        return True


@dataclass(frozen=True, slots=True)
class SayWhen(Effect):
    """Give the messages until when somebody calls."""

    is_undoable: ClassVar[bool] = True
    provides: ClassVar[frozenset[str]] = frozenset({"call_day", "call_hour"})

    async def apply_effect(self, context: StepContext) -> None:
        """Reckon it by the office calendar."""
        context.facts |= _moment_facts(context.calendar.add_working_minutes(context.now, CALL_MINUTES), context.now)


@dataclass(frozen=True, slots=True)
class NameNumber(Effect):
    """Keep which number is called, so that the citizen and the secretariat see the same one."""

    is_undoable: ClassVar[bool] = True
    provides: ClassVar[frozenset[str]] = frozenset({"called"})
    may_store = (CALLED,)

    async def apply_effect(self, context: StepContext) -> None:
        """Read it out of what the call is about; else it is the mobile that asks."""
        CALLED.write(context.request, find_called_number(context.request))
        context.facts["called"] = find_called_number(context.request)


@dataclass(frozen=True, slots=True)
class CountTry(Effect):
    """Count a call that nobody answered."""

    is_undoable: ClassVar[bool] = True
    stores: ClassVar[StoredFields] = (TRIES,)

    async def apply_effect(self, context: StepContext) -> None:
        """Add one."""
        TRIES.write(context.request, (TRIES.find(context.request) or 0) + 1)


STATES = (
    State("submitted", Phase.RECEIVED, Role.SECRETARIAT, sla_minutes=CALL_MINUTES),
    State("not_reached", Phase.IN_PROGRESS, Role.SECRETARIAT, sla_minutes=CALL_MINUTES),
    State("called", Phase.DONE),
    State("given_up", Phase.DECLINED),
    State("withdrawn", Phase.CANCELLED),
)

TRANSITIONS = (
    Transition(
        "call", ("submitted", "not_reached"), "called", CALLERS,
        inputs=(Field("note", Text(LONGEST_NOTE_TEXT), is_note=True),),
    ),
    Transition(
        "miss", ("submitted", "not_reached"), "not_reached", CALLERS,
        effects=(CountTry(), SayWhen(), NameNumber()), notices=(Notice("miss"),), undo_minutes=60,
    ),
    Transition(
        "give_up", ("not_reached",), "given_up", CALLERS,
        inputs=(REASON,), effects=(StoreReason(),), notices=(Notice("give_up"),),
    ),
    Transition(
        "withdraw", ("submitted", "not_reached"), "withdrawn", CITIZENS | CALLERS,
        inputs=(OPTIONAL_REASON,), notices=(Notice("withdraw"),), command=Command.CANCEL,
    ),
)  # fmt: skip

CALL_BACK = Service(
    key=SERVICE_KEY,
    version=1,
    form=(Field("about", Text(200), required=False),),
    states=STATES,
    scenario=((), ("submitted",), ("not_reached",)),
    transitions=TRANSITIONS,
    initial_state="submitted",
    summary_facts={"called": _choose_number},
    keywords=(Keyword(CALL_BACK_INTENT),),
    soap_operation="SubmitCallBack",
    menu_rank=90,
    submit_guards=(NoneWaiting(),),
    submit_effects=(SayWhen(), NameNumber()),
    is_rated=False,
    stored_fields=(CALLED, TRIES, REASON),
    reasons=CALL_BACK_REASONS,
    form_sections=(FormSection("subject", ("about",)),),
    summary=SummaryColumns(work=(CALLED.name, "about", TRIES.name)),
)
