"""One turn of a conversation, and the replies that are worded in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.actions.context import ActionContext, ActorContext
from domain.actions.conversations.late_questions import LateQuestion, dialogue_lifetime, read_dialogue
from domain.actions.messages.notify import Address
from domain.chats.chat import MESSENGERS, SentFile
from domain.conversation.buttons.pages import REQUESTS_A_PAGE, find_page
from domain.conversation.dialogue.frames import Dialogue, Frame, Reaction
from domain.conversation.dialogue.turns import Conversation
from domain.conversation.reading.command_fields import CODE_FIELD
from domain.engine.engine import StepOutcome
from domain.language.column_words import describe_request
from domain.language.wording import menu_of_names
from domain.messages.catalogue import CHAT_PREFIX, RenderedMessage, fit_lines
from domain.messages.ports import StoredDialogue
from domain.messages.records import MessageClass
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor, Role
from domain.values.errors import DomainError, NotFound
from domain.values.message_parts import count_parts
from domain.values.text import persian_digits

SlotValues = Mapping[str, Any]

MOST_LISTED = 5
"""Own requests shown in one text, at most."""

MOST_COUNTED = 200
"""Own requests that are looked for, to say how many more there are than are shown."""


@dataclass(slots=True)
class TurnContext(ActorContext):
    """One turn of a conversation: the speaker is its actor, with the dialogue and what the turn comes to."""

    address: Address
    """Address of the replies."""
    conversation: Conversation
    """The grammar and the services of this channel."""
    dialogue: Dialogue
    """Dialogue with its questions, changed by the turn."""
    sent_at: datetime
    """Time of sending, from which its «فردا» is counted; a text that is fetched may be of the day before."""
    had_dialogue: bool = False
    """Whether something was asked when the turn began."""
    has_expired: bool = False
    """Whether something was asked before that, whose time is over."""
    late_question: LateQuestion | None = None
    """The question of an earlier dialogue, whose time has just run out."""
    last_sent_text: str = ""
    """The text that was sent to this line last; empty: none."""
    text: str = ""
    """Text of the message."""
    given_files: Sequence[SentFile] = ()
    """Files that waited for the button which was pressed, or over what is written."""
    intent: str = ""
    """Intent understood."""
    asks_question: bool = False
    """Whether the reply ends with the question that the dialogue waits with."""
    left_open: str = ""
    """Words for what the unit settles of the form that was just sent; empty: nothing."""
    has_acted: bool = False
    """Whether something was done: its reply is no repetition, whatever its words."""
    wished_page: str | None = None
    """Page of the shown list that a button leafed to; None: the first."""

    @property
    def line(self) -> str:
        """The line that speaks: its mobile, or the chat itself while that has proved none."""
        mobile_or_chat = self.actor.identifier
        return mobile_or_chat if mobile_or_chat.startswith("+") else f"{self.actor.channel}:{mobile_or_chat}"

    def text_of(self, key: str) -> str:
        """Return a text that needs no facts."""
        return self.dependencies.catalogue.render(self.channel_key(key), {})

    def channel_key(self, key: str) -> str:
        """Return the key of a text as this channel has it: where there are buttons, some are worded for them."""
        chat_key = f"{CHAT_PREFIX}{key}"
        return chat_key if self.actor.channel in MESSENGERS and chat_key in self.dependencies.catalogue else key

    def shows_numbers(self, key: str) -> bool:
        """Return whether a text shows a menu by numbers in this channel: where there are buttons it may do without."""
        return "menu" in self.dependencies.catalogue.list_fact_names(self.channel_key(key))

    def render(self, key: str, **facts: str) -> RenderedMessage:
        """Render a reply."""
        return self.reply_with(self.dependencies.catalogue.render(self.channel_key(key), facts), key)

    def reply_with(self, text: str, key: str, request: ServiceRequest | None = None) -> RenderedMessage:
        """Return a reply in these words, which fit the budget of `key`."""
        part_budget = self.dependencies.catalogue.part_budget(key)
        return RenderedMessage(key, MessageClass.REPLY, text, part_budget, request.id if request else None)

    def render_about(self, request: ServiceRequest, key: str, **facts: Any) -> RenderedMessage:
        """Render a reply about a request."""
        reply = self.dependencies.wording.render_about(request, self.channel_key(key), facts, for_chats=False)
        return replace(reply, key=key, cls=MessageClass.REPLY, part_budget=self.dependencies.catalogue.part_budget(key))

    def render_error(self, error: DomainError) -> RenderedMessage:
        """Return the reply that states an error."""
        return replace(self.dependencies.wording.render_error_message(error), text=self.word_error(error))

    def word_error(self, error: DomainError) -> str:
        """Word an error; who names a code by which nothing is theirs to know is told that it is of no request."""
        if isinstance(error, NotFound) and error.field == CODE_FIELD.name and error.reason is None:
            return self.text_of("sms.no_such_request")
        text_key, facts = self.dependencies.wording.find_error_text(error)
        return self.dependencies.catalogue.render(self.channel_key(text_key), facts)

    def numbered_menu(self, options: Sequence[str], table_key: str) -> str:
        """Return a menu of options that have names in a table of the catalogue."""
        return menu_of_names([self.text_of(f"{table_key}.{option}") for option in options])

    def render_list(
        self, key: str, requests: Sequence[ServiceRequest], *, numbered: bool = False
    ) -> tuple[RenderedMessage, int]:
        """Return a reply of a head and a line a request, the first that fit, and how many those are.

        How many more there are is said, and how to reach them. In a chat it is a page of them, and buttons lead to all.
        """
        if self.actor.channel in MESSENGERS:
            return self._render_page(key, requests, numbered=numbered), len(requests)

        def describe_rest(shown_count: int) -> list[str]:
            rest_count = len(requests) - shown_count
            return [self.render("sms.more", count=persian_digits(rest_count)).text] if rest_count else []

        request_lines = [
            self._render_line(request, number if numbered else None)
            for number, request in enumerate(requests[:MOST_LISTED], start=1)
        ]
        text, number = fit_lines(
            self.dependencies.catalogue.part_budget(key), self.text_of(key), request_lines, describe_rest
        )
        return self.reply_with(text, key), number

    def _render_page(self, key: str, requests: Sequence[ServiceRequest], *, numbered: bool) -> RenderedMessage:
        """Return a reply of a head and a line for each request of the page that was leafed to."""
        page = find_page(len(requests), REQUESTS_A_PAGE, self.wished_page)
        lines = [self.text_of(key)]
        for number, request in list(enumerate(requests, start=1))[page.start : page.end]:
            lines.append(self._render_line(request, number if numbered else None))
        if page.page_count > 1:
            numbers = {"page": persian_digits(page.number), "pages": persian_digits(page.page_count)}
            lines.append(self.render("chat.page", **numbers).text)
        return self.reply_with("\n".join(lines), key)

    def _render_line(self, request: ServiceRequest, number: int | None) -> str:
        """Return one line of a list: what a request is for, and how it stands; to be chosen, behind its number."""
        work = describe_request(self.dependencies.wording, request)
        if number is None:
            return self.render_about(request, "sms.list_line", work=work).text
        return f"{persian_digits(number)}) {self.render_about(request, 'sms.which_line', work=work).text}"

    def fitting_intents(self, key: str, intents: Sequence[str]) -> list[str]:
        """Return the first of these intents, as many as fit into the menu of the text `key`."""
        offered_intents = list(intents)
        while count_parts(
            self.render(key, menu=self.numbered_menu(offered_intents, "intents")).text
        ) > self.dependencies.catalogue.part_budget(key):
            offered_intents.pop()
        return offered_intents


@dataclass(frozen=True, slots=True)
class Wrong:
    """A value of a frame that turns out wrong, or needed after all, when it is to be done: it is asked again."""

    frame: Frame
    problem: DomainError


Outcome = Reaction | Wrong | StepOutcome | RenderedMessage
"""The next step of an answer (what a step of a request has changed is announced), or the answer itself."""


def open_turn(
    context: ActionContext,
    address: Address,
    stored_dialogue: StoredDialogue | None = None,
    *,
    sent_at: datetime | None = None,
    last_sent_text: str = "",
) -> TurnContext:
    """Return a turn of the conversation on a line, whose dialogue is as `uow.dialogues.load` gives it; what is said in
    it is of now, where no other moment is given.
    """
    mobile = address.mobile or address.recipient
    actor = Actor(frozenset({Role.CITIZEN}), "citizen", mobile, address.channel)
    conversation = context.dependencies.conversation_in(address.channel)
    dialogue, late_question = read_dialogue(context.dependencies, stored_dialogue)
    had_dialogue = not dialogue.is_empty
    has_expired = stored_dialogue is not None and bool(stored_dialogue[0].get("frames")) and not had_dialogue
    return TurnContext(
        context.dependencies,
        context.uow,
        actor,
        address,
        conversation,
        dialogue,
        sent_at or context.dependencies.clock.now(),
        had_dialogue=had_dialogue,
        has_expired=has_expired,
        late_question=late_question,
        last_sent_text=last_sent_text,
    )


async def store_dialogue(turn: TurnContext) -> None:
    """Keep the dialogue for the next text, in the place of what there was."""
    address, dialogues = turn.address, turn.uow.dialogues
    if not turn.dialogue.is_empty:
        expires_at = turn.dependencies.clock.now() + dialogue_lifetime(turn.dependencies)
        await dialogues.save(address.channel, address.recipient, turn.dialogue.as_json(), expires_at)
    elif turn.had_dialogue:
        await dialogues.delete(address.channel, address.recipient)
