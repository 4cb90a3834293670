"""One registry exported into one file, in pages: memory does not grow with the table."""

from pathlib import Path

from app.importing import Bar
from app.sheet_writing import written
from domain.actions.desk import Desk
from domain.ports import Store
from domain.registries import Registry
from domain.registry_rows import RegistryFilter
from domain.registry_sheet import cell, label

PAGE = 500


async def export_table(
    desk: Desk, store: Store, registry: Registry, path: Path, bar: Bar, *, force: bool = False
) -> int:
    """Write all rows as they stand at one moment, under their Persian headings; return how many.

    Errors: `InvalidField("file")` when the name ends otherwise than .csv or .xlsx, `Conflict("file")` when the file is
    there and `force` is not given.
    """
    catalogue, done, after = desk.catalogue, 0, 0
    with written(path, force=force) as write, bar("exporting", None) as progress:
        write([label(catalogue, registry, field.name) for field in registry.fields])
        async with store.unit(write=False) as uow:
            while page := await uow.registries.find(RegistryFilter(registry.key, after=after, limit=PAGE)):
                for row in page:
                    write([cell(field, row.values[field.name], catalogue) for field in registry.fields])
                done, after = done + len(page), page[-1].id
                progress(done)
    return done
