"""Markup beside a text, in the messenger's own types: only what the messenger can show."""

from telegram import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from channels.telegram.dialects import Dialect
from domain.messages.keyboards import Button, ReplyMarkup

TelegramMarkup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


def build_markup(markup: ReplyMarkup, dialect: Dialect) -> TelegramMarkup | None:
    """Return the buttons under a text, or the keys in place of the letters; None for neither."""
    if inline_markup := build_inline_markup(markup, dialect):
        return inline_markup
    if markup.contact_label:
        return _build_keyboard(KeyboardButton(markup.contact_label, request_contact=True))
    if markup.location_label:
        return _build_keyboard(KeyboardButton(markup.location_label, request_location=True))
    return ReplyKeyboardRemove() if markup.clears_keyboard else None


def build_inline_markup(markup: ReplyMarkup, dialect: Dialect) -> InlineKeyboardMarkup | None:
    """Return the buttons under a text; None where there are none."""
    shown_rows = [
        [_build_button(button) for button in button_row if dialect.copies_texts or not button.copied_text]
        for button_row in markup.rows
    ]
    inline_rows = [shown_row for shown_row in shown_rows if shown_row]
    return InlineKeyboardMarkup(inline_rows) if inline_rows else None


def _build_keyboard(key: KeyboardButton) -> ReplyKeyboardMarkup:
    return ReplyKeyboardMarkup([[key]], resize_keyboard=True, one_time_keyboard=True)


def _build_button(button: Button) -> InlineKeyboardButton:
    if button.address:
        return InlineKeyboardButton(button.label, url=button.address)
    if button.copied_text:
        return InlineKeyboardButton(button.label, copy_text=CopyTextButton(button.copied_text))
    return InlineKeyboardButton(button.label, callback_data=button.callback_data)
