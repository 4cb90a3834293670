"""What an operation of the contract is, and what its work is given."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from channels.pishkhan_soap.schema import SchemaRecord
from domain.actions.desk import Dependencies
from domain.offices.office import QUERY_ANSWER_RETENTION, Office
from domain.papers.ports import Printer
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor


@dataclass(frozen=True, slots=True)
class CounterCall:
    """An authenticated, validated call inside its unit of work.

    `clerk` is who acts, `values` what the body said (keys as the operation's request declares them).
    """

    dependencies: Dependencies
    uow: UnitOfWork
    office: Office
    clerk: Actor
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: the shapes of its bodies and its work, which returns the answer's values or raises a domain error.

    `answer_lifetime`: how long the answer is given again to the same `clientRequestId`. `complete_answer`: what takes
    long and changes nothing; it is done after the commit with what `run_operation` returned, and a call that is
    repeated meanwhile does it too.
    """

    request: SchemaRecord
    answer: SchemaRecord
    run_operation: Callable[[CounterCall], Awaitable[Mapping[str, Any]]]
    answer_lifetime: timedelta = QUERY_ANSWER_RETENTION
    complete_answer: Callable[[Printer, Mapping[str, Any]], Awaitable[Mapping[str, Any]]] | None = None

    @property
    def name(self) -> str:
        """Its name, which is that of its request's element."""
        return self.request.name
