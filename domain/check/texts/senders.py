"""Texts that come unasked, found by the declarations and by their classes: with the sender they fit too."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from domain.check.flaws import Flaw
from domain.language.service import STAFF_AUDIENCES, Notice, Reminder, Service
from domain.messages.catalogue import Catalogue
from domain.messages.records import MessageClass
from domain.messages.senders import word_with_sender
from domain.messages.translations import LATIN_TAG
from domain.values.languages import language_in_force
from domain.values.message_parts import count_parts

_SHARED_PREFIXES = ("sms.", "registries.")
_CLASSES_OF_ANSWERS = frozenset({None, MessageClass.REPLY, MessageClass.SECURITY})
_CLASSED_BY_SENDERS = ("sms.comment_answered", "sms.reopened", "sms.status")
"""Texts whose class whoever sends them says."""


def list_unasked_texts(service: Service, catalogue: Catalogue) -> list[str]:
    """Return the keys of a service's texts that come to a citizen, an owner or a driver who did not write just now."""
    messages: list[Notice | Reminder] = [*service.submit_notices]
    messages += (notice for step in service.transitions for notice in step.notices)
    messages += (reminder for state in service.states for reminder in state.reminders)
    text_names = {message.text_name for message in messages if message.audience not in STAFF_AUDIENCES}
    prefix = f"services.{service.key}"
    own_keys = [f"{prefix}.notices.{name}" for name in sorted(text_names)]
    statuses = [key for part in ("status", "pending") for key in catalogue.list_keys(f"{prefix}.{part}.")]
    return [key for key in (*own_keys, *statuses) if key in catalogue]


def list_unasked_shared_texts(catalogue: Catalogue) -> list[str]:
    """Return the keys of the texts of no service that come unasked: those of a class that is no answer's."""
    shared_keys = [key for prefix in _SHARED_PREFIXES for key in catalogue.list_keys(prefix)]
    unasked = [key for key in shared_keys if catalogue.find_class(key) not in _CLASSES_OF_ANSWERS]
    return [*unasked, *(key for key in _CLASSED_BY_SENDERS if key in catalogue)]


def sender_flaws(owner: str, catalogue: Catalogue, keys: Iterable[str]) -> Iterator[Flaw]:
    """Find texts that do not fit their budget once the municipality is named before them; in Latin letters none comes
    unasked.
    """
    for key in keys if language_in_force().tag != LATIN_TAG else ():
        with suppress(KeyError):  # a placeholder without a bound is a flaw of its own
            longest_text, budget = catalogue.render_longest(key), catalogue.part_budget(key)
            needed_parts = count_parts(word_with_sender(catalogue, longest_text))
            if count_parts(longest_text) <= budget < needed_parts:  # what is too long by itself is a flaw of its own
                yield Flaw("over_budget", owner, f"{key} needs {needed_parts} parts with its sender, may have {budget}")
