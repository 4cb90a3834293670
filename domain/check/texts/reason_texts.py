"""The texts of the reasons of errors, under `details.<code>.<reason>`.

Each reason that is declared has its text, a text fills no more than its reason is raised with, and no text is there
that no reason asks for. The reasons that packages share are known here, a service names its own
(`Service.reasons`), and a channel hands its own over.
"""

from collections.abc import Iterable, Iterator, Mapping

from domain.check.flaws import NO_SERVICE, Flaw
from domain.check.texts.code_texts import WRITTEN_OUT_KEYS
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.messages.templates import list_placeholders
from domain.values.errors import find_error_code
from domain.values.reasons import SHARED_REASONS
from domain.values.reasons.bases import ErrorReason

_OWN_RULES = "domain.services."
"""Begins the folder of a service's own rules; those that services share have shared reasons."""

ReasonTypes = Iterable[type[ErrorReason]]


def map_reasons(reason_types: ReasonTypes) -> Mapping[str, ErrorReason]:
    """Return the reasons of these enumerations by the keys of their texts."""
    return {
        f"details.{find_error_code(reason_type)}.{reason}": reason
        for reason_type in reason_types
        for reason in reason_type
    }


def reason_flaws(owner: str, reason_types: ReasonTypes, catalogue: Catalogue) -> Iterator[Flaw]:
    """Find reasons without a text, and texts with placeholders that nobody fills; `owner` is whose reasons they are."""
    for key, reason in map_reasons(reason_types).items():
        if key not in catalogue:
            yield Flaw("no_text", owner, key)
            continue
        unfilled_names = set(list_placeholders(catalogue.text(key))) - set(reason.parameter_names)
        yield from (Flaw("unfilled", owner, f"{key}: {name}") for name in sorted(unfilled_names))


def unlisted_reason_flaws(service: Service) -> Iterator[Flaw]:
    """Find enumerations of reasons in the folder of a service's own rules that `Service.reasons` does not name: nothing
    would prove that they have words.
    """
    rules = [*service.submit_guards, *service.submit_effects]
    rules += [rule for step in service.transitions for rule in (*step.guards, *step.effects)]
    folders = {folder for rule in rules if (folder := _find_folder(type(rule))).startswith(_OWN_RULES)}
    for reason_type in _list_subclasses(ErrorReason):
        is_own = _find_folder(reason_type) in folders
        if is_own and len(reason_type) > 0 and reason_type not in service.reasons:
            yield Flaw("reasons_unlisted", service.key, reason_type.__name__)


def _find_folder(declared_type: type) -> str:
    return declared_type.__module__.rpartition(".")[0]


def _list_subclasses(base: type[ErrorReason]) -> Iterator[type[ErrorReason]]:
    for subclass in base.__subclasses__():
        yield subclass
        yield from _list_subclasses(subclass)


def check_reasons(services: Iterable[Service], catalogue: Catalogue, channel_reasons: ReasonTypes) -> list[Flaw]:
    """Return what is wrong with the reasons of channels, and the texts that no reason of anybody asks for."""
    reason_types = [*SHARED_REASONS, *channel_reasons, *(own for service in services for own in service.reasons)]
    known_keys = {*map_reasons(reason_types), *WRITTEN_OUT_KEYS}
    unknown_keys = [key for key in catalogue.list_keys("details.") if key not in known_keys]
    return [
        *reason_flaws(NO_SERVICE, channel_reasons, catalogue),
        *(Flaw("text_without_reason", NO_SERVICE, key) for key in unknown_keys),
    ]
