"""The words of what a dialogue asks: a field, a choice among few, a summary to be confirmed; and why it is asked."""

from dataclasses import replace
from datetime import date

from domain.actions.conversations.turn_context import TurnContext
from domain.actions.lookups.answers import estimate_price
from domain.authorization.request_policy import awaits_answer_of, is_citizen_of, keeps_mobile_for
from domain.conversation.dialogue.asking import MOST_TRIES_IN_SAME_WORDS
from domain.conversation.dialogue.frames import AMEND_STEP, CONFIRM_STEP, Ask, Frame
from domain.conversation.reading.command_fields import INTENTS_WITH_OWN_QUESTION, MENU_INTENT
from domain.fields.closed_days import find_closed_day
from domain.fields.moments import Day, HourOfDay
from domain.fields.types import FieldType, Text
from domain.language.column_words import describe_request
from domain.language.service import Command
from domain.language.wording import menu_of_names
from domain.messages.catalogue import JOINED_PART_BUDGET, RenderedMessage, join_fitting
from domain.values.calendar import spoken_day_text, to_tehran
from domain.values.errors import AmbiguousField, NotFound
from domain.values.languages import join_list
from domain.values.text import group_digits, persian_digits
from domain.values.tracking_codes import TrackingCode


def render_question(turn: TurnContext, frame: Frame, *, is_unsure: bool = False) -> RenderedMessage:
    """Word the question for the field that a frame asks, with its menu where few values are left; in other words, with
    what would do, where its citizen does not know (`is_unsure`) or was asked twice.
    """
    if frame.intent == MENU_INTENT:
        return _render_menu(turn, frame, "sms.choose", turn.numbered_menu(frame.options, "intents"))
    if frame.asked == AMEND_STEP:
        labels = [turn.text_of(_label_key(turn, frame, name)) for name in frame.options]
        return _render_menu(turn, frame, "ask.field", menu_of_names(labels))
    asked_type = _asked_field_type(turn, frame)
    menu = menu_of_names([asked_type.display_name(option, turn.text_of) for option in frame.options])
    if frame.options and isinstance(asked_type, Day | HourOfDay):
        return _render_menu(turn, frame, "sms.which_value", menu)
    text_key = _find_question_key(turn, frame)
    is_reworded = is_unsure or (frame.tries > MOST_TRIES_IN_SAME_WORDS and frame.tries % 2)
    help_key = f"{text_key.removesuffix('.prompt')}.help"
    if is_reworded and help_key in turn.dependencies.catalogue:
        return _render_menu(turn, frame, help_key, menu)
    choice_key = f"{text_key.removesuffix('.prompt')}.choose"
    has_own_key = frame.options and choice_key in turn.dependencies.catalogue
    question = _render_menu(turn, frame, choice_key if has_own_key else text_key, menu)
    if frame.options and isinstance(asked_type, Text):  # what may be no answer is kept by its number
        frame.unnumbered = False
        return replace(question, text=f"{question.text} {turn.text_of('sms.keep_text')}")
    return question


def _render_menu(turn: TurnContext, frame: Frame, text_key: str, menu: str) -> RenderedMessage:
    """Word a question; where it shows no numbers beside what may be chosen, a typed number is no choice."""
    frame.unnumbered = not turn.shows_numbers(text_key)
    return turn.render(text_key, menu=menu, **_list_part_facts(turn, frame))


def _list_part_facts(turn: TurnContext, frame: Frame) -> dict[str, str]:
    """Return the answer whose missing part is asked, by its field's name; nothing where a whole answer is asked."""
    form_fields = turn.conversation.forms[frame.intent].fields
    asked_values = {str(frame.asked): frame.slots[str(frame.asked)]} if frame.gap else {}
    return turn.dependencies.wording.render_values(form_fields, asked_values)


def _find_question_key(turn: TurnContext, frame: Frame) -> str:
    form = turn.conversation.forms[frame.intent]
    declared = form.submission or form.lookup
    field_name = f"{frame.asked}_{frame.gap}" if frame.gap else f"{frame.asked}"
    if frame.intent in INTENTS_WITH_OWN_QUESTION:
        return f"ask.{frame.intent}"
    return f"services.{declared.service.key}.fields.{field_name}.prompt" if declared else f"ask.{field_name}"


def _label_key(turn: TurnContext, frame: Frame, name: str) -> str:
    """Return the key of what a field of the frame's form is called."""
    submission = turn.conversation.forms[frame.intent].submission
    return f"services.{submission.service.key}.fields.{name}.label" if submission else f"ask.{name}"


def _asked_field_type(turn: TurnContext, frame: Frame) -> FieldType:
    return next(
        form_field.type for form_field in turn.conversation.forms[frame.intent].fields if form_field.name == frame.asked
    )


async def render_summary(turn: TurnContext, frame: Frame) -> RenderedMessage:
    """Word what is done when the citizen confirms it: which service, what it would cost by today's tariff, what is left
    to the unit, and all that was said.
    """
    if frame.same_as:
        return turn.render("sms.same", code=turn.dependencies.wording.tracking_code_text(frame.same_as))
    service = turn.conversation.forms[frame.intent].service
    values = turn.dependencies.wording.render_values(service.form, frame.slots)
    values |= {name: find(frame.slots, turn.actor.identifier) for name, find in service.summary_facts.items()}
    question = turn.render(f"services.{service.key}.summary", **values)
    closed_day = find_closed_day_of(turn, frame)
    if closed_day:
        day_text = spoken_day_text(closed_day, to_tehran(turn.sent_at).date())
        text = f"{turn.render('sms.closed_day', date=day_text).text}\n{question.text}"
        question = replace(question, text=text, part_budget=question.part_budget + 1)
    title = turn.dependencies.wording.service_title(service.key)
    amount = await estimate_price(turn, service, frame.slots)
    head_lines = [_render_head(turn, title, amount)]
    head_lines += [describe_left_open(turn, frame)] if frame.left_open else []
    whole_text = "\n".join((*head_lines, question.text))
    return replace(
        question, text=join_fitting(max(question.part_budget, JOINED_PART_BUDGET), whole_text, question.text)
    )


