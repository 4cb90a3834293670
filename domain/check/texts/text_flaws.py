"""The texts: every one that may be asked for is there, and every one that travels by SMS fits its part budget.

What a service's declaration calls for follows from the declaration; what the code asks for by name is in
`code_texts.py`.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress

from domain.blocks.papers_pending import NO_PAPER
from domain.check.declared.kept_values import kept_by
from domain.check.declared.prices import price_texts
from domain.check.flaws import NO_SERVICE, Flaw
from domain.check.form_sections import section_texts
from domain.check.printouts import printout_texts
from domain.check.texts.code_texts import required_keys
from domain.check.texts.reason_texts import reason_flaws
from domain.conversation.reading.vocabulary import OPT_OUT_ENDING
from domain.fields.form import Field
from domain.fields.types import Text
from domain.language.awaited import list_asking_notices
from domain.language.lookups import Lookup, PriceLookup
from domain.language.service import STAFF_AUDIENCES, Notice, Reminder, Service
from domain.language.wording import ASKING_FACTS, LEFT_TO_RIGHT
from domain.messages.catalogue import CHAT_PREFIX, Catalogue
from domain.messages.records import MessageClass
from domain.messages.senders import word_with_sender
from domain.messages.templates import list_placeholders
from domain.messages.translations import LATIN_TAG
from domain.values.languages import language_in_force
from domain.values.message_parts import count_parts
from domain.values.page_tokens import LINK_LENGTH, LONGEST_SITE_ADDRESS
from domain.values.reasons import SHARED_REASONS
from domain.values.text import count_code_units

_SHARED_PREFIXES = ("sms.", "registries.")
_CLASSES_OF_ANSWERS = frozenset({None, MessageClass.REPLY, MessageClass.SECURITY})
_CLASSED_BY_SENDERS = ("sms.comment_answered", "sms.reopened", "sms.status")
"""Texts whose class whoever sends them says."""

SHARED_TEXTS = ("sms.", "ask.", "staff.", "errors.")
"""Text tables of no service whose texts travel by SMS by themselves."""

LONGEST_CHAT_TEXT = 1000
"""UTF-16 units of one text in a chat: two of them joined, each sign escaped for Bale, are below what a message may have
(4096).
"""

LONGEST_BUTTON_LABEL = 40

LONGEST_CHAT_TEXTS = {
    "chat.": LONGEST_CHAT_TEXT,
    CHAT_PREFIX: LONGEST_CHAT_TEXT,
    "chat.buttons.": LONGEST_BUTTON_LABEL,
    "chat.channels.": LONGEST_BUTTON_LABEL,
    "intents.": LONGEST_BUTTON_LABEL,
    "chat.toasts.": 200,
    "chat.printed": 500,
    "chat.description": 512,
    "chat.short_description": 120,
}
"""Beginning of keys → the most UTF-16 units that these texts may have: in a message, on a button, in what flashes up
over a chat, under a file, on the bot's own page.
"""
_CHAT_PREFIXES = tuple(LONGEST_CHAT_TEXTS)

LONGEST_LINK_LINE = "\n" + "x" * (LONGEST_SITE_ADDRESS + len("/c/") + LINK_LENGTH)
"""The line by which a text leads to a page, as long as it is reckoned with."""

PAGE_TEXTS = ("title", "description", "benefits", "steps", "author", "date", "summary")
"""Texts that every service has about itself: on its page, in lists, and before a form is sent off."""


def sent_by_sms(services: Iterable[Service], catalogue: Catalogue) -> set[str]:
    """Return the keys of every text that travels by SMS, by itself or as part of another: these have budgets."""
    shared_keys = {key for key_prefix in SHARED_TEXTS for key in catalogue.list_keys(key_prefix)}
    return shared_keys.union(*(existing_sms_texts(service, catalogue) for service in services))


def text_flaws(service: Service, catalogue: Catalogue) -> Iterator[Flaw]:
    """Find the texts that a service lacks, and those of its messages that do not fit."""
    yield from (Flaw("no_text", service.key, key) for key in required_texts(service) if key not in catalogue)
    sms_keys = existing_sms_texts(service, catalogue)
    yield from budget_flaws(service.key, catalogue, sms_keys)
    yield from cutting_flaws(service, catalogue, sms_keys)
    yield from sender_flaws(service.key, catalogue, list_unasked_texts(service, catalogue))
    yield from stopping_flaws(service.key, catalogue, sms_keys)
    yield from line_flaws(service.key, catalogue, sms_keys)
    yield from reminder_flaws(service.key, catalogue, _list_reminder_texts(service))
    yield from _button_flaws(service, catalogue)
    yield from _link_flaws(service, catalogue)


def stopping_flaws(owner: str, catalogue: Catalogue, keys: Iterable[str]) -> Iterator[Flaw]:
    """Find texts that «لغو۱۱» stops and that do not say so at their end, and those that say so though it does not."""
    for key in keys:
        text_class = catalogue.find_class(key)
        is_stopped = text_class is not None and text_class.stops_on_opt_out
        says_so = catalogue.text(key).endswith(OPT_OUT_ENDING)
        if is_stopped and not says_so:
            yield Flaw("stop_unsaid", owner, key)
        if says_so and not is_stopped and ".notices." in key:
            yield Flaw("stops_nothing", owner, key)


def line_flaws(owner: str, catalogue: Catalogue, keys: Iterable[str]) -> Iterator[Flaw]:
    """Find texts with a line that a code begins: the marks around it would set the whole line from left to right."""
    for key in keys:
        with suppress(KeyError):  # a placeholder without a bound is a flaw of its own
            if any(_is_begun_by_code(line) for line in catalogue.render_longest(key).split("\n")):
                yield Flaw("code_begins_line", owner, key)


def _is_begun_by_code(line: str) -> bool:
    strong_signs = (sign for sign in line if unicodedata.bidirectional(sign) in {"L", "R", "AL"})
    return next(strong_signs, None) == LEFT_TO_RIGHT


def reminder_flaws(owner: str, catalogue: Catalogue, keys: Iterable[str]) -> Iterator[Flaw]:
    """Find reminders that would be sent as anything else, also to those who want none."""
    for key in keys:
        if key in catalogue and catalogue.find_class(key) is not MessageClass.REMINDER:
            yield Flaw("reminder_of_other_class", owner, key)


def _list_reminder_texts(service: Service) -> dict[str, None]:
    text_names = (reminder.text_name for state in service.states for reminder in state.reminders)
    return dict.fromkeys(f"services.{service.key}.notices.{name}" for name in text_names)


def _button_flaws(service: Service, catalogue: Catalogue) -> Iterator[Flaw]:
    """Find names of choices that a chat would offer on buttons, and that fit on none."""
    for field in (*service.form, *(field for lookup in service.lookups for field in lookup.form)):
        for key in field.type.text_keys(field.choices or field.type.numbered_choices()):
            if key.startswith("choices.") and key in catalogue:
                yield from _length_flaws(catalogue, key, LONGEST_BUTTON_LABEL)


def _link_flaws(service: Service, catalogue: Catalogue) -> Iterator[Flaw]:
    """Find texts that ask somebody else for an answer and have no room for the link to answer by."""
    notices = {notice for state in service.states for notice in list_asking_notices(service, state.name)}
    keys = sorted(f"services.{service.key}.notices.{notice.text_name}" for notice in notices)
    for key in [key for key in keys if key in catalogue]:
        with suppress(KeyError):  # a placeholder without a bound is a flaw of its own
            longest_text = word_with_sender(catalogue, catalogue.render_longest(key) + LONGEST_LINK_LINE)
            parts, budget = count_parts(longest_text), catalogue.part_budget(key)
            if parts > budget:
                yield Flaw("over_budget", service.key, f"{key} with its link needs {parts} parts, may have {budget}")


def shared_text_flaws(catalogue: Catalogue) -> Iterator[Flaw]:
    """Find the texts of no service that are missing, and those that do not fit: a municipality may override them."""
    yield from (Flaw("no_text", NO_SERVICE, key) for key in required_keys() if key not in catalogue)
    yield from reason_flaws(NO_SERVICE, SHARED_REASONS, catalogue)
    shared_keys = [key for key_prefix in SHARED_TEXTS for key in catalogue.list_keys(key_prefix)]
    yield from budget_flaws(NO_SERVICE, catalogue, shared_keys)
    yield from sender_flaws(NO_SERVICE, catalogue, list_unasked_shared_texts(catalogue))
    yield from stopping_flaws(NO_SERVICE, catalogue, shared_keys)
    yield from line_flaws(NO_SERVICE, catalogue, shared_keys)
    yield from chat_flaws(catalogue)


def chat_flaws(catalogue: Catalogue) -> Iterator[Flaw]:
    """Find texts of chats that are longer than a message or a button may be, or use facts that they are not given."""
    for key in catalogue.list_keys():
        if most_units := find_chat_limit(key):
            yield from _length_flaws(catalogue, key, most_units)
    for key in catalogue.list_keys(CHAT_PREFIX):
        original_key = key.removeprefix(CHAT_PREFIX)
        if original_key not in catalogue:
            yield Flaw("variant_of_no_text", NO_SERVICE, key)
        elif unfilled := sorted(catalogue.list_fact_names(key) - catalogue.fact_names(original_key)):
            yield from (Flaw("unfilled", NO_SERVICE, f"{key}: {name}") for name in unfilled)


def find_chat_limit(key: str) -> int | None:
    """Return the most code units that a text of a chat may have, by the longest of these prefixes; None: of none."""
    if not key.startswith(_CHAT_PREFIXES):
        return None
    return LONGEST_CHAT_TEXTS[max((prefix for prefix in _CHAT_PREFIXES if key.startswith(prefix)), key=len)]


def _length_flaws(catalogue: Catalogue, key: str, most_units: int) -> Iterator[Flaw]:
    try:
        length = count_code_units(catalogue.render_longest(key))
    except KeyError as error:
        yield Flaw("unbounded_placeholder", NO_SERVICE, f"{key}: {error.args[0]}")
    else:
        if length > most_units:
            yield Flaw("too_long", NO_SERVICE, f"{key} needs {length} characters, may have {most_units}")


def budget_flaws(owner: str, catalogue: Catalogue, keys: Iterable[str]) -> Iterator[Flaw]:
    """Find what cannot be proved to fit its budget, and what does not fit; `owner` is whose texts they are."""
    for key in keys:
        try:
            too_long = catalogue.find_over_budget([key])
        except KeyError as error:
            yield Flaw("unbounded_placeholder", owner, f"{key}: {error.args[0]}")
        else:
            yield from (
                Flaw("over_budget", owner, f"{key} needs {needed_parts} parts, may have {allowed_parts}")
                for _, needed_parts, allowed_parts in too_long
            )


def required_texts(service: Service) -> dict[str, None]:
    """Return the keys of all texts that a service must have, in order."""
    return dict.fromkeys(_list_required_texts(service))


def _list_required_texts(service: Service) -> Iterator[str]:
    text_prefix = f"services.{service.key}"
    yield from (f"{text_prefix}.{name}" for name in PAGE_TEXTS)
    yield from (f"{text_prefix}.states.{state.name}" for state in service.states)
    yield from (f"{text_prefix}.fields.{field.name}.label" for field in service.form)
    yield from (f"kept.{field.name}" for field in service.stored_fields)
    yield from _staff_texts(service)
    yield from _prompt_texts(service)
    yield from section_texts(service)
    for step in service.transitions:
        if step.trigger is None:
            yield f"{text_prefix}.actions.{step.name}"
            yield from (f"{text_prefix}.blank.{step.name}.{field.name}" for field in step.inputs if not field.required)
        yield from (f"{text_prefix}.inputs.{field.name}" for field in step.inputs)
    if service.papers:
        yield from (f"choices.document.{name}" for name in (*service.papers.paper_names, NO_PAPER))
    yield from (key for field in _all_fields(service) for key in field.type.text_keys(field.choices))
    yield from _menu_texts(service)
    yield from _answer_texts(service)
    yield from price_texts(service)
    for lookup in service.lookups:
        yield from (f"{text_prefix}.fields.{field.name}.label" for field in lookup.form)
        yield f"{text_prefix}.lookups.{lookup.intent.name}.summary"
        if lookup.intent.is_complete:
            yield f"{text_prefix}.lookups.{lookup.intent.name}.own"
    if service.price_lookup:
        yield from (f"{text_prefix}.fields.{field.name}.label" for field in service.price_lookup.form)
    yield from printout_texts(service)
    yield from _sent_texts(service)


def _staff_texts(service: Service) -> Iterator[str]:
    """Yield the keys of what its rules are called and do, and of what it tells the staff beside its requests."""
    for rule in service.rules:
        yield from (rule.as_setting().label_key, rule.as_setting().meaning_key)
    yield from (f"services.{service.key}.notes.{text_name}" for text_name in service.staff_notes.text_names)


def existing_sms_texts(service: Service, catalogue: Catalogue) -> dict[str, None]:
    """Return the keys of a service's texts that travel by SMS and are there, in order."""
    return {key: None for key in (*_sent_texts(service), *_conversation_texts(service, catalogue)) if key in catalogue}


