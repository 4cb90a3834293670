"""The staff's site for each test."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from store.engines.prepared import PreparedStatement
from tests.support.staff_site import StaffSite, Visitor, staff_site, visitor


@pytest.fixture
async def site(database: Path) -> AsyncIterator[StaffSite]:
    """A site of the test's own."""
    async with staff_site(database) as built:
        yield built


@pytest.fixture
async def inside(site: StaffSite) -> AsyncIterator[Visitor]:
    """A browser inside the organisation."""
    async with visitor(site) as opened:
        yield opened


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the database is asked, as it comes."""
    asked: list[str] = []
    bind_values = PreparedStatement.bind_values

    def note_statement(self: PreparedStatement, values: dict[str, Any]) -> tuple[str, list[Any]]:
        sql, arguments = bind_values(self, values)
        asked.append(sql)
        return sql, arguments

    monkeypatch.setattr(PreparedStatement, "bind_values", note_statement)
    return asked