def find_closed_day_of(turn: TurnContext, frame: Frame) -> date | None:
    """Return the public holiday for which a frame orders work; None where none is, or the unit settles the day."""
    submission = turn.conversation.forms[frame.intent].submission
    if submission is None:
        return None
    stated_values = {name: value for name, value in frame.slots.items() if name not in frame.left_open}
    return find_closed_day(submission.service.form, stated_values, turn.dependencies.calendar)


def _render_head(turn: TurnContext, title: str, amount: int | None) -> str:
    if amount is None:
        return turn.render("sms.summary_head", service=title).text
    return turn.render("sms.summary_estimate", service=title, amount=group_digits(amount)).text


async def render_offer(turn: TurnContext, frame: Frame) -> RenderedMessage:
    """Word a command that is asked about once, with what its request is for."""
    slot_texts = {name: persian_digits(str(value)) for name, value in frame.slots.items() if name != "code"}
    if "code" not in frame.slots:
        return turn.render(f"sms.offer.{frame.intent}", code="", work="", **slot_texts)
    request_code = turn.dependencies.wording.tracking_code_text(frame.slots["code"])
    work = await _describe_named_request(turn, frame.slots["code"])
    return turn.render(f"sms.offer.{frame.intent}", code=request_code, work=work, **slot_texts)


async def _describe_named_request(turn: TurnContext, code: TrackingCode) -> str:
    """Return what a request is for; empty where it is nobody's, or not the speaker's to know."""
    try:
        request = await turn.uow.requests.get_by_code(code)
    except NotFound:
        return ""
    steps = turn.dependencies.engine.get_service(request.service).command_steps(Command.CANCEL)
    is_concerned = is_citizen_of(request, turn.actor) or awaits_answer_of(request, turn.actor)
    is_concerned = is_concerned or any(keeps_mobile_for(step, request, turn.actor) for step in steps)
    return describe_request(turn.dependencies.wording, request) if is_concerned else ""


def describe_left_open(turn: TurnContext, frame: Frame) -> str:
    """Return what the unit settles, in words; empty where nothing is left to it."""
    if not frame.left_open:
        return ""
    labels = join_list(turn.text_of(_label_key(turn, frame, name)) for name in frame.left_open)
    return turn.render("sms.left_to_unit", labels=labels).text


def prefix_reason(turn: TurnContext, step: Ask, question: RenderedMessage) -> RenderedMessage:
    """Put before a question why it is asked, at least in short, or which answer was changed; which of several readings
    is meant says it itself. Behind one that was asked twice stands how to reach a person, and how to leave.
    """
    if isinstance(step.problem, AmbiguousField) and step.frame.options:
        return question
    is_repeated = step.frame.tries > MOST_TRIES_IN_SAME_WORDS
    endings = [f"\n{describe_ways_out(turn)}"] if is_repeated else []
    variants = [
        f"{reason}\n{question.text}{ending}" for ending in (*endings, "") for reason in _list_reasons(turn, step)
    ]
    variants += [f"{question.text}{ending}" for ending in endings]
    return replace(question, text=join_fitting(max(question.part_budget, JOINED_PART_BUDGET), *variants, question.text))


def _list_reasons(turn: TurnContext, step: Ask) -> list[str]:
    """Return what is said before a question, in full and in short; nothing where it is asked for the first time."""
    if step.is_restarted:
        return [turn.text_of("sms.restarted")]
    if step.problem is not None:
        return [turn.word_error(step.problem), turn.text_of(f"errors.{step.problem.code}")]
    if step.frame.kept_slots:
        return [_describe_present_answer(turn, step.frame)]
    if step.taken and step.frame.asked != CONFIRM_STEP:
        return [_describe_taken(turn, step.frame, step.taken)]
    return []


def _describe_taken(turn: TurnContext, frame: Frame, name: str) -> str:
    """Return which answer stands now that was not asked for."""
    label = turn.text_of(_label_key(turn, frame, name))
    if name in frame.left_open:
        return turn.render("sms.left_to_unit", labels=label).text
    form_fields = turn.conversation.forms[frame.intent].fields
    value = turn.dependencies.wording.render_values(form_fields, frame.slots)[name]
    return turn.render("sms.taken", label=label, value=value).text


def _describe_present_answer(turn: TurnContext, frame: Frame) -> str:
    """Return the answer that stays unless another is given."""
    fields_by_name = {field.name: field for field in turn.conversation.forms[frame.intent].fields}
    name = next(one for one in frame.kept_slots if one in fields_by_name)
    value = turn.dependencies.wording.render_values(tuple(fields_by_name.values()), frame.kept_slots)[name]
    return turn.render("sms.present_answer", label=turn.text_of(_label_key(turn, frame, name)), value=value).text


def describe_ways_out(turn: TurnContext) -> str:
    """Return how a form is left, and how a person is reached where somebody calls back."""
    if turn.conversation.can_call_back:
        return turn.render("sms.ways_out").text
    return turn.render("sms.way_out").text
