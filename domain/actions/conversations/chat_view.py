"""What is shown under a text in a chat: the buttons of the question that waits, of a request, or of the menu."""

from dataclasses import replace

from domain.actions.conversations.driver_menu import build_main_menu
from domain.actions.conversations.request_buttons import build_request_buttons
from domain.actions.conversations.turn_context import TurnContext
from domain.conversation.buttons.menus import menu_button_rows
from domain.conversation.buttons.questions import OpenQuestion
from domain.conversation.buttons.requests import bill_page_button_rows
from domain.conversation.command_fields import MENU_INTENT
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ButtonRows, ReplyMarkup


async def with_markup(turn: TurnContext, reply: RenderedMessage, page: str | None = None) -> RenderedMessage:
    """Return a reply with what is shown beside it, for the state of the dialogue after it.

    A question has its answers, and no other text has them; whatever is said of a request has what can be done with it;
    else the menu is one press away.
    """
    top_frame = turn.dialogue.top
    if turn.intent == "help" and (top_frame is None or top_frame.intent == MENU_INTENT):
        return replace(reply, markup=ReplyMarkup(await build_main_menu(turn)))
    button_rows = build_question_buttons(turn, page) if turn.asks_question else ()
    if button_rows:
        return replace(reply, markup=ReplyMarkup(button_rows))
    if reply.request_id is not None:
        request = await turn.uow.requests.get(reply.request_id)
        button_rows = await build_request_buttons(
            turn.dependencies, turn.uow, request, turn.actor.identifier, turn.actor.channel
        )
    else:
        button_rows = bill_page_button_rows(
            turn.text_of,
            reply.bill_pages,
            takes_invoices=turn.actor.channel in turn.dependencies.policy.invoice_channels,
            can_merge=reply.can_merge,
        )
    return with_menu_button(turn, replace(reply, markup=ReplyMarkup(button_rows)))


def with_menu_button(turn: TurnContext, reply: RenderedMessage) -> RenderedMessage:
    """Return a reply with the button of the menu behind all others."""
    button_rows = reply.markup.rows if reply.markup else ()
    return replace(reply, markup=ReplyMarkup((*button_rows, *menu_button_rows(turn.text_of))))


def build_question_buttons(turn: TurnContext, page: str | None = None) -> ButtonRows:
    """Return the buttons of the question that the dialogue waits with."""
    return OpenQuestion(
        turn.conversation, turn.dialogue, turn.text_of, turn.dependencies.clock.now(), turn.dependencies.policy, page
    ).build_rows()
