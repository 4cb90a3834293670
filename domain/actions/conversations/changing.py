"""The command «تغییر»: a sent request is changed in a conversation, by the action that every channel uses.

Asked for are the request, one of its changeable fields, and what shall stand there, which the field's own type reads.
What was not said in one plain text is asked once more, with the old and the new value.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain.actions.conversations.turn_context import SlotValues, TurnContext
from domain.actions.requests.change import FormChange, change_request, list_changeable_fields, preview_change
from domain.actions.requests.described_changes import describe_change
from domain.authorization.request_policy import refuse_foreign_request
from domain.conversation.dialogue.form_filling import read_other_answer
from domain.conversation.dialogue.frames import Frame
from domain.conversation.dialogue.intent_forms import IntentForm
from domain.conversation.reading.vocabulary import CHANGE_INTENT, collect_field_words
from domain.fields.closed_days import find_closed_day
from domain.fields.form import Field
from domain.fields.types import Choice, Text
from domain.language.service import Service
from domain.language.wording import menu_of_names
from domain.messages.catalogue import JOINED_PART_BUDGET, RenderedMessage, join_fitting
from domain.requests.request import ServiceRequest
from domain.values.errors import AlreadyDone, DomainError, InvalidField, NotAllowedNow
from domain.values.languages import join_list
from domain.values.reasons import AlreadyDoneReason, InvalidReason, NotAllowedReason

CHANGED_FIELD, NEW_VALUE, FURTHER_VALUES = "field", "value", "further"
"""The slots of the command besides the code: the field, by name or in somebody's words, what shall stand there, and the
new values of further fields that the same text changes.
"""

NO_VALUE = "—"
"""Text shown for an answer that was never given."""


def can_change(turn: TurnContext, request: ServiceRequest) -> bool:
    """Return whether the citizen who speaks may still change anything of a request."""
    return bool(list_changeable_fields(turn.dependencies, request, turn.actor))


async def find_field_of_value(turn: TurnContext, frame: Frame) -> str:
    """Return the field that a value alone («به شنبه») is meant for: the only one that reads it; else empty."""
    request = await _get_request(turn, frame)
    service = turn.dependencies.engine.get_service(request.service)
    reading_fields = []
    for field in list_changeable_fields(turn.dependencies, request, turn.actor):
        if NEW_VALUE in frame.slots and not isinstance(field.type, Text | Choice):
            try:
                _read_value(turn, service, request, field, frame.slots[NEW_VALUE])
            except DomainError:
                continue
            reading_fields.append(field.name)
    return reading_fields[0] if len(reading_fields) == 1 else ""


async def render_change_question(turn: TurnContext, frame: Frame) -> RenderedMessage:
    """Word the question for the field to be changed, or for its new value beside the old one; the frame gets the menu
    that is shown. Errors: `NotFound("code")`, `NotAllowedNow` where nothing may be changed, `InvalidField("field")`
    where no changeable field is meant.
    """
    request = await _get_request(turn, frame)
    service, fields = turn.dependencies.engine.get_service(request.service), _list_fields(turn, request)
    if frame.asked == CHANGED_FIELD:
        frame.options = [_label(turn, service, field.name) for field in fields]
        return turn.render("ask.field", menu=menu_of_names(frame.options))
    field = _find_field(turn, service, fields, str(frame.slots[CHANGED_FIELD]))
    if frame.options:  # several readings of what was sent
        return turn.render("sms.which_value", menu=_menu(turn, field, frame.options))
    frame.options = list(field.choices or field.type.numbered_choices())
    prompt = turn.render(f"services.{service.key}.fields.{field.name}.prompt", menu=_menu(turn, field, frame.options))
    before = describe_change(turn.dependencies.wording, service, field.name, request.fields, {}, in_message=True).before
    question = turn.render("ask.value", before=before or NO_VALUE)
    text = join_fitting(max(prompt.part_budget, JOINED_PART_BUDGET), f"{question.text}\n{prompt.text}", prompt.text)
    return replace(question, text=text)


async def check_change(turn: TurnContext, frame: Frame) -> None:
    """Find out what a change would make of the request, and keep in the frame what the question before it says. Errors:
    those of `preview_change`, of which those of the value name the slot `value`; `AlreadyDone` where nothing differs.
    """
    request = await _get_request(turn, frame)
    service, fields = turn.dependencies.engine.get_service(request.service), _list_fields(turn, request)
    field = _find_field(turn, service, fields, str(frame.slots[CHANGED_FIELD]))
    try:
        taking_field, value = _read_value(turn, service, request, field, frame.slots[NEW_VALUE])
        submitted = {taking_field.name: value, **frame.slots.get(FURTHER_VALUES, {})}
        change = await preview_change(turn, request, submitted)
    except InvalidField as error:
        raise error.about_field(NEW_VALUE) from error
    if not change.changed_names:
        raise AlreadyDone("code", AlreadyDoneReason.NOTHING_CHANGED)
    described_names = [name for name in submitted if name in change.changed_names] or change.changed_names[:1]
    change_texts = _word_change(turn, service, request, change, described_names)
    changed_fields = [changed for changed in service.form if changed.name in change.changed_names]
    if find_closed_day(changed_fields, change.values, turn.dependencies.calendar):
        frame.plain, change_texts["after"] = False, f"{change_texts['after']} {turn.text_of('sms.closed_mark')}"
    frame.slots |= {CHANGED_FIELD: taking_field.name, NEW_VALUE: value, **change_texts}


def _word_change(
    turn: TurnContext, service: Service, request: ServiceRequest, change: FormChange, field_names: Sequence[str]
) -> dict[str, str]:
    """Return the labels of changed answers, and what they were and become, as the question before it says them."""
    wording = turn.dependencies.wording
    described = [
        describe_change(wording, service, name, request.fields, change.values, in_message=True) for name in field_names
    ]
    return {
        "label": join_list(one.label for one in described),
        "before": join_list(one.before or NO_VALUE for one in described),
        "after": join_list(one.after or NO_VALUE for one in described),
    }


def is_checked(frame: Frame) -> bool:
    """Return whether the frame says what the change would make of the request."""
    return "after" in frame.slots


async def change_answer(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Change the request as `check_change` found it."""
    submitted = {slots[CHANGED_FIELD]: slots[NEW_VALUE], **slots.get(FURTHER_VALUES, {})}
    await change_request(turn, slots["code"], submitted)
    request = await turn.uow.requests.get_by_code(slots["code"])
    return turn.render_about(request, "sms.request_changed", label=slots["label"], after=slots["after"])


