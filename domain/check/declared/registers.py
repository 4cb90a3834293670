"""Registers of letters and permits: each is one service's own, or its numbers would have gaps and doubles."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass

from domain.blocks.letters import LetterRegister
from domain.check.flaws import Flaw
from domain.language.service import Service


def register_flaws(services: Sequence[Service]) -> Iterator[Flaw]:
    """Find registers that two services draw from, by their sequence or by what their numbers look like."""
    owners: dict[tuple[str, str], str] = {}
    for service in services:
        for register in sorted(_list_registers(service), key=lambda register: register.sequence_key):
            for feature in (("sequence", register.sequence_key), ("letter", register.register_letter)):
                if owners.setdefault(feature, service.key) != service.key:
                    yield Flaw("register_of_two_services", service.key, feature[1])


def _list_registers(service: Service) -> set[LetterRegister]:
    return {register for effect in service.effects for register in _registers_of(effect)}


def _registers_of(effect: object) -> Iterator[LetterRegister]:
    if is_dataclass(effect):
        values = (getattr(effect, effect_field.name) for effect_field in fields(effect))
        yield from (value for value in values if isinstance(value, LetterRegister))
