"""Locks that guards and effects declare: a step takes all of its own, in one order, before it asks any guard.

PostgreSQL runs units side by side: of two that count at once each would miss the other. All who are counted together
name one lock, and the later waits until the earlier is committed. SQLite writes one unit after the other.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.registries.declarations import Registry
from domain.repositories import RegistryRepositories
from domain.requests.request import ServiceRequest


class Lock(ABC):
    """A lock held to the end of the unit; those of one name exclude each other."""

    @abstractmethod
    def find_name(self, request: ServiceRequest, values: Mapping[str, Any]) -> str | None:
        """Return the name that a request shares with all who are counted with it; None where it has none. `values` are
        those of its form, with the inputs of the step over them.
        """

    async def take(self, uow: RegistryRepositories, values: Mapping[str, Any], name: str) -> None:
        """Wait for whoever holds the name, and hold it."""
        await uow.serialise(name)


@dataclass(frozen=True, slots=True)
class FieldLock(Lock):
    """Lock of all requests of a service that say the same in a field: a day, a plate."""

    field_name: str

    def find_name(self, request: ServiceRequest, values: Mapping[str, Any]) -> str | None:
        """Return service, field and value; None while the field is empty."""
        value = values.get(self.field_name)
        return None if value is None else f"{request.service}:{self.field_name}:{value}"


@dataclass(frozen=True, slots=True)
class MobileLock(Lock):
    """Lock of all requests of a service from one mobile."""

    def find_name(self, request: ServiceRequest, values: Mapping[str, Any]) -> str | None:
        """Return service and mobile; None where there is no mobile."""
        return f"{request.service}:mobile:{request.mobile}" if request.mobile else None


@dataclass(frozen=True, slots=True)
class RowLock(Lock):
    """Lock of a registry's row that a field of the form names, against whoever changes the row too."""

    registry: Registry
    field_name: str
    """The field of the form and of the registry that bears its key."""

    def find_name(self, request: ServiceRequest, values: Mapping[str, Any]) -> str | None:
        """Return registry, field and value; None while the field is empty."""
        value = values.get(self.field_name)
        return None if value is None else f"row:{self.registry.key}:{self.field_name}:{value}"

    async def take(self, uow: RegistryRepositories, values: Mapping[str, Any], name: str) -> None:
        """Lock the row; one that is not there is left to the guards."""
        await uow.registries.find_row(self.registry.key, {self.field_name: values[self.field_name]}, lock=True)


async def take_locks(
    uow: RegistryRepositories, locks: Iterable[Lock], request: ServiceRequest, inputs: Mapping[str, Any]
) -> None:
    """Take locks in the order of their names, each once: two units that need several never wait for each other."""
    values = request.fields | dict(inputs)
    locks_by_name = {lock.find_name(request, values): lock for lock in locks}
    for name in sorted(name for name in locks_by_name if name is not None):
        await locks_by_name[name].take(uow, values, name)
