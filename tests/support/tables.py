"""Tables of cases as one test each, which lists every row that fails."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

import pytest


def each_row(names: str | Sequence[str], rows: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test for each row of a table, with the row's values as the arguments of these names; fixtures are shared.

    What `pytest.mark.parametrize` does, without the cost of a test a row.
    """
    columns = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    is_single = isinstance(names, str) and len(columns) == 1
    table = [(row,) if is_single else row for row in rows]

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def test_rows(**fixtures: Any) -> None:
            assert table, "a table has rows"
            failures = [failure for row in table if (failure := _try_row(test, columns, row, fixtures))]
            if failures:
                raise BaseExceptionGroup(f"{len(failures)} of {len(table)} rows", failures)

        own = inspect.signature(test)
        kept = [parameter for parameter in own.parameters.values() if parameter.name not in columns]
        test_rows.__dict__["__signature__"] = own.replace(parameters=kept)
        return test_rows

    return decorate


def _try_row(
    test: Callable[..., None], columns: Sequence[str], row: Sequence[Any], fixtures: dict[str, Any]
) -> BaseException | None:
    try:
        test(**fixtures, **dict(zip(columns, row, strict=True)))
    except (Exception, pytest.fail.Exception) as failure:  # noqa: BLE001 - whatever fails, the other rows are tried
        failure.add_note(f"row: {row!r}")
        return failure
    return None
