"""What is shown under a text in a chat: the buttons of the question that waits, of a request, or of the menu."""

from domain.actions.conversations.converse import ConversationReply
from domain.actions.conversations.driver_menu import build_main_menu
from domain.actions.conversations.request_buttons import build_request_buttons
from domain.actions.conversations.turn_context import TurnContext
from domain.conversation.buttons.menus import menu_button_rows
from domain.conversation.buttons.questions import OpenQuestion
from domain.conversation.buttons.requests import bill_page_button_rows
from domain.conversation.command_fields import MENU_INTENT
from domain.conversation.frames import Dialogue
from domain.messages.keyboards import ButtonRows, ReplyMarkup


async def build_markup(turn: TurnContext, reply: ConversationReply, page: str | None = None) -> ReplyMarkup:
    """Return what is shown with a reply, for the state of the dialogue after it.

    A question has its answers, and no other text has them; whatever is said of a request has what can be done with it;
    else the menu is one press away.
    """
    top_frame = reply.dialogue.top
    if reply.intent == "help" and (top_frame is None or top_frame.intent == MENU_INTENT):
        return ReplyMarkup(await build_main_menu(turn))
    button_rows = build_question_buttons(turn, reply.dialogue, page) if reply.asks_question else ()
    if button_rows:
        return ReplyMarkup(button_rows)
    if reply.message.request_id is not None:
        request = await turn.uow.requests.get(reply.message.request_id)
        button_rows = await build_request_buttons(
            turn.dependencies, turn.uow, request, turn.actor.identifier, turn.actor.channel
        )
    else:
        button_rows = bill_page_button_rows(
            turn.text_of,
            reply.message.bill_pages,
            takes_invoices=turn.actor.channel in turn.dependencies.policy.invoice_channels,
            can_merge=reply.message.can_merge,
        )
    return ReplyMarkup((*button_rows, *menu_button_rows(turn.text_of)))


def build_question_buttons(turn: TurnContext, dialogue: Dialogue, page: str | None = None) -> ButtonRows:
    """Return the buttons of the question that a dialogue waits with."""
    return OpenQuestion(
        turn.conversation, dialogue, turn.text_of, turn.dependencies.clock.now(), turn.dependencies.policy, page
    ).build_rows()
