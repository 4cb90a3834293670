"""Dependencies of all actions: the engine, words and grammar, put together once by `app/wiring.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.conversation.dialogue.turns import Conversation
from domain.conversation.reading.grammar import Grammar
from domain.engine.engine import Engine
from domain.language.message_links import LinkFiller, LinkKind
from domain.language.service import Service
from domain.language.wording import Wording
from domain.messages.catalogue import Catalogue
from domain.requests.file_ports import FileCleaner, MalwareScanner
from domain.settings.contact import Contact
from domain.settings.policy import Policy
from domain.settlement.layouts import SettlementLayout, load_shipped_layouts
from domain.unit_of_work import Clock, IdGenerator
from domain.values.calendar import WorkingCalendar


@dataclass(slots=True)
class Dependencies:
    """Dependencies of all actions: the same services under one policy, clock and source of chance.

    An engine never changes under a step: a step that began runs by the rules that it began with.
    """

    engine: Engine
    """The engine in force; `apply_settings` puts another one here when the staff changed something."""
    wording: Wording
    """Words for values, over the texts in force."""
    grammar: Grammar
    """Understands what citizens write."""
    file_cleaner: FileCleaner
    """Opens files before they are stored, and takes out of them what nobody should see."""
    link_fillers: Mapping[LinkKind, LinkFiller] = field(repr=False)
    """Table of what puts links and buttons into messages (`actions/links/fillers.py`)."""
    settlement_layouts: Mapping[str, SettlementLayout] = field(default_factory=load_shipped_layouts, repr=False)
    """Layouts of settlement files, by the name of the layout."""
    card_refund_gateways: frozenset[str] = frozenset()
    """The bank gateways in use that send money of settled sales back to the paying card, in parts."""
    malware_scanner: MalwareScanner | None = field(default=None, repr=False)
    """Malware scanner for files before they are stored; None where none is configured."""
    contact: Contact = field(default_factory=Contact, repr=False)
    """Contact for citizens; channels add their own ways."""
    clock: Clock = field(init=False, repr=False)
    """The source of time."""
    ids: IdGenerator = field(init=False, repr=False)
    """The source of chance."""
    services: Mapping[str, Service] = field(init=False, repr=False)
    """The municipal services by key."""
    _conversations: dict[str, Conversation] = field(init=False, repr=False, default_factory=dict)
    configured: Engine = field(init=False, repr=False)
    """The engine as the configuration made it, over which changed settings lie."""
    settings_version: int | None = field(init=False, default=None)
    """Number of the last changed setting that is known here; None: nobody looked yet."""
    settings_changed_at: Mapping[str, datetime] = field(init=False, repr=False, default_factory=dict)
    """Time of the last change of each setting that the staff ever changed, by its name."""

    def __post_init__(self) -> None:
        """Take what stays the same whatever the staff change, and remember the configured values."""
        self.clock, self.ids, self.services = self.engine.clock, self.engine.ids, self.engine.services
        self.configured = self.engine
        self.wording = replace(self.wording, clock=self.clock)

    def apply_settings(
        self,
        settings_version: int,
        policy: Policy,
        calendar: WorkingCalendar,
        text_overrides: Mapping[str, str | Sequence[str]],
    ) -> None:
        """Put these rules and texts (by key) into force, from the next step on."""
        self.engine = replace(self.engine, policy=policy, calendar=calendar)
        self.catalogue.apply_overrides(text_overrides)
        self.settings_version = settings_version

    def conversation_in(self, channel: str) -> Conversation:
        """Return what reads the texts of a channel, made with the first of them."""
        conversation = self._conversations.get(channel)
        if conversation is None or conversation.grammar is not self.grammar:
            conversation = self._conversations[channel] = Conversation(self.grammar, self.services, channel)
        return conversation

    @property
    def catalogue(self) -> Catalogue:
        """The texts."""
        return self.wording.catalogue

    @property
    def policy(self) -> Policy:
        """The municipality's rules."""
        return self.engine.policy

    @property
    def calendar(self) -> WorkingCalendar:
        """Working time and quiet hours."""
        return self.engine.calendar
