"""Owner of a chat, changed by the person: the number is taken out of it, and another one is proved anew."""

from dataclasses import replace

from domain.actions.conversations.chats.proving import unlink_chat
from domain.actions.conversations.turn_context import TurnContext
from domain.conversation.buttons.answers import ButtonVerb, verb_button
from domain.conversation.buttons.menus import menu_button_rows
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ReplyMarkup, reading_row
from domain.values.errors import NotFound
from domain.values.identifiers import display_mobile
from domain.values.text import persian_digits

LEAVE_STEP, CHANGE_STEP = "leave", "change"
"""Steps on the number of a chat."""


def describe_account(turn: TurnContext) -> RenderedMessage:
    """Return whose chat it is, what follows from leaving, and the buttons for it."""
    buttons = [
        verb_button(turn.text_of(f"chat.buttons.{step}_account"), ButtonVerb.ACCOUNT, step)
        for step in (CHANGE_STEP, LEAVE_STEP)
    ]
    account_rows = (reading_row(buttons), *menu_button_rows(turn.text_of))
    return replace(turn.render("chat.account", mobile=_own_mobile(turn)), markup=ReplyMarkup(account_rows))


async def leave_account(turn: TurnContext, step: str) -> RenderedMessage:
    """Take the number out of the chat, and out of the choice where its notices go; return what becomes of them, with
    the request for a number.
    """
    chat = await turn.uow.chats.find(turn.address.channel, turn.address.recipient)
    if chat is None or chat.mobile is None:
        raise NotFound("mobile")
    turn.dialogue.frames.clear()
    if await turn.uow.chats.find_chosen_channel(chat.mobile) == chat.channel:
        await turn.uow.chats.save_chosen_channel(chat.mobile, None, turn.dependencies.clock.now())
    await unlink_chat(turn, chat)
    label = turn.text_of("chat.share")
    text_key = "chat.account_changing" if step == CHANGE_STEP else "chat.account_left"
    farewell = turn.render(text_key, mobile=_own_mobile(turn), label=label)
    return replace(farewell, markup=ReplyMarkup(contact_label=label))


def _own_mobile(turn: TurnContext) -> str:
    return persian_digits(display_mobile(turn.actor.identifier))
