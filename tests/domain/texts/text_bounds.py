"""Bounds of facts in the proofs of part budgets, to be compared with the values that really stand for them."""

from collections.abc import Iterator

from domain.check import sent_by_sms
from domain.messages.catalogue import Catalogue
from domain.services import SERVICES
from domain.values.text import count_code_units


def list_bounds(texts: Catalogue, name: str, *service_keys: str) -> Iterator[int]:
    """Yield the code units that a placeholder has in each text of these services, and of chats, that has it."""
    prefixes = tuple(f"services.{key}." for key in service_keys)
    for key in (*filter(lambda key: key.startswith(prefixes), sent_by_sms(SERVICES, texts)), *texts.list_keys("chat.")):
        if (longest_value := texts.list_longest_facts(key).get(name)) is not None:
            yield count_code_units(longest_value)
