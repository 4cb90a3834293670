"""Choosing a language in a conversation: by text («زبان» offers them by number, «زبان ۲» takes one) or by a button."""

from collections.abc import Iterable
from dataclasses import replace

from domain.actions.context import ActionContext
from domain.actions.conversations.turn_context import SlotValues, TurnContext
from domain.actions.dependencies import Dependencies
from domain.actions.line_languages import require_offered_language, save_line_language
from domain.conversation.buttons.menus import build_language_rows, menu_button_rows
from domain.conversation.reading.bot_commands import read_slash_command
from domain.language.wording import menu_of_names
from domain.messages.catalogue import JOINED_PART_BUDGET, RenderedMessage, join_fitting
from domain.messages.keyboards import ReplyMarkup
from domain.parsing.answers import read_number
from domain.parsing.topics import find_written_language
from domain.values.errors import InvalidField
from domain.values.languages import PERSIAN, Language, in_language, language_in_force
from domain.values.text import fold_text, has_latin_letters_alone


async def choose_language(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Take the language that is named, or say which there are; the answer is in the language that is chosen then."""
    chosen = _find_named(turn.dependencies.catalogue.languages, str(slots.get("language", "")))
    return await _take_language(turn, chosen) if chosen else offer_languages(turn)


async def choose_language_by_button(turn: TurnContext, tag: str) -> RenderedMessage:
    """Take the language of a pressed button, or show one for each; `UnknownKind("language")`."""
    offered = turn.dependencies.catalogue.languages
    if not tag:
        language_rows = build_language_rows(offered, language_in_force())
        return replace(turn.render("chat.languages"), markup=ReplyMarkup(language_rows))
    chosen = require_offered_language(turn.dependencies, tag)
    reply = await _take_language(turn, chosen)
    with in_language(chosen):
        return replace(reply, markup=ReplyMarkup(menu_button_rows(turn.text_of)))


def offer_languages(turn: TurnContext) -> RenderedMessage:
    """Say which languages there are, each by its number."""
    offered = turn.dependencies.catalogue.languages
    return turn.render("sms.languages", languages=menu_of_names([language.title for language in offered]))


async def adopt_written_language(context: ActionContext, line: str, text: str) -> Language | None:
    """Take the language that a text is written in for a line that has chosen none; None where nothing is taken."""
    is_written = context.dependencies.catalogue.is_multilingual and not read_slash_command(text)
    tag = find_written_language(text) if is_written else None
    language = next((one for one in context.dependencies.catalogue.languages if one.tag == tag), None)
    if language is None or await context.uow.lines.find_language(line):
        return None
    await save_line_language(context, line, language)
    return language


async def choose_answer_letters(turn: TurnContext, text: str) -> Language:
    """Return the language that a text is answered in: that in force, but Persian in Latin letters for Persian that is
    written so, unless the line has chosen a language; what has no letters, or is a command with its slash, goes on
    as the dialogue was.
    """
    catalogue = turn.dependencies.catalogue
    latin, has_chosen = catalogue.latin, catalogue.is_multilingual and await turn.uow.lines.find_language(turn.line)
    if latin is None or has_chosen or language_in_force() != PERSIAN:
        return language_in_force()
    if any(sign.isalpha() for sign in text) and not read_slash_command(text):
        turn.dialogue.is_latin = has_latin_letters_alone(text)
    return latin.language if turn.dialogue.is_latin else PERSIAN


def announce_language(dependencies: Dependencies, reply: RenderedMessage) -> RenderedMessage:
    """Add to a reply, where it has the place, in which language the line is answered from now on."""
    notice = dependencies.catalogue.text("sms.language_adopted")
    part_budget = max(reply.part_budget, JOINED_PART_BUDGET)
    return replace(reply, text=join_fitting(part_budget, f"{reply.text}\n{notice}", reply.text))


async def _take_language(turn: TurnContext, language: Language) -> RenderedMessage:
    await save_line_language(turn, turn.line, language)
    with in_language(language):
        return turn.render("sms.language_set")


def _find_named(languages: Iterable[Language], name: str) -> Language | None:
    """Return the language that somebody named by number, tag or what it calls itself; None where it is none of them."""
    offered, folded_name = list(languages), fold_text(name)
    try:
        number = read_number(name)
    except InvalidField:
        return next((one for one in offered if folded_name in {fold_text(one.tag), fold_text(one.title)}), None)
    return offered[number - 1] if 1 <= number <= len(offered) else None
