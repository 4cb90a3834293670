"""Sheets of registries and reports, written in pages: memory does not grow with what there is to write."""

import asyncio
from collections.abc import Iterable
from io import BytesIO

from app.jobs.importing import Bar
from app.spreadsheets.sheet_writing import Cells, WriteRow, rows_into
from domain.actions.desk import Desk
from domain.actions.reports.declarations import report_named
from domain.actions.reports.labels import names_of
from domain.actions.reports.listing import listing
from domain.actions.reports.reporting import run
from domain.actions.reports.sheet import figure_rows
from domain.registries.declarations import Registry
from domain.registries.rows import RegistryFilter
from domain.registries.sheet import cell, label
from domain.unit_of_work import SheetWish, Store
from domain.values.actors import Actor

PAGE = 500


async def export_table(desk: Desk, store: Store, registry: Registry, write: WriteRow, bar: Bar) -> int:
    """Write all rows as they stand at one moment, under their Persian headings; return how many."""
    catalogue, done, after = desk.catalogue, 0, 0
    with bar("exporting", None) as progress:
        write([label(catalogue, registry, field.name) for field in registry.fields])
        async with store.unit(write=False) as uow:
            while page := await uow.registries.find(RegistryFilter(registry.key, after=after, limit=PAGE)):
                for row in page:
                    write([cell(field, row.values[field.name], catalogue) for field in registry.fields])
                done, after = done + len(page), page[-1].id
                progress(done)
    return done


async def export_report(desk: Desk, store: Store, wish: SheetWish, actor: Actor, write: WriteRow, bar: Bar) -> int:
    """Write a report's rows, out of one snapshot; return how many stand under the headings. `Forbidden("report")`."""
    if wish.figures:
        return await _export_figures(desk, store, wish, actor, write)
    done = 0
    async with store.unit(write=False) as uow:
        found = await listing(desk, uow, report_named(wish.report), wish.filter, actor)
        with bar("exporting", found.total) as progress:
            write(found.headings)
            async for rows in found.pages:
                for row in rows:
                    write(row)
                done += len(rows)
                progress(done)
    return done


async def sheet_of(rows: Iterable[Cells]) -> bytes:
    """Return an XLSX file of some rows, made in a thread."""
    return await asyncio.to_thread(_sheet_of, rows)


def _sheet_of(rows: Iterable[Cells]) -> bytes:
    out = BytesIO()
    with rows_into(out, "xlsx") as write:
        for row in rows:
            write(row)
    return out.getvalue()


async def _export_figures(desk: Desk, store: Store, wish: SheetWish, actor: Actor, write: WriteRow) -> int:
    async with store.unit(write=False) as uow:
        ran = await run(desk, uow, report_named(wish.report), wish.filter, actor)
        rows = list(figure_rows(await names_of(desk, uow, wish.filter), ran))
    for row in rows:
        write(row)
    return len(rows)
