"""Operation of the contract, and the context of its work."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from channels.pishkhan_soap.schema import SchemaRecord
from domain.actions.dependencies import Dependencies
from domain.offices.office import QUERY_ANSWER_RETENTION, Office
from domain.papers.ports import Printer
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.files import PreparedFile

PrepareFile = Callable[[str, bytes], Awaitable[PreparedFile]]
"""Prepares a file of a call, by name and content, for whoever calls."""


@dataclass(frozen=True, slots=True)
class CounterCall:
    """An authenticated, validated call inside its unit of work."""

    dependencies: Dependencies
    """Dependencies of all actions."""
    uow: UnitOfWork
    """Unit of work whose changes are committed with the answer."""
    office: Office
    """Office whose software calls."""
    clerk: Actor
    """Acting clerk."""
    values: Mapping[str, Any]
    """The values of the body, by the keys of the operation's request."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract: the shapes of its bodies, and its work."""

    request: SchemaRecord
    """The shape of the call's body."""
    answer: SchemaRecord
    """The shape of the answer's body."""
    run_operation: Callable[[CounterCall], Awaitable[Mapping[str, Any]]]
    """Does the work in the call's unit; returns the answer's values or raises a domain error."""
    answer_lifetime: timedelta = QUERY_ANSWER_RETENTION
    """Time for which the answer is given again to the same `clientRequestId`."""
    complete_answer: Callable[[Printer, Mapping[str, Any]], Awaitable[Mapping[str, Any]]] | None = None
    """After the commit, what takes long and changes nothing; a call repeated meanwhile does it too. None: nothing."""
    prepare_values: Callable[[PrepareFile, Mapping[str, Any]], Awaitable[Mapping[str, Any]]] | None = None
    """Before the unit is opened, for a call that is admitted and new: prepares the files among its values. None: there
    are none.
    """
    admit_files: Callable[[CounterCall], Awaitable[None]] | None = None
    """Before they are prepared, in a unit that only reads: raises why these files are not taken whatever they hold.
    None: that is found out with the work.
    """
    reads_personal_data: bool = False
    """Whether its answer shows personal data that the call did not bring: each one is a read event."""

    @property
    def name(self) -> str:
        """Its name, which is that of its request's element."""
        return self.request.name


async def prepare_document(prepare_file: PrepareFile, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of one file with it prepared, in the place of its bytes (`content`); domain errors say why it
    is not taken.
    """
    file_name = values.get("file_name", values["name"])
    return {**values, "content": await prepare_file(file_name, values["content"])}


async def prepare_documents(prepare_file: PrepareFile, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a call with all of its `documents` prepared."""
    documents = [await prepare_document(prepare_file, document) for document in values.get("documents", ())]
    return {**values, "documents": documents}
