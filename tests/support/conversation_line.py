"""One citizen's line before the pure conversation: what texts mean, one after another, without a store; and grammars,
learned once a process, as a server does.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from domain.conversation.dialogue.frames import OFFER, Ask, Dialogue, Frame, Perform, Reaction, Unknown
from domain.conversation.dialogue.turns import Conversation
from domain.conversation.reading.command_fields import MENU_INTENT
from domain.conversation.reading.grammar import Grammar
from domain.language.service import Service
from domain.services import SERVICES, collect_intents, list_intents, services_by_key
from domain.services.machinery.declaration import MACHINERY_WORK

TUESDAY = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
CODE = "123456786"
GRAMMAR = Grammar(list_intents())

FORM = ("ماشین", "لودر ۴ ساعت", "فردا", "۸")
"""Texts that fill the form of a machinery request up to the place."""

ITEMS = [{"machine": "loader", "count": 1, "hours": 4}]


class ConversationLine:
    """One citizen's dialogue, kept as JSON between two texts as the store keeps it."""

    def __init__(self) -> None:
        """Begin without a dialogue."""
        self.conversation = Conversation(GRAMMAR, services_by_key((MACHINERY_WORK,)))
        self._stored = Dialogue().as_json()

    @property
    def dialogue(self) -> Dialogue:
        """The dialogue as stored."""
        return Dialogue.from_json(self._stored)

    def says(self, *texts: str) -> Reaction:
        """Read texts one after another; return what the last one came to."""
        step: Reaction = Unknown()
        for text in texts:
            dialogue = self.dialogue
            try:
                step = self.conversation.read_text(dialogue, text, TUESDAY)
            finally:
                self._stored = dialogue.as_json()
        return step

    def is_offered(self, *options: str) -> None:
        """Let the question that stands have a menu, as the use cases give it one of the citizen's own requests."""
        dialogue = self.dialogue
        dialogue.frames[-1].options = list(options)
        self._stored = dialogue.as_json()

    def offers(self, text: str, *intents: str) -> None:
        """Offer these intents for a text that was not understood, as the use cases do."""
        dialogue = self.dialogue
        dialogue.frames.append(Frame(MENU_INTENT, {OFFER: text}, asked=MENU_INTENT, options=[*intents]))
        self._stored = dialogue.as_json()

    def is_asked(self, *texts: str) -> str:
        """Read texts, of which the last must lead to a question; return the field (and its missing part)."""
        step = self.says(*texts)
        assert isinstance(step, Ask), step
        return f"{step.frame.asked}.{step.frame.gap}" if step.frame.gap else str(step.frame.asked)

    def is_refused(self, text: str) -> str:
        """Read a text that must be asked for again; return why."""
        step = self.says(text)
        assert isinstance(step, Ask), step
        assert step.problem is not None
        return str(step.problem)

    def does(self, *texts: str) -> dict[str, object]:
        """Read texts, of which the last must complete something; return what is known then, with its intent."""
        step = self.says(*texts)
        assert isinstance(step, Perform), step
        return {"intent": step.frame.intent, **step.frame.slots}

    @property
    def intents(self) -> list[str]:
        """The intents of the stack, the one asked now last."""
        return [frame.intent for frame in self.dialogue.frames]


def build_grammar(known: Mapping[str, Service]) -> Grammar:
    """Return the grammar of some services; of those that ship it is kept."""
    shipped = {service.key: service for service in SERVICES}
    if all(shipped.get(key) is service for key, service in known.items()):
        return _learn_grammar(tuple(known))
    return Grammar(collect_intents(known))


@cache
def _learn_grammar(keys: tuple[str, ...]) -> Grammar:
    return Grammar(collect_intents({service.key: service for service in SERVICES if service.key in keys}))
