"""What is shown under a text in a chat: the buttons of the question that waits, of a request, or of the menu."""

from domain.actions.conversations.commands import Talk
from domain.actions.conversations.converse import Reply
from domain.actions.conversations.driver_menu import whole_menu
from domain.actions.conversations.request_buttons import about
from domain.conversation.buttons.menus import back_to_menu
from domain.conversation.buttons.questions import Question
from domain.conversation.command_fields import MENU
from domain.conversation.frames import Dialogue
from domain.messages.keyboards import ReplyMarkup, Rows


async def shown_with(talk: Talk, reply: Reply, page: str | None = None) -> ReplyMarkup:
    """Return what is shown with a reply, where the dialogue stands after it.

    A question has its answers, and no other text has them; whatever is said of a request has what can be done with it;
    else the menu is one press away.
    """
    top = reply.dialogue.top
    if reply.intent == "help" and (top is None or top.intent == MENU):
        return ReplyMarkup(await whole_menu(talk))
    rows = question(talk, reply.dialogue, page) if reply.asks else ()
    if rows:
        return ReplyMarkup(rows)
    if reply.said.request_id is not None:
        request = await talk.uow.requests.get(reply.said.request_id)
        rows = await about(talk.desk, talk.uow, request, talk.actor.ident, talk.actor.channel)
    return ReplyMarkup((*rows, *back_to_menu(talk.text)))


def question(talk: Talk, dialogue: Dialogue, page: str | None = None) -> Rows:
    """Return the buttons of the question that a dialogue waits with."""
    return Question(talk.conversation, dialogue, talk.text, talk.desk.clock.now(), talk.desk.policy, page).rows()
