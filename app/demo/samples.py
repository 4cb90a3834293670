"""Requests of services that no story is told of, so that a further service is seen in the demonstration by its folder
alone: a form of sample values stays where it begins, and each first step that a member of the staff can take by sample
values is taken for one more.

Forms are tried until the service's own rules admit one; where they admit none no request is made, and a step that is
refused leaves its request where it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import combinations, product
from typing import Any

from app.demo.playing import Happening, Scene, attach_required_papers
from app.demo.registers import CITIZEN_COUNT
from app.demo.stories import Story
from app.demo.townsfolk import Townsperson, nth_citizen, nth_home, read_lists
from domain.actions.context import ActorContext
from domain.actions.messages import notify
from domain.actions.requests import act
from domain.actions.tariffs.price_changes import add_tariff
from domain.actions.walk_ins import entering
from domain.authorization.request_policy import is_step_of_staff, offers_step
from domain.engine.engine import StepOutcome
from domain.engine.step_admission import list_automatic_steps
from domain.fields.form import PERSON_NAME_SOURCE, Field
from domain.fields.types import ReadingContext, Text
from domain.language.service import Service, Transition
from domain.people.person import Person
from domain.requests.request import ServiceRequest
from domain.services import SERVICES
from domain.values.errors import DomainError

SAMPLE_RATE = 1_500_000
"""Rials for one unit of whatever such a service prices."""

FIRST_APPLICANT = CITIZEN_COUNT
"""The number of the first citizen who asks for such a service: those before have stories or remarks."""

DAYS_AHEAD = range(3, 10)
"""Days after today, one of which a form names: the first that the service admits."""

MOST_CHANGED = 2
"""Answers in which a form differs from the first one that is tried: fields that depend on each other come in pairs."""

_PRICED_AT, _ENTERED_AT = "-90 08:00", "ago 50"


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """Request: its form, its citizen, and the step that is taken then; None: none."""

    service: Service
    applicant: Townsperson
    step: Transition | None


def list_services_without_story(stories: Sequence[Story]) -> list[Service]:
    """Return the services that none of the stories is of."""
    keys_with_stories = {story.service for story in stories}
    return [service for service in SERVICES if service.key not in keys_with_stories]


def list_sample_requests(stories: Sequence[Story]) -> list[SampleRequest]:
    """Return what is asked for of services without a story; each by a citizen without another request."""
    wanted = [
        (service, step)
        for service in list_services_without_story(stories)
        for step in (None, *_list_first_steps(service))
    ]
    return [
        SampleRequest(service, nth_citizen(FIRST_APPLICANT + number), step)
        for number, (service, step) in enumerate(wanted)
    ]


def list_first_states(service: Service) -> list[str]:
    """Return the states in which a new request may stand: the initial one, and those that it is led to at once."""
    automatic_steps = list_automatic_steps(service, service.initial_state)
    return [service.initial_state, *(step.target_state for step in automatic_steps)]


def _list_first_steps(service: Service) -> Iterator[Transition]:
    """Yield the steps of the staff out of the first states, but for those that quote what nothing says the price of."""
    taken_names = set[str]()
    first_states = set(list_first_states(service))
    for step in service.transitions:
        makes_quote = any(effect.makes_quote for effect in step.effects)
        is_for_staff = is_step_of_staff(step) and not first_states.isdisjoint(step.source_states)
        if is_for_staff and step.name not in taken_names and (service.priced_items or not makes_quote):
            taken_names.add(step.name)
            yield step


def plan_happenings(scene: Scene, stories: Sequence[Story]) -> list[Happening]:
    """Return with their times: prices are set, then each such request is entered and its step taken."""
    priced_at, entered_at = map(scene.timetable.read_moment, (_PRICED_AT, _ENTERED_AT))
    planned: list[Happening] = []
    for service in list_services_without_story(stories):
        planned.append((priced_at, partial(_set_prices, scene, service)))
    for sample in list_sample_requests(stories):
        planned.append((entered_at, partial(_play_sample, scene, sample)))
    return planned


async def _set_prices(scene: Scene, service: Service) -> None:
    revenue = scene.staff_by_username["revenue"]
    for item in service.priced_items:
        await add_tariff(
            ActorContext(scene.dependencies, scene.uow, revenue),
            service.key,
            item.dimensions,
            rate=SAMPLE_RATE,
            unit=item.unit,
        )


async def _play_sample(scene: Scene, sample: SampleRequest) -> None:
    applicant, now = sample.applicant, scene.clock.now()
    await scene.uow.people.save_person(Person(applicant.mobile, applicant.name, applicant.national_code, now))
    request = await _enter_form(scene, sample)
    if request is not None and sample.step is not None:
        with suppress(DomainError):
            async with scene.uow.savepoint():
                await _take_sample_step(scene, sample, request, sample.step)


async def _take_sample_step(scene: Scene, sample: SampleRequest, request: ServiceRequest, step: Transition) -> None:
    actor = next(member for member in scene.staff_by_username.values() if offers_step(step, request, member))
    await attach_required_papers(scene, request, actor)
    note, now = read_lists()["sample_note"], scene.clock.now()
    inputs = fill_sample_fields(step.inputs, sample.applicant, scene.timetable.today, note, now)
    context = ActorContext(scene.dependencies, scene.uow, actor)
    outcome = await act.act_on_request(context, request.code, step.name, inputs)
    await notify.announce_outcome(context, outcome)


async def _enter_form(scene: Scene, sample: SampleRequest) -> ServiceRequest | None:
    """Enter the form for the first day that the service admits; None where it admits none of them."""
    clerk = scene.staff_by_username["manager"]
    home = nth_home(len(sample.service.form))
    for days_ahead in DAYS_AHEAD:
        day = scene.timetable.today + timedelta(days=days_ahead)
        forms = list_sample_forms(sample.service.form, sample.applicant, day, home, scene.clock.now())
        context = ActorContext(scene.dependencies, scene.uow, clerk)
        outcome = await enter_admitted_form(context, sample.service, forms, sample.applicant.mobile)
        if outcome is not None:
            await notify.announce_outcome(context, outcome)
            return outcome.request
    return None


async def enter_admitted_form(
    context: ActorContext, service: Service, forms: Iterable[dict[str, Any]], mobile: str
) -> StepOutcome | None:
    """Enter the first form that the service's rules admit; None where they admit none."""
    for form in forms:
        with suppress(DomainError):
            async with context.uow.savepoint():
                return await entering.enter_walk_in(context, service.key, form, mobile)
    return None


