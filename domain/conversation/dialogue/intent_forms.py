"""Forms of the intents in one channel: worked out once from the declarations, not with every text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from domain.chats.chat import MESSENGERS
from domain.conversation.reading.command_fields import CHAT_FIELDS, COMMAND_FIELDS
from domain.fields.form import Field
from domain.language.intents import Keyword
from domain.language.lookups import Lookup, PriceLookup
from domain.language.service import Service
from domain.values.errors import NotFound


class Submission(NamedTuple):
    """A service, and the keyword that starts a request of it."""

    service: Service
    keyword: Keyword


class AskedLookup(NamedTuple):
    """A look-up with its service."""

    service: Service
    lookup: Lookup


@dataclass(frozen=True, slots=True)
class IntentForm:
    """Subject and questions of one intent."""

    submission: Submission | None = None
    """The service that it starts, and how; None: it starts none."""
    lookup: AskedLookup | None = None
    """The look-up that it asks for, with its service; None: it asks for none."""
    fields: tuple[Field, ...] = ()
    """Every field that it may take."""
    asked_fields: tuple[Field, ...] = ()
    """Those that the channel asks for, in order."""
    is_offered: bool = False
    """Whether the channel can do it."""

    @property
    def service(self) -> Service:
        """The service that it starts; `NotFound` for what starts none."""
        if self.submission is None:
            raise NotFound("service")
        return self.submission.service

    @property
    def is_service_form(self) -> bool:
        """Whether it starts a request of a service."""
        return self.submission is not None

    @property
    def version(self) -> int | None:
        """The version of the service that it starts; None for what starts none."""
        return self.submission.service.version if self.submission else None


class IntentForms(dict[str, IntentForm]):
    """The forms by intent; an intent that nobody declares has an empty one."""

    def __missing__(self, intent: str) -> IntentForm:
        """Return the form of an intent that is unknown here: of a service that is gone, or of no command."""
        return IntentForm()


def build_intent_forms(services: Mapping[str, Service], channel: str) -> IntentForms:
    """Return the forms of all intents in a channel; a service's own intent is nobody else's."""
    forms = IntentForms()
    for intent, fields in CHAT_FIELDS.items():
        forms[intent] = _build_form(fields, channel, is_offered=channel in MESSENGERS)
    for intent, fields in COMMAND_FIELDS.items():
        forms[intent] = _build_form(fields, channel, is_offered=True)
    priced_fields = [field for _, prices in list_priced_services(services) for field in prices.form]
    forms["tariff"] = _build_form(_join_required(priced_fields), channel, is_offered=True)
    for service in services.values():
        for lookup in service.lookups:
            form = _build_form(lookup.form, channel, is_offered=True)
            forms[lookup.intent.name] = replace(form, lookup=AskedLookup(service, lookup))
    for service in services.values():
        for keyword in service.keywords:
            form = _build_form(service.form, channel, is_offered=True)
            forms[keyword.intent.name] = replace(form, submission=Submission(service, keyword))
    return forms


def list_priced_services(services: Mapping[str, Service]) -> tuple[tuple[Service, PriceLookup], ...]:
    """Return the services that quote their prices, with how."""
    return tuple((service, service.price_lookup) for service in services.values() if service.price_lookup)


def _build_form(fields: tuple[Field, ...], channel: str, *, is_offered: bool) -> IntentForm:
    asked_fields = tuple(field for field in fields if field.is_asked_in(channel))
    return IntentForm(fields=fields, asked_fields=asked_fields, is_offered=is_offered)


def _join_required(fields: Sequence[Field]) -> tuple[Field, ...]:
    """Let any required one of these fields, or the service that is named, satisfy all of them."""
    satisfying_names = (*(field.name for field in fields if field.required), "service")
    return tuple(replace(field, alternatives=satisfying_names) if field.required else field for field in fields)
