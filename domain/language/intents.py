"""Intents: which words call them, and what they take out of a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

from domain.parsing.slots import SlotReader


def combine_words(first_words: tuple[str, ...], second_words: tuple[str, ...]) -> tuple[str, ...]:
    """Return every phrase of one of the first words and one of the second."""
    return tuple(" ".join(pair) for pair in product(first_words, second_words))


@dataclass(frozen=True, slots=True)
class Topic:
    """Topic that people name after «راهنما» and «نظر»: a service, or what several services share («تاکسی»)."""

    key: str
    """Under `sms.about` is what it answers, under `choices.service` its name; comments are kept by it."""
    keywords: tuple[str, ...] = ()
    """Names besides the keywords of its intents; a comment may begin with one."""


@dataclass(frozen=True, slots=True)
class Intent:
    """Meaning of one keyword."""

    name: str
    """Its key; that of a service's form or look-up, or of a command."""
    certain_words: tuple[str, ...]
    """Words that call it for certain."""
    slot_readers: tuple[SlotReader, ...] = ()
    """Readers that take its arguments out of a message, tried in this order."""
    rest_slot: str | None = None
    """The slot for the text that remains; None: it keeps none."""
    required_slots: tuple[str, ...] = ()
    """Slots that must be said, asked for in this order."""
    alternatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For some required slots other slots that do as well."""
    weak_words: tuple[str, ...] = ()
    """Words that call it only where an argument is understood too, or nothing else is said."""
    hint_words: tuple[str, ...] = ()
    """Words that never call it: a message with one that is not understood gets it offered (`suggested_intents`)."""
    topic: Topic | None = None
    """Topic that the words name after «راهنما» and «نظر»; None for a command, which belongs to no service."""
    is_complete: bool = False
    """Whether it is complete without any argument."""
    is_strict: bool = False
    """Whether other words than arguments make it unknown."""
    is_form: bool = False
    """Whether courtesies and «می‌خواهم» alone are left out of its free text."""
    is_for_drivers: bool = False
    """Whether it is about the asker's own taxi: the menu of drivers and owners in chats offers it, and a text that only
    makes its form likely begins it only from their lines."""
    shows_requests: bool = False
    """Whether it shows the asker's own requests."""
    is_binding: bool = False
    """Whether it ends something or binds somebody: done at once only when said plainly (`sentences`)."""
    doubtful_words: tuple[str, ...] = ()
    """Words that call it and never say it plainly."""
    beside_code_words: tuple[str, ...] = ()
    """Words that call it wherever they are in a message that holds a code («… چقدر باید بدم»)."""
    matter_words: frozenset[str] = frozenset()
    """Words of its matter: with one of them a refusal refuses that («لغو ۱۱ دیگه پیام ندین»)."""
    is_verbatim: bool = False
    """Whether the text is an answer, which may be «نه»."""
    price_readers: Mapping[str, SlotReader] = field(default_factory=dict)
    """By its slot what takes the subject of a price out of the words behind «تعرفه»."""
    field_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of the fields of the form that it fills, when people change one («آدرس را عوض کن»)."""
    counted_slot: str | None = None
    """The slot of a number right before a keyword: «۳ بنر» calls it as «بنر» does. None: a number comes before none."""
    is_called_anywhere: bool = False
    """Whether its words call it wherever they are in a message with its argument, unless that message is a text of the
    writer's own or ends something.
    """
    is_called_in_sentence: bool = False
    """Whether its certain words, whole phrases, call it wherever they are, whatever else is said; not in a text of the
    writer's own for another, nor in what ends something.
    """
    describes_thing: bool = False
    """Whether its text describes a thing: what is not there, or not known, is a fact of it («مرز زمین روشن نیست»)."""
    asks_for_person: bool = False
    """Whether its form is the wish to talk to a person, which is offered to who gets stuck in another one."""
    helps_in: frozenset[str] = frozenset()
    """The emergencies in which its form is offered beside what to dial (`sms.emergency`)."""
    empty_words: frozenset[str] = frozenset()
    """Words of asking for it: a part of its text that is made of nothing else says nothing («با یک نفر»)."""
    refusing_words: tuple[str, ...] = ()
    """Words that refuse it wherever they are said («تماس نگیرید»)."""

    @property
    def asks_fields(self) -> bool:
        """Whether it fills a form of several fields, so that «آدرس: …» names one; elsewhere it is the writer's text."""
        return self.is_form and self.topic is not None

    @property
    def only_asks(self) -> bool:
        """Whether it only asks something: it ends, begins and sends nothing."""
        return not (self.is_binding or self.rest_slot or (self.is_strict and not self.shows_requests))

    @property
    def begins_form(self) -> bool:
        """Whether it begins a form, or sends a text of the writer's own."""
        has_text = self.rest_slot is not None
        return (self.topic is not None and has_text) or (
            bool(self.required_slots) and (self.topic is not None or has_text)
        )

    @property
    def keeps_own_words(self) -> bool:
        """Whether it stores a text of the writer's own about something, which is no answer and no place."""
        return self.rest_slot not in {None, "place"} and not (self.is_verbatim or self.is_binding)

    @property
    def is_asked_once(self) -> bool:
        """Whether a command that belongs to no service is asked about once when it was not said plainly."""
        return self.is_binding or (self.rest_slot is not None and self.topic is None)


@dataclass(frozen=True, slots=True)
class Keyword:
    """Words that start this service in a conversation, with the form fields they already answer."""

    intent: Intent
    preset_values: Mapping[str, str] = field(default_factory=dict)
