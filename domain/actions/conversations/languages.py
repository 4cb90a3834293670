"""Choosing a language in a conversation: by text («زبان» offers them by number, «زبان ۲» takes one) or by a button."""

from collections.abc import Iterable
from dataclasses import replace

from domain.actions.citizens.languages import require_offered_language, save_line_language
from domain.actions.conversations.turn_context import SlotValues, TurnContext
from domain.conversation.buttons.menus import build_language_rows, menu_button_rows
from domain.language.wording import menu_of_names
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ReplyMarkup
from domain.parsing.answers import read_number
from domain.values.errors import InvalidField
from domain.values.languages import Language, in_language, language_in_force
from domain.values.text import fold_text


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


async def _take_language(turn: TurnContext, language: Language) -> RenderedMessage:
    await save_line_language(turn.dependencies, turn.uow, turn.line, language)
    with in_language(language):
        return turn.render("sms.language_set")


def _find_named(languages: Iterable[Language], name: str) -> Language | None:
    """Return the language that somebody named by number, tag or what it calls itself; None where it is none of them."""
    offered, folded_name = list(languages), fold_text(name)
    try:
        number = read_number(name)
    except InvalidField:
        return next((one for one in offered if folded_name in {one.tag, fold_text(one.title)}), None)
    return offered[number - 1] if 1 <= number <= len(offered) else None
