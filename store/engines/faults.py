"""Reasons why a database cannot be used just now: one word for programs, one line for the log."""

from enum import StrEnum

from domain.values.errors import Unavailable

LONGEST_CAUSE = 200


class FaultKind(StrEnum):
    """Kind of fault that keeps a database from its work; the word is given to monitoring (`/readyz`)."""

    NO_ANSWER = "no_answer"
    """It cannot be reached, was silent for too long, or ended the connection."""
    BUSY = "busy"
    """A lock, a deadlock, memory or connections: the next try may do well."""
    READ_ONLY = "read_only"
    """A standby, or a file that this process may only read."""
    FULL = "full"
    """The disk is full."""
    IO_ERROR = "io_error"
    """The disk fails."""
    DAMAGED = "damaged"
    """A page or file is broken: somebody must look, and restore a backup."""
    REFUSED = "refused"
    """It does not let this process in, or not at its tables: another owner, a wrong password."""
    REPLACED = "replaced"
    """Another file has the path of the opened one."""


class DatabaseUnavailable(Unavailable):
    """The database cannot be used just now. `cause` is its own message, in one line, for the log alone."""

    def __init__(self, kind: FaultKind, cause: str) -> None:
        super().__init__("database")
        self.kind = kind
        self.cause = cause

    def __str__(self) -> str:
        return f"{super().__str__()} ({self.kind}: {self.cause})"


def fault_from_error(kind: FaultKind, error: BaseException) -> DatabaseUnavailable:
    """Return the fault that an error of a driver is. Only its first line is kept: details would show values."""
    cause_line = str(error).strip().partition("\n")[0][:LONGEST_CAUSE]
    return DatabaseUnavailable(
        kind, cause_line or ("no answer in time" if isinstance(error, TimeoutError) else repr(error))
    )