async def _get_request(turn: TurnContext, frame: Frame) -> ServiceRequest:
    request = await turn.uow.requests.get_by_code(frame.slots["code"])
    refuse_foreign_request(request, turn.actor)
    return request


def _list_fields(turn: TurnContext, request: ServiceRequest) -> tuple[Field, ...]:
    """Return what may be changed, in the order of the form, without what others do as well for."""
    fields = list_changeable_fields(turn.dependencies, request, turn.actor)
    if not fields:
        raise NotAllowedNow("code", NotAllowedReason.NOTHING_CHANGEABLE)
    alternative_names = {name for field in fields for name in field.alternatives}
    return tuple(field for field in fields if field.name not in alternative_names)


def _find_field(turn: TurnContext, service: Service, fields: tuple[Field, ...], field_text: str) -> Field:
    """Return the changeable field that is meant: by its label, its name, or the words of this service; else by a word
    that means another service's field of the same sort (an address).
    """
    intents = [keyword.intent for keyword in service.keywords]
    field_words = collect_field_words(intents)
    by_word = field_words.name_in(field_text) or field_words.name_in(_say_field(turn, field_text))
    for field in fields:
        if field_text in {_label(turn, service, field.name), field.name} or by_word in {
            field.name,
            *field.alternatives,
        }:
            return field
    raise InvalidField(CHANGED_FIELD, InvalidReason.MENU)


def _say_field(turn: TurnContext, field_name: str) -> str:
    """Return a word by which some service calls a field of that name; empty where none does."""
    intents = [keyword.intent for service in turn.dependencies.services.values() for keyword in service.keywords]
    return next((intent.field_words[field_name][0] for intent in intents if field_name in intent.field_words), "")


def _read_value(
    turn: TurnContext, service: Service, request: ServiceRequest, field: Field, raw_value: object
) -> tuple[Field, object]:
    if not isinstance(raw_value, str):
        return field, raw_value  # as `check_change` left it
    given_form = Frame(CHANGE_INTENT, dict(request.fields))
    return read_other_answer(given_form, IntentForm(fields=service.form), field, raw_value, turn.sent_at)


def _label(turn: TurnContext, service: Service, field_name: str) -> str:
    return turn.text_of(f"services.{service.key}.fields.{field_name}.label")


def _menu(turn: TurnContext, field: Field, options: list[str]) -> str:
    return menu_of_names([field.type.display_name(option, turn.text_of) for option in options])
