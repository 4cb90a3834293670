"""Carrier that sends: a text that comes unasked names the municipality, for a demand without a name is how fraud
looks."""

from dataclasses import replace

from domain.messages.catalogue import Catalogue, RenderedMessage
from domain.values.message_parts import count_parts

SENDER_KEY = "print.municipality"
"""The name that is on papers, too."""


def word_with_sender(catalogue: Catalogue, text: str) -> str:
    """Return a text with the municipality's name on a line before it, where its own words do not name it."""
    sender = catalogue.text(SENDER_KEY)
    return text if sender in text else f"{sender}\n{text}"


def name_sender(catalogue: Catalogue, message: RenderedMessage) -> RenderedMessage:
    """Return a message as a text that names the municipality; a chat is the municipality's own by its name."""
    named_text = word_with_sender(catalogue, message.text)
    needs_chat_text = named_text != message.text and not message.chat_text
    return replace(message, text=named_text, chat_text=message.text if needs_chat_text else message.chat_text)


def join_if_named_fits(catalogue: Catalogue, message: RenderedMessage, ending: str) -> str:
    """Return the text of a message with an ending, where both and the municipality's name fit the budget."""
    longer_text = f"{message.text}{ending}"
    return longer_text if count_parts(word_with_sender(catalogue, longer_text)) <= message.part_budget else message.text
