"""Language of a citizen: the one chosen for the line, in whatever channel; else the first that is offered.

A line is a mobile (+989…); a chat that has proved none is one of its own until it does.
"""

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.chats.chat import MESSENGERS, Chat
from domain.repositories import LineRepositories
from domain.values.errors import UnknownKind
from domain.values.languages import Language
from domain.values.reasons import UnknownKindReason
from domain.values.text import tidy_text

LONGEST_TAG = 30
"""Characters of what was named as a language that an error quotes."""


def require_offered_language(dependencies: Dependencies, tag: str) -> Language:
    """Return the offered language with that tag; `UnknownKind("language")`."""
    offered = next((language for language in dependencies.catalogue.languages if language.tag == tag), None)
    if offered is None:
        raise UnknownKind("language", UnknownKindReason.CHOICE, given=tidy_text(tag)[:LONGEST_TAG])
    return offered


async def find_line_language(context: ActionContext[LineRepositories], line: str) -> Language:
    """Return the language in which a line is written to; where one alone is offered nothing is looked up."""
    catalogue = context.dependencies.catalogue
    if not catalogue.is_multilingual:
        return catalogue.languages[0]
    return catalogue.find_language(await context.uow.lines.find_language(line))


async def find_address_language(context: ActionContext[LineRepositories], channel: str, recipient: str) -> Language:
    """Return the language in which a phone or chat is answered."""
    if not context.dependencies.catalogue.is_multilingual:
        return context.dependencies.catalogue.languages[0]
    if channel not in MESSENGERS:
        return await find_line_language(context, recipient)
    chat = await context.uow.chats.find(channel, recipient)
    return await find_line_language(context, name_chat_line(chat) if chat else f"{channel}:{recipient}")


async def save_line_language(context: ActionContext[LineRepositories], line: str, language: Language) -> None:
    """Write to a line in this language from now on."""
    await context.uow.lines.save_language(line, language.tag, context.dependencies.clock.now())


def name_chat_line(chat: Chat) -> str:
    """Return the line of a chat: its mobile, or the chat itself while it has proved none."""
    return chat.mobile or f"{chat.channel}:{chat.chat_id}"
