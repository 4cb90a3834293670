"""The texts: every one that may be asked for is there, and every one that travels by SMS fits its part budget.

What a service's declaration calls for follows from the declaration; what the code asks for by name is in `said.py`.
"""

from collections.abc import Iterable, Iterator

from domain.check.flaws import NO_SERVICE, Flaw
from domain.check.printouts import printout_texts
from domain.check.rooms import cutting_flaws
from domain.check.said import said
from domain.fields.form import Field
from domain.language.service import Lookup, Prices, Service
from domain.messages.catalogue import Catalogue
from domain.values.text import code_units

SHARED_TEXTS = ("sms.", "ask.", "staff.", "errors.")
"""Where the catalogue keeps the texts of no service that travel by SMS by themselves."""

CHAT_TEXTS = ("chat.", "in_chat.")
LONGEST_IN_CHAT = 1000
"""UTF-16 units of one text in a chat: two of them joined, each sign escaped for Bale, are below what a message may have
(4096).
"""

PAGE_TEXTS = ("title", "description", "benefits", "steps", "author", "date", "summary")
"""What every service says of itself: on its page, in lists, and before a form is sent off."""


def sent_by_sms(services: Iterable[Service], catalogue: Catalogue) -> set[str]:
    """Return the keys of every text that travels by SMS, by itself or as part of another: these have budgets."""
    shared = {key for prefix in SHARED_TEXTS for key in catalogue.keys(prefix)}
    return shared.union(*(_sent(service, catalogue) for service in services))


def text_flaws(service: Service, catalogue: Catalogue) -> Iterator[Flaw]:
    """Find the texts that a service lacks, and those of its messages that do not fit."""
    wanted = list(dict.fromkeys(_wanted_texts(service)))
    yield from (Flaw("no_text", service.key, key) for key in wanted if key not in catalogue)
    sent = _sent(service, catalogue)
    yield from budget_flaws(service.key, catalogue, sent)
    yield from cutting_flaws(service, catalogue, sent)


def shared_text_flaws(catalogue: Catalogue) -> Iterator[Flaw]:
    """Find the texts of no service that are missing, and those that do not fit: a municipality may word them anew."""
    yield from (Flaw("text_twice", NO_SERVICE, key) for key in catalogue.twice)
    yield from (Flaw("no_text", NO_SERVICE, key) for key in said() if key not in catalogue)
    yield from budget_flaws(NO_SERVICE, catalogue, [key for prefix in SHARED_TEXTS for key in catalogue.keys(prefix)])
    yield from chat_flaws(catalogue)


def chat_flaws(catalogue: Catalogue) -> Iterator[Flaw]:
    """Find texts of chats that are longer than a message may be, or tell what they are not given."""
    for key in [key for prefix in CHAT_TEXTS for key in catalogue.keys(prefix)]:
        try:
            length = code_units(catalogue.longest(key))
        except KeyError as error:
            yield Flaw("unbounded_placeholder", NO_SERVICE, f"{key}: {error.args[0]}")
        else:
            if length > LONGEST_IN_CHAT:
                yield Flaw("too_long", NO_SERVICE, f"{key} needs {length} characters, may have {LONGEST_IN_CHAT}")


def budget_flaws(owner: str, catalogue: Catalogue, keys: Iterable[str]) -> Iterator[Flaw]:
    """Find what cannot be proved to fit its budget, and what does not fit; `owner` is whose texts they are."""
    for key in keys:
        try:
            too_long = catalogue.over_budget([key])
        except KeyError as error:
            yield Flaw("unbounded_placeholder", owner, f"{key}: {error.args[0]}")
        else:
            yield from (
                Flaw("over_budget", owner, f"{key} needs {need} parts, may have {allowed}")
                for _, need, allowed in too_long
            )


def _wanted_texts(service: Service) -> Iterator[str]:
    base = f"services.{service.key}"
    yield from (f"{base}.{name}" for name in PAGE_TEXTS)
    yield from (f"{base}.states.{state.name}" for state in service.states)
    yield from (f"{base}.fields.{field.name}.label" for field in service.form)
    yield from (f"kept.{field.name}" for field in service.kept)
    yield from _prompts(service)
    for step in service.transitions:
        if step.trigger is None:
            yield f"{base}.actions.{step.name}"
            yield from (f"{base}.blank.{step.name}.{field.name}" for field in step.inputs if not field.required)
        yield from (f"{base}.inputs.{field.name}" for field in step.inputs)
    if service.documents:
        yield from (f"choices.document.{name}" for name in service.documents.names)
    yield from (key for field in _all_fields(service) for key in field.type.texts(field.choices))
    yield from _menu_texts(service)
    yield from _answers(service)
    yield from (key for one in service.priced for key in one.texts())
    yield from printout_texts(service)
    yield from _sent_texts(service)


def _sent(service: Service, catalogue: Catalogue) -> dict[str, None]:
    """Return the keys of a service's texts that travel by SMS and are there, in order."""
    return {key: None for key in (*_sent_texts(service), *_conversation_texts(service, catalogue)) if key in catalogue}


def _all_fields(service: Service) -> Iterator[Field]:
    """Yield every field whose values people may see: of the form, of what is kept, of actions, look-ups and prices."""
    yield from (*service.form, *service.kept)
    yield from (field for step in service.transitions for field in step.inputs)
    yield from (field for one in service.lookups for field in one.form)
    yield from service.prices.form if service.prices else ()


def _menu_texts(service: Service) -> Iterator[str]:
    """Yield the keys of a service's name in menus, and of the answer to «راهنما» and its name."""
    for intent in (*(one.intent for one in service.keywords), *(one.intent for one in service.lookups)):
        yield f"intents.{intent.name}"
        if intent.service:
            yield f"sms.about.{intent.service}"


def _answers(service: Service) -> Iterator[str]:
    asked: list[Lookup | Prices] = [*service.lookups, *([service.prices] if service.prices else [])]
    yield from (f"services.{service.key}.answers.{name}" for one in asked for name in one.answers)


def _sent_texts(service: Service) -> Iterator[str]:
    """Yield the keys of texts that travel as messages of their own."""
    base = f"services.{service.key}"
    told = {"submit"} | {notice.text for step in service.transitions for notice in step.notices}
    told |= {notice.text for notice in service.told}
    told |= {reminder.text for state in service.states for reminder in state.reminders}
    yield from (f"{base}.notices.{name}" for name in sorted(told))


def _prompts(service: Service) -> Iterator[str]:
    base = f"services.{service.key}.fields"
    asked = [field for form in (service.form, *(one.form for one in service.lookups)) for field in form]
    stand_ins = {other for field in asked for other in field.instead}
    for field in asked:
        if not field.found and field.name not in stand_ins:
            yield f"{base}.{field.name}.prompt"
        yield from (f"{base}.{field.name}_{gap}.prompt" for gap in field.type.gaps)


def _conversation_texts(service: Service, catalogue: Catalogue) -> Iterator[str]:
    """Yield the keys of texts that a conversation may send, where they are there: a state may do without its own."""
    base = f"services.{service.key}"
    yield f"{base}.summary"
    yield from (f"{base}.{table}.{state.name}" for table in ("status", "pending") for state in service.states)
    yield from _prompts(service)
    yield from (f"{base}.fields.{field.name}.choose" for field in service.form)
    yield from catalogue.keys(f"{base}.answers.")
