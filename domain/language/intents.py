"""Intents: which words call them, and what they take out of a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.parsing.slots import Slot


@dataclass(frozen=True, slots=True)
class Intent:
    """What one keyword means.

    `words` call the intent for certain; `weak_words` only where an argument is understood too, or nothing else is said;
    `hint_words` never call it: a message that holds one and is not understood gets it offered (`Parsed.suggestions`).
    `slots` are tried in order, `rest` names the slot for what remains. `required` slots are asked for in this order;
    `instead` gives for some of them another slot that does as well. `service` is the service that the words name after
    «راهنما» and «نظر». `alone`: complete without any argument. `strict`: other words than arguments make it unknown.
    `form`: courtesies and «می‌خواهم» standing alone are not free text. `binding`: it ends something or binds somebody,
    so it is done at once only when said plainly (`sentences`). `doubtful_words` call it and never say it plainly.
    `beside` are words of its matter: with one of them a refusal refuses that («لغو ۱۱ دیگه پیام ندین»). `verbatim`: the
    text is an answer, which may be «نه».
    """

    name: str
    words: tuple[str, ...]
    slots: tuple[Slot, ...] = ()
    rest: str | None = None
    required: tuple[str, ...] = ()
    instead: Mapping[str, str] = field(default_factory=dict)
    weak_words: tuple[str, ...] = ()
    hint_words: tuple[str, ...] = ()
    service: str = ""
    alone: bool = False
    strict: bool = False
    form: bool = False
    binding: bool = False
    doubtful_words: tuple[str, ...] = ()
    beside: frozenset[str] = frozenset()
    verbatim: bool = False

    @property
    def asks_fields(self) -> bool:
        """Whether it fills a form of several fields, so that «آدرس: …» names one; elsewhere it is the writer's text."""
        return self.form and bool(self.service)

    @property
    def asked_once(self) -> bool:
        """Whether a command that belongs to no service is asked about once when it was not said plainly."""
        return self.binding or (self.rest is not None and not self.service)