def _all_fields(service: Service) -> Iterator[Field]:
    """Yield every field whose values people may see: of the form, of what is kept, of actions, look-ups and prices."""
    yield from (*service.form, *service.stored_fields)
    yield from (field for step in service.transitions for field in step.inputs)
    yield from (field for lookup in service.lookups for field in lookup.form)
    yield from service.price_lookup.form if service.price_lookup else ()


def _menu_texts(service: Service) -> Iterator[str]:
    """Yield the keys of a service's name in menus, and of the answer to «راهنما» and its name."""
    for intent in service.intents:
        yield f"intents.{intent.name}"
        if intent.topic:
            yield f"sms.about.{intent.topic.key}"


def _answer_texts(service: Service) -> Iterator[str]:
    answer_sources: list[Lookup | PriceLookup] = [
        *service.lookups,
        *([service.price_lookup] if service.price_lookup else []),
    ]
    yield from (f"services.{service.key}.answers.{name}" for source in answer_sources for name in source.answer_names)


def _sent_texts(service: Service) -> Iterator[str]:
    """Yield the keys of texts that travel as messages of their own."""
    text_prefix = f"services.{service.key}"
    notice_names = {"submit"} | {notice.text_name for step in service.transitions for notice in step.notices}
    notice_names |= {notice.text_name for notice in service.submit_notices}
    notice_names |= {reminder.text_name for state in service.states for reminder in state.reminders}
    yield from (f"{text_prefix}.notices.{name}" for name in sorted(notice_names))


