"""Intents: which words call them, and what they take out of a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.parsing.slots import SlotReader


@dataclass(frozen=True, slots=True)
class Intent:
    """What one keyword means.

    `words` call the intent for certain; `weak_words` only where an argument is understood too, or nothing else is said;
    `hint_words` never call it: a message that holds one and is not understood gets it offered
    (`ParsedMessage.suggested_intents`). `slot_readers` are tried in order, `rest_slot` names the slot for what remains.
    `required_slots` are asked for in this order; `alternatives` gives for some of them another slot that does as
    well. `service_key` is the service that the words name after «راهنما» and «نظر». `is_complete`: complete without any
    argument. `is_strict`: other words than arguments make it unknown. `is_form`: courtesies and «می‌خواهم» standing
    alone are not free text. `is_binding`: it ends something or binds somebody, so it is done at once only when said
    plainly (`sentences`). `doubtful_words` call it and never say it plainly. `matter_words` are words of its matter:
    with one of them a refusal refuses that («لغو ۱۱ دیگه پیام ندین»). `is_verbatim`: the text is an answer, which may
    be «نه».
    """

    name: str
    words: tuple[str, ...]
    slot_readers: tuple[SlotReader, ...] = ()
    rest_slot: str | None = None
    required_slots: tuple[str, ...] = ()
    alternatives: Mapping[str, str] = field(default_factory=dict)
    weak_words: tuple[str, ...] = ()
    hint_words: tuple[str, ...] = ()
    service_key: str = ""
    is_complete: bool = False
    is_strict: bool = False
    is_form: bool = False
    is_binding: bool = False
    doubtful_words: tuple[str, ...] = ()
    matter_words: frozenset[str] = frozenset()
    is_verbatim: bool = False

    @property
    def asks_fields(self) -> bool:
        """Whether it fills a form of several fields, so that «آدرس: …» names one; elsewhere it is the writer's text."""
        return self.is_form and bool(self.service_key)

    @property
    def is_asked_once(self) -> bool:
        """Whether a command that belongs to no service is asked about once when it was not said plainly."""
        return self.is_binding or (self.rest_slot is not None and not self.service_key)
