"""Name of the running command. It is a module of its own, since the table of commands loads nothing that a command
needs."""

from contextvars import ContextVar

RUNNING_COMMAND: ContextVar[str] = ContextVar("command", default="")
"""The command that runs, as it is typed: `request act`."""

COMMAND_SUBJECT: ContextVar[str] = ContextVar("about", default="")
"""Its subject, as it is typed: its arguments, which are codes, numbers and user names. Options are left out."""