def fill_sample_fields(
    fields: Sequence[Field], applicant: Townsperson, day: date, free_text: str, now: datetime
) -> dict[str, Any]:
    """Return the plainest of the sample forms."""
    return next(list_sample_forms(fields, applicant, day, free_text, now))


def list_sample_forms(
    fields: Sequence[Field], applicant: Townsperson, day: date, free_text: str, now: datetime
) -> Iterator[dict[str, Any]]:
    """Yield forms of sample values, the plainest first, then those that differ from it in one answer, then in two."""
    samples = {
        field.name: fitting
        for field in fields
        if field.required and not field.is_derived
        if (fitting := _list_samples(field, applicant, day, free_text, now))
    }
    plainest = {name: fitting[0] for name, fitting in samples.items()}
    for changed_count in range(MOST_CHANGED + 1):
        for changed_names in combinations(samples, changed_count):
            for others in product(*(samples[name][1:] for name in changed_names)):
                yield plainest | dict(zip(changed_names, others, strict=True))


def _list_samples(field: Field, applicant: Townsperson, day: date, free_text: str, now: datetime) -> list[str]:
    """Return what may be entered into a field: the applicant's name, a choice or usual answer of its own, the given
    text where any is right, else a day, an hour, a number, or who the applicant is.
    """
    of_field = (applicant.name,) if field.autofill == PERSON_NAME_SOURCE else (*field.choices, *field.suggestions)
    days = [f"{one:%Y-%m-%d}" for one in (day, day + timedelta(days=1))]
    moments = [f"{one}T08:00:00+03:30" for one in days]
    common = (days[0], "08:00", moments[0], "2", "50", applicant.national_code, days[1], "10:00", moments[1])
    of_type = (free_text,) if isinstance(field.type, Text) else (*common, applicant.mobile)
    return [sample for sample in of_field or of_type if _is_readable(field, sample, now)]


def _is_readable(field: Field, sample: str, now: datetime) -> bool:
    try:
        field.read_value(sample, ReadingContext(now, field.choices))
    except DomainError:
        return False
    return True
