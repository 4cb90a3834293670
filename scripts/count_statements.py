"""Statements that an order by SMS, a step of the staff and a submission of a counter office send to the database.

    python -m scripts.count_statements [--list sms|staff|soap]

The flows are those of `scripts/trace_flows.py`: what the relay asks for meanwhile is not counted, nor are begin, commit
and savepoints. With `--list` the
statements of one flow are printed in their order.
"""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scripts.trace_flows import FLOWS, IS_TRACED, Trace
from store.engines.prepared import PreparedStatement


class StatementList(Trace):
    """The statements that were run while it was recording, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.statements: list[str] = []

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note every statement that a handler gives its values."""
        bind_values = PreparedStatement.bind_values

        def note_statement(prepared: PreparedStatement, values: dict[str, Any]) -> tuple[str, list[Any]]:
            sql, arguments = bind_values(prepared, values)
            if IS_TRACED.get():
                self.statements.append(" ".join(sql.split()))
            return sql, arguments

        PreparedStatement.bind_values = note_statement  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            PreparedStatement.bind_values = bind_values  # type: ignore[method-assign]


def list_statements(flow_name: str) -> list[str]:
    """Return the statements of a flow, run once before."""
    trace = StatementList()
    with TemporaryDirectory() as folder:
        asyncio.run(FLOWS[flow_name](trace, Path(folder)))
    return trace.statements


def main() -> None:
    """Print the number of statements of every flow, and those of the one that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", choices=FLOWS, help="list the statements of this flow")
    arguments = parser.parse_args()
    for flow_name in FLOWS:
        statements = list_statements(flow_name)
        reads = sum(statement.startswith(("SELECT", "WITH")) for statement in statements)
        print(f"{flow_name:8} {len(statements):4} statements {reads:4} of them reading")
        if arguments.list == flow_name:
            for number, statement in enumerate(statements, start=1):
                print(f"{number:4} {statement}")


if __name__ == "__main__":
    main()
