"""One turn of a conversation, and the replies that are worded in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.actions.dependencies import Dependencies
from domain.chats.chat import MESSENGERS
from domain.conversation.dialogue import Conversation
from domain.conversation.frames import Frame
from domain.messages.catalogue import fit_lines
from domain.messages.keyboards import NO_PAGES, BillPages
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import DomainError
from domain.values.languages import join_list
from domain.values.message_parts import count_parts
from domain.values.text import persian_digits

SlotValues = Mapping[str, Any]

MOST_LISTED = 5
"""Own requests shown in one text, at most."""

MOST_COUNTED = 200
"""Own requests that are looked for, to say how many more there are than are shown."""


@dataclass(frozen=True, slots=True)
class CommandReply:
    """A reply to a command, as a text."""

    text: str
    """What is sent."""
    key: str
    """Of the text in the catalogue."""
    part_budget: int
    """Message parts that it may have."""
    request_id: int | None = None
    """The request that it is about; None without one."""
    bill_pages: BillPages = NO_PAGES
    """Where what it tells of is paid, or its receipt is."""
    can_merge: bool = False
    """Whether what it tells of can be merged into one pair of ids."""
    follow_up: Frame | None = None
    """The intent that it offers to do: the citizen's next text says yes or no. None: it offers nothing."""


@dataclass(frozen=True, slots=True)
class TurnContext:
    """One turn of a conversation: the desk, the open unit, who speaks, and the grammar in use."""

    dependencies: Dependencies
    uow: UnitOfWork
    actor: Actor
    conversation: Conversation

    @property
    def line(self) -> str:
        """The line that speaks: its mobile, or the chat itself while that has proved none."""
        mobile_or_chat = self.actor.identifier
        return mobile_or_chat if mobile_or_chat.startswith("+") else f"{self.actor.channel}:{mobile_or_chat}"

    def text_of(self, key: str) -> str:
        """Return a text without placeholders."""
        return self.dependencies.catalogue.text(self.channel_key(key))

    def channel_key(self, key: str) -> str:
        """Return the key of a text as this channel has it: where there are buttons, some are worded for them."""
        chat_key = f"in_chat.{key}"
        return chat_key if self.actor.channel in MESSENGERS and chat_key in self.dependencies.catalogue else key

    def render(self, key: str, **facts: str) -> CommandReply:
        """Render a reply."""
        return self.reply_with(self.dependencies.catalogue.render(self.channel_key(key), facts), key)

    def reply_with(self, text: str, key: str, request: ServiceRequest | None = None) -> CommandReply:
        """Return a reply in these words, which fit the budget of `key`."""
        return CommandReply(
            text, key, self.dependencies.catalogue.part_budget(key), request_id=request.id if request else None
        )

    def render_about(self, request: ServiceRequest, key: str, **facts: Any) -> CommandReply:
        """Render a reply about a request."""
        text_facts = self.dependencies.wording.request_facts(request, facts)
        return self.reply_with(self.dependencies.catalogue.render(self.channel_key(key), text_facts), key, request)

    def render_error(self, error: DomainError) -> CommandReply:
        """Word an error."""
        return self.reply_with(self.dependencies.wording.render_error(error), f"errors.{error.code}")

    def numbered_menu(self, options: Sequence[str], table_key: str) -> str:
        """Return a menu of options that have names in a table of the catalogue."""
        return self.menu_of_names([self.text_of(f"{table_key}.{option}") for option in options])

    def render_list(
        self, key: str, requests: Sequence[ServiceRequest], *, numbered: bool = False
    ) -> tuple[CommandReply, int]:
        """Return a reply of a head and a line a request, the first that fit, and how many those are.

        How many more there are is said, and how to reach them.
        """

        def describe_rest(shown_count: int) -> list[str]:
            rest_count = len(requests) - shown_count
            return [self.render("sms.more", count=persian_digits(rest_count)).text] if rest_count else []

        request_lines = [self.render_about(request, "sms.list_line").text for request in requests[:MOST_LISTED]]
        if numbered:
            request_lines = [f"{persian_digits(number)}) {line}" for number, line in enumerate(request_lines, start=1)]
        text, number = fit_lines(
            self.dependencies.catalogue.part_budget(key), self.text_of(key), request_lines, describe_rest
        )
        return self.reply_with(text, key), number

    def fitting_intents(self, key: str, intents: Sequence[str]) -> list[str]:
        """Return the first of these intents, as many as fit into the menu of the text `key`."""
        offered_intents = list(intents)
        while count_parts(
            self.render(key, menu=self.numbered_menu(offered_intents, "intents")).text
        ) > self.dependencies.catalogue.part_budget(key):
            offered_intents.pop()
        return offered_intents

    def menu_of_names(self, option_names: Sequence[str]) -> str:
        """Return «۱ لودر، ۲ گریدر …»."""
        return join_list(
            f"{persian_digits(str(number))} {option_name}" for number, option_name in enumerate(option_names, start=1)
        )