def _prompt_texts(service: Service) -> Iterator[str]:
    text_prefix = f"services.{service.key}.fields"
    asked_fields = [
        field for field_group in (service.form, *(lookup.form for lookup in service.lookups)) for field in field_group
    ]
    alternative_names = {alternative for field in asked_fields for alternative in field.alternatives}
    for field in asked_fields:
        is_asked_itself = field.name not in alternative_names or isinstance(field.type, Text)
        if not field.is_derived and is_asked_itself:
            yield f"{text_prefix}.{field.name}.prompt"
        yield from (f"{text_prefix}.{field.name}_{part_name}.prompt" for part_name in field.type.part_names)


def _conversation_texts(service: Service, catalogue: Catalogue) -> Iterator[str]:
    """Yield the keys of texts that a conversation may send, where they are there: a state may do without its own."""
    text_prefix = f"services.{service.key}"
    yield f"{text_prefix}.summary"
    yield from (
        f"{text_prefix}.{table}.{state.name}" for table in ("status", "pending", "late") for state in service.states
    )
    yield from _prompt_texts(service)
    yield from (f"{text_prefix}.fields.{field.name}.{part}" for field in service.form for part in ("choose", "help"))
    part_names = [f"{field.name}_{part_name}" for field in service.form for part_name in field.type.part_names]
    yield from (f"{text_prefix}.fields.{name}.help" for name in part_names)
    yield from catalogue.list_keys(f"{text_prefix}.answers.")


