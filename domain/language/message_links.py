"""Kinds of links and buttons that a message may ask for, and what each is filled from (`actions/links/fillers.py`)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from domain.messages.catalogue import RenderedMessage
from domain.requests.request import ServiceRequest


class LinkKind(StrEnum):
    """Kind of a link, or of the buttons, in a message."""

    BILL = "bill"
    """Page of the bill among the facts: to pay it, or its receipt."""
    ANSWER = "answer"
    """Page on which the recipient answers what the request asks him."""
    BUTTONS = "buttons"
    """Buttons in a chat: what can be done with the request now, else the page of the bill."""


@dataclass(frozen=True, slots=True)
class LinkSubject:
    """Matter and recipient of a message that links are put into."""

    request: ServiceRequest | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    mobile: str = ""
    """Recipient (+989…); empty where the text is the direct reply."""
    channel: str = ""
    """Messenger of the chat that gets it; empty while that is open."""
    notice_name: str = ""
    """Name of the notice, where the message is one."""


LinkFiller = Callable[[Any, RenderedMessage, LinkSubject], Awaitable[RenderedMessage]]
"""Returns a message with its links of one kind, where there is one and room for it; the first argument is the action's
context.
"""
