"""A visit that its citizen moves to another free hour of the same officer: the step that a service declares for it, and
the times that a citizen would like while no officer is named yet.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from domain.blocks.asking import CITIZENS
from domain.blocks.fleet_bookings import find_active_officer
from domain.blocks.visit_rules import VisitRules
from domain.blocks.visit_times import list_free_visits
from domain.blocks.visits import OFFICER, VISIT_FIELDS, VISIT_START, book_officer, read_visit_start
from domain.fields.form import Field
from domain.fields.moments import Moment
from domain.fields.stored import MOMENTS_FORM, StoredField, StoredFields
from domain.fields.types import FieldType, ReadingContext, TextLookup
from domain.language.service import Command, Effect, Guard, Notice, StepContext, StoredMobile, Transition
from domain.values.errors import AlreadyDone, Conflict, DomainError, InvalidField, NotAllowedNow, NotFound
from domain.values.languages import join_list
from domain.values.reasons import AlreadyDoneReason, ConflictReason, InvalidReason, NotAllowedReason
from domain.values.text import persian_digits


@dataclass(frozen=True, slots=True)
class Moments(FieldType):
    """Several dates and hours in Tehran, kept as ISO in UTC."""

    name: ClassVar[str] = "datetimes"
    survives_erasure: ClassVar[bool] = True

    def parse(self, raw_value: object, reading_context: ReadingContext) -> list[str]:
        """Read each of a list."""
        if not isinstance(raw_value, list):
            raise InvalidField
        return [Moment().parse(entry, reading_context) for entry in raw_value]

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return them one after another."""
        return join_list(Moment().render_value(entry, catalogue_text) for entry in value)

    def text_keys(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of a moment."""
        return Moment().text_keys(choices)


PREFERENCES = StoredField("preferred_visits", Moments(), stored_form=MOMENTS_FORM)
"""The times that a citizen would like, among the stored fields of a service with `VisitPreferences`."""


def visit_moving_step(state_name: str, officer: StoredMobile) -> Transition:
    """Return the step by which citizens move a visit that is booked in this state; the officer is notified too.

    Its notices are `visit_moved` and `officer_visit_moved`; both may say `visit_start` and `former_visit`.
    """
    return Transition(
        "move_visit",
        (state_name,),
        state_name,
        CITIZENS,
        inputs=(Field("visit", Moment()),),
        guards=(VisitStillMovable(), OfficerStillVisits()),
        effects=(MoveVisit(),),
        notices=(Notice("visit_moved"), Notice("officer_visit_moved", officer)),
        command=Command.MOVE_VISIT,
    )


@dataclass(frozen=True, slots=True)
class VisitStillMovable(Guard):
    """A visit is booked, and does not begin within `visit_notice_hours`: then the officer may be on the way."""

    is_foreseeable: ClassVar[bool] = True

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look at the hour that is booked."""
        start = read_visit_start(context)
        return start is not None and start >= context.now + timedelta(hours=context.policy.visit_notice_hours)

    def build_refusal(self, context: StepContext) -> DomainError:
        """Say until when it could be moved."""
        return NotAllowedNow(
            "visit", NotAllowedReason.VISIT_SOON, hours=persian_digits(context.policy.visit_notice_hours)
        )


@dataclass(frozen=True, slots=True)
class OfficerStillVisits(Guard):
    """The officer that was named is still with the municipality: another one is named by whoever sends officers."""

    is_foreseeable: ClassVar[bool] = True
    required_data: ClassVar[StoredFields] = (OFFICER,)

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look at the account."""
        return await find_active_officer(context.uow.people, OFFICER.read(context.request)) is not None

    def build_refusal(self, context: StepContext) -> DomainError:
        """Say that another officer is named first."""
        return NotAllowedNow("visit", NotAllowedReason.OFFICER_LEFT)


@dataclass(frozen=True, slots=True)
class MoveVisit(Effect):
    """Book the same officer at another free hour in place of the former one, which is free from then on."""

    required_data = (OFFICER, VISIT_START)
    stores = VISIT_FIELDS
    provides = frozenset({"former_visit"})

    async def apply_effect(self, context: StepContext) -> None:
        """Take the hour; `AlreadyDone("visit")` for the present one, `InvalidField("visit")` for one that is never
        offered, `Conflict("visit")` for one that somebody else has meanwhile; then the former one stays.
        """
        former_start = read_visit_start(context)
        staff_member = await find_active_officer(context.uow.people, OFFICER.read(context.request))
        if staff_member is None:
            raise NotFound("officer")
        start = datetime.fromisoformat(context.inputs["visit"])
        if start == former_start:
            raise AlreadyDone("visit", AlreadyDoneReason.VISIT_SAME)
        rules = VisitRules(context.now, context.policy, context.calendar)
        if start not in await list_free_visits(context.uow, rules, (staff_member.username,), context.request.id):
            raise (
                Conflict("visit", ConflictReason.VISIT_TAKEN)
                if start in rules.list_starts()
                else InvalidField("visit", InvalidReason.VISIT_NOT_OFFERED)
            )
        try:
            await book_officer(context, staff_member, start)
        except Conflict as taken:  # by another unit, in this very moment
            raise Conflict("visit", ConflictReason.VISIT_TAKEN) from taken
        former_text = former_start.isoformat() if former_start else ""
        context.facts["former_visit"] = context.history_facts["former_visit"] = former_text
