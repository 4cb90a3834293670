"""Contact addresses for citizens: phone, address and hours of the office, and when somebody looks at what comes in
now."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time

from domain.actions.conversations.turn_context import SlotValues, TurnContext
from domain.fields.moments import Day, HourOfDay
from domain.messages.catalogue import JOINED_PART_BUDGET, RenderedMessage, fit_lines, join_fitting
from domain.parsing.times.dates import choose_date, find_dates
from domain.parsing.tokens import TokenStream
from domain.requests.request import ServiceRequest
from domain.values.calendar import HoursOfDay, hour_text, tehran_moment, to_tehran
from domain.values.languages import join_list


async def describe_contact(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Return whether the office is open, its phone, hours and address, and that one can be called: what of it is known
    and has room, in this order; who asks for another day is answered about that day.
    """
    now = turn.dependencies.clock.now()
    if asked_day := _find_asked_day(turn):
        return _describe_day(turn, asked_day)
    opens_at, closes_at = turn.dependencies.calendar.find_office_span(now)
    if opens_at <= now:
        head = turn.render("sms.contact.open", closes=hour_text(to_tehran(closes_at).time()))
    else:
        head = turn.render("sms.contact.closed", opening=_say_opening(turn, opens_at))
    text, _ = fit_lines(head.part_budget, head.text, list(_list_contact_lines(turn)))
    return replace(head, text=text)


def _find_asked_day(turn: TurnContext) -> date | None:
    """Return the day to come that a question names; None where it names none, or today."""
    today = to_tehran(turn.sent_at).date()
    mention = choose_date(find_dates(TokenStream(turn.text), today))
    return mention.day if mention and mention.day and mention.day > today else None


def _describe_day(turn: TurnContext, day: date) -> RenderedMessage:
    """Return whether the office is open on a day, and from when until when."""
    date_text = turn.dependencies.wording.describe_near_day(day, turn.sent_at)
    if office_span := turn.dependencies.calendar.office_span(day):
        opens, closes = (hour_text(to_tehran(moment).time()) for moment in office_span)
        return turn.render("sms.contact.open_on", date=date_text, opens=opens, closes=closes)
    opens_at, _ = turn.dependencies.calendar.find_office_span(tehran_moment(day, time.min))
    return turn.render("sms.contact.closed_on", date=date_text, opening=_say_opening(turn, opens_at))


def _list_contact_lines(turn: TurnContext) -> Iterator[str]:
    contact = turn.dependencies.contact
    if turn.dependencies.catalogue.phone:
        yield turn.render("sms.contact.phone").text
    yield turn.render("sms.contact.hours", office_hours=contact.hours or _office_hours(turn)).text
    yield turn.text_of("sms.contact.wanted_call")
    if contact.address:
        yield turn.render("sms.contact.address", office_address=contact.address).text


def _office_hours(turn: TurnContext) -> str:
    """Return the hours of the office calendar in words."""
    hours = turn.dependencies.calendar.work_hours
    spans = {"week": hours.office, "thursday": hours.thursday}
    return join_list(_hours_text(turn, name, span) for name, span in spans.items() if span)


def _hours_text(turn: TurnContext, name: str, span: HoursOfDay) -> str:
    opens, closes = (hour_text(clock_time) for clock_time in span)
    return turn.render(f"units.{name}_hours", opens=opens, closes=closes).text


def _say_opening(turn: TurnContext, opens_at: datetime) -> str:
    return turn.dependencies.wording.describe_near_moment(opens_at, turn.dependencies.clock.now())


def say_when_looked_at(turn: TurnContext, reply: RenderedMessage, request: ServiceRequest | None) -> RenderedMessage:
    """Return the reply to something that somebody of the office has to look at (a request in its unit's queue, or a
    word to the municipality: None), after hours with the opening at which that is done, where it has room.
    """
    now = turn.dependencies.clock.now()
    opens_at, _ = turn.dependencies.calendar.find_office_span(now)
    unit = request and turn.dependencies.engine.get_service(request.service).state_named(request.state).unit
    if opens_at <= now or (request and (request.phase.is_final or not unit)):
        return reply
    is_too_late = request is not None and _begins_before(turn, request, opens_at)
    ending_key = "sms.after_hours_too_late" if is_too_late else "sms.after_hours"
    ending = turn.render(ending_key, opening=_say_opening(turn, opens_at)).text
    text = join_fitting(max(reply.part_budget, JOINED_PART_BUDGET), f"{reply.text}\n{ending}", reply.text)
    return replace(reply, text=text)


def _begins_before(turn: TurnContext, request: ServiceRequest, moment: datetime) -> bool:
    """Return whether the day that a request wants, at its hour where it says one, begins before a moment."""
    form = turn.dependencies.engine.get_service(request.service).form
    answered_fields = [field for field in form if field.name in request.fields]
    days = [request.fields[field.name] for field in answered_fields if isinstance(field.type, Day)]
    hours = [request.fields[field.name] for field in answered_fields if isinstance(field.type, HourOfDay)]
    if not days:
        return False
    clock_time = time.fromisoformat(hours[0]) if hours else time.max
    return tehran_moment(date.fromisoformat(min(days)), clock_time) < moment
