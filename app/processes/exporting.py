"""Sheets of registries and reports, written in pages: memory does not grow with what there is to write."""

import asyncio
from collections.abc import Iterable
from io import BytesIO

from app.processes.importing import ProgressBar
from app.spreadsheets.sheet_writing import Cells, WriteRow, open_sheet_writer
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.reports.declarations import find_report
from domain.actions.reports.labels import load_labels
from domain.actions.reports.listing import build_listing
from domain.actions.reports.reporting import run_report
from domain.actions.reports.sheet import render_figure_rows
from domain.registries.declarations import Registry
from domain.registries.rows import RegistryFilter
from domain.registries.sheet import field_label, write_cell
from domain.reports.sheets import SheetSelection
from domain.unit_of_work import Store
from domain.values.actors import Actor

PAGE_ROWS = 500


async def export_table(
    dependencies: Dependencies, store: Store, registry: Registry, write_row: WriteRow, show_progress: ProgressBar
) -> int:
    """Write all rows of one moment, under their Persian headings; return how many."""
    catalogue, rows_done, after_id = dependencies.catalogue, 0, 0
    with show_progress("exporting", None) as progress:
        write_row([field_label(catalogue, registry, field.name) for field in registry.fields])
        async with store.open_unit(write=False) as uow:
            while page_rows := await uow.registries.list_rows(
                RegistryFilter(registry.key, after_id=after_id, limit=PAGE_ROWS)
            ):
                for row in page_rows:
                    write_row([write_cell(field, row.values[field.name], catalogue) for field in registry.fields])
                rows_done, after_id = rows_done + len(page_rows), page_rows[-1].id
                progress(rows_done)
    return rows_done


async def export_report(
    dependencies: Dependencies,
    store: Store,
    selection: SheetSelection,
    actor: Actor,
    write_row: WriteRow,
    show_progress: ProgressBar,
) -> int:
    """Write a report's rows, out of one snapshot; return how many there are under the headings.
    `Forbidden("report")`.
    """
    if selection.figures_only:
        return await _export_figures(dependencies, store, selection, actor, write_row)
    rows_done = 0
    async with store.open_unit(write=False) as uow:
        report_listing = await build_listing(
            ActorContext(dependencies, uow, actor), find_report(selection.report_key), selection.report_filter
        )
        with show_progress("exporting", report_listing.total) as progress:
            write_row(report_listing.headings)
            async for rows in report_listing.pages:
                for row in rows:
                    write_row(row)
                rows_done += len(rows)
                progress(rows_done)
    return rows_done


async def make_sheet(rows: Iterable[Cells]) -> bytes:
    """Return an XLSX file of some rows, made in a thread."""
    return await asyncio.to_thread(_write_sheet, rows)


def _write_sheet(rows: Iterable[Cells]) -> bytes:
    output = BytesIO()
    with open_sheet_writer(output, "xlsx") as write_row:
        for row in rows:
            write_row(row)
    return output.getvalue()


async def _export_figures(
    dependencies: Dependencies, store: Store, selection: SheetSelection, actor: Actor, write_row: WriteRow
) -> int:
    async with store.open_unit(write=False) as uow:
        report_result = await run_report(
            ActorContext(dependencies, uow, actor), find_report(selection.report_key), selection.report_filter
        )
        rows = list(
            render_figure_rows(
                await load_labels(ActionContext(dependencies, uow), selection.report_filter), report_result
            )
        )
    for row in rows:
        write_row(row)
    return len(rows)