def cutting_flaws(service: Service, catalogue: Catalogue, keys: Iterable[str]) -> Iterator[Flaw]:
    """Find texts that would cut what people may write: nobody confirms or answers what cannot be read whole."""
    keys = list(keys)
    with suppress(KeyError):  # a text that is missing, or a placeholder without a bound, is a flaw of its own
        accepted_lengths = _accepted_lengths(service, catalogue, keys)
        for key in keys:
            for name, longest_value in catalogue.list_longest_facts(key).items():
                if (shown_length := count_code_units(longest_value)) < accepted_lengths.get(name, 0):
                    yield Flaw(
                        "cuts_words",
                        service.key,
                        f"{key}: {name} may have {accepted_lengths[name]}, shown are {shown_length}",
                    )


def _accepted_lengths(service: Service, catalogue: Catalogue, keys: Iterable[str]) -> dict[str, int]:
    """Return how long the values are that the form accepts, and over them those inputs of a step that its own messages
    use, or any of these texts where they are kept (a question, a reason).
    """
    kept_facts = {name for key in keys for name in list_placeholders(catalogue.text(key)) if name in ASKING_FACTS}
    lengths = {field.name: _accepted_length(field, catalogue) for field in service.form if not field.is_derived}
    rendered_lengths: dict[str, int] = {}
    for step in service.transitions:
        own_keys = [f"services.{service.key}.notices.{notice.text_name}" for notice in step.notices]
        used_facts = {name for key in own_keys if key in catalogue for name in list_placeholders(catalogue.text(key))}
        used_facts |= kept_facts & {name for effect in step.effects for name in kept_by(effect)}
        for form_field in (field for field in step.inputs if field.name in used_facts):
            rendered_lengths[form_field.name] = max(
                rendered_lengths.get(form_field.name, 0), _accepted_length(form_field, catalogue)
            )
    return lengths | {name: length for name, length in rendered_lengths.items() if length}


def _accepted_length(form_field: Field, catalogue: Catalogue) -> int:
    return count_code_units(form_field.type.longest_value(form_field.choices, catalogue.text) or "")


def list_unasked_texts(service: Service, catalogue: Catalogue) -> list[str]:
    """Return the keys of a service's texts that come to a citizen, an owner or a driver who did not write just now: the
    receipt, too, of what was sent off at the desk, by an office or on a page.
    """
    messages: list[Notice | Reminder] = [*service.submit_notices]
    messages += (notice for step in service.transitions for notice in step.notices)
    messages += (reminder for state in service.states for reminder in state.reminders)
    text_names = {"submit", *(message.text_name for message in messages if message.audience not in STAFF_AUDIENCES)}
    prefix = f"services.{service.key}"
    own_keys = [f"{prefix}.notices.{name}" for name in sorted(text_names)]
    statuses = [key for part in ("status", "pending", "late") for key in catalogue.list_keys(f"{prefix}.{part}.")]
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
