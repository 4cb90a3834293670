"""Markup under a text in a chat: the buttons of the question that waits, of a request, or of the menu."""

from dataclasses import replace

from domain.actions.conversations.chats.driver_menu import build_main_menu
from domain.actions.conversations.turn_context import TurnContext
from domain.actions.links.request_buttons import build_request_buttons
from domain.actions.messages.notify import find_answer_deadline
from domain.actions.requests.command import AWAITED_COMMANDS
from domain.authorization.request_policy import awaits_answer_of
from domain.conversation.buttons.answers import text_button
from domain.conversation.buttons.menus import menu_button_rows
from domain.conversation.buttons.questions import OpenQuestion
from domain.conversation.buttons.requests import bill_page_button_rows
from domain.conversation.dialogue.frames import CONFIRM_STEP, Frame
from domain.conversation.dialogue.turns import Conversation
from domain.conversation.reading.command_fields import MENU_INTENT
from domain.language.awaited import list_asking_notices
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ButtonRows, ReplyMarkup
from domain.requests.request import ServiceRequest
from domain.values.text import persian_digits
from domain.values.tracking_codes import parse_code


async def with_markup(turn: TurnContext, reply: RenderedMessage) -> RenderedMessage:
    """Return a reply with what is shown beside it, for the state of the dialogue after it.

    A question has its answers, and no other text has them; whatever is said of a request has what can be done with it;
    else the menu is one press away.
    """
    top_frame = turn.dialogue.top
    if turn.intent == "help" and (top_frame is None or top_frame.intent == MENU_INTENT):
        return replace(reply, markup=ReplyMarkup(await build_main_menu(turn)))
    button_rows = build_question_buttons(turn) if turn.asks_question else ()
    if button_rows:
        question = _with_step_number(turn, await _add_asked_matter(turn, reply))
        return replace(question, markup=ReplyMarkup(button_rows))
    if reply.markup is not None:
        return with_menu_button(turn, reply)
    if reply.request_id is not None:
        request = await turn.uow.requests.get(reply.request_id)
        if awaits_answer_of(request, turn.actor):
            reply = await render_asked_matter(turn, request) or reply
        button_rows = await build_request_buttons(turn, request, turn.actor.identifier, turn.actor.channel)
    else:
        button_rows = bill_page_button_rows(
            turn.text_of,
            reply.bill_pages,
            takes_invoices=turn.actor.channel in turn.dependencies.policy.invoice_channels,
            can_merge=reply.can_merge,
        )
    return with_menu_button(turn, replace(reply, markup=ReplyMarkup(button_rows)))


async def render_asked_matter(turn: TurnContext, request: ServiceRequest) -> RenderedMessage | None:
    """Return what a request asks somebody else, as they were notified of it (whose leave, from when to when); None
    where it asks nobody.
    """
    service = turn.dependencies.engine.get_service(request.service)
    asking_notice = next(iter(list_asking_notices(service, request.state)), None)
    if asking_notice is None:
        return None
    deadline = await find_answer_deadline(turn.uow.timers, request)
    return turn.render_about(request, f"services.{service.key}.notices.{asking_notice.text_name}", **deadline)


async def _add_asked_matter(turn: TurnContext, question: RenderedMessage) -> RenderedMessage:
    """Put before the question whether to agree to a request what that asks: nobody agrees to a code."""
    frame = turn.dialogue.top
    if frame is None or frame.intent not in AWAITED_COMMANDS or frame.asked != CONFIRM_STEP:
        return question
    matter = await render_asked_matter(turn, await turn.uow.requests.get_by_code(parse_code(frame.slots["code"])))
    return replace(question, text=f"{matter.text}\n{question.text}") if matter else question


def _with_step_number(turn: TurnContext, reply: RenderedMessage) -> RenderedMessage:
    """Return a question of a form with how far that is, over it."""
    frame = turn.dialogue.top
    step_numbers = count_steps(turn.conversation, frame) if frame else None
    if step_numbers is None:
        return reply
    number, count = map(persian_digits, step_numbers)
    step_line = turn.render("chat.step", question_number=number, question_count=count).text
    return replace(reply, text=f"{step_line}\n{reply.text}")


def with_menu_button(turn: TurnContext, reply: RenderedMessage) -> RenderedMessage:
    """Return a reply with the button of the menu behind all others."""
    markup = reply.markup or ReplyMarkup()
    return replace(reply, markup=replace(markup, rows=(*markup.rows, *menu_button_rows(turn.text_of))))


def build_call_rows(turn: TurnContext) -> ButtonRows:
    """Return the button by which one is called back, where somebody does."""
    forms = turn.conversation.forms
    submission = next((forms[name].submission for name in forms if turn.conversation.asks_for_person(name)), None)
    if submission is None:
        return ()
    intent = submission.keyword.intent
    return ((text_button(turn.text_of(f"intents.{intent.name}"), intent.certain_words[0]),),)


def build_question_buttons(turn: TurnContext) -> ButtonRows:
    """Return the buttons of the question that the dialogue waits with."""
    return OpenQuestion(
        turn.conversation,
        turn.dialogue,
        turn.text_of,
        turn.dependencies.clock.now(),
        turn.dependencies.policy,
        turn.dependencies.calendar,
        turn.wished_page,
    ).build_rows()


def count_steps(conversation: Conversation, frame: Frame) -> tuple[int, int] | None:
    """Return the number of the question that a form asks, from 1, and that of all; None where no form asks a field.

    What was said at once counts as asked, so that a form that began with a sentence is as far as it is.
    """
    form = conversation.forms[frame.intent]
    if not form.is_service_form or frame.asked in {None, CONFIRM_STEP} or len(form.asked_fields) < 2:
        return None
    answered_fields = [
        field for field in form.asked_fields if field.name != frame.asked and field.is_answered_in(frame.slots)
    ]
    return len(answered_fields) + 1, len(form.asked_fields)
