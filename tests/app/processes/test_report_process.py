"""Sheets made in a process of their own: the real child, to its end, cut off, and failing."""

import asyncio
import csv
from contextlib import aclosing
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pydantic import SecretStr

from app.configuration.settings import Settings
from app.processes.report_process import ReportProcess
from domain.reports.filter import ReportFilter
from domain.reports.sheets import SheetSelection
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.errors import Unavailable
from tests.support.municipality import Municipality

YEAR = ReportFilter(date(2026, 3, 21), date(2027, 3, 21))
WISH = SheetSelection("civil", YEAR, "csv")


@pytest.fixture
def sheets(town: Municipality, database: Path) -> ReportProcess:
    """A maker of sheets over the town's database."""
    return ReportProcess(Settings(demo=True, database_url=f"sqlite:///{database}", secret_key=SecretStr("x" * 32)))


async def made(sheets: ReportProcess, wish: SheetSelection, actor: Actor = SYSTEM) -> bytes:
    """A whole sheet."""
    return b"".join([chunk async for chunk in sheets.stream_sheet(wish, actor)])


async def test_a_list_comes_whole_in_either_form(town: Municipality, sheets: ReportProcess) -> None:
    codes = [await town.order(), await town.order()]
    rows = list(csv.reader(StringIO((await made(sheets, WISH)).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == codes
    xlsx = await made(sheets, SheetSelection("civil", YEAR, "xlsx"))
    [sheet] = load_workbook(BytesIO(xlsx)).worksheets
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == codes


async def test_figures(town: Municipality, sheets: ReportProcess) -> None:
    await town.order()
    text = (await made(sheets, SheetSelection("manager", YEAR, "csv", figures_only=True))).decode("utf-8-sig")
    assert text.startswith("گزارش مدیر\r\n")


async def test_a_child_that_fails_is_told(sheets: ReportProcess, capfd: pytest.CaptureFixture[str]) -> None:
    stranger = Actor(frozenset({Role.EXPERT}), "staff", "expert", "staff")
    with pytest.raises(Unavailable, match="report"):
        await made(sheets, WISH, stranger)
    assert "forbidden:report" in capfd.readouterr().err


@pytest.mark.night
async def test_a_sheet_that_nobody_wants_any_more_is_given_up(town: Municipality, sheets: ReportProcess) -> None:
    await town.order()
    async with aclosing(sheets.stream_sheet(WISH, SYSTEM)) as chunks:
        await anext(chunks)
    assert await made(sheets, WISH), "and the next one has its turn"


@pytest.mark.night
async def test_sheets_are_made_one_after_the_other(town: Municipality, sheets: ReportProcess) -> None:
    await town.order()
    both = await asyncio.gather(made(sheets, WISH), made(sheets, WISH))
    assert both[0] == both[1]
