"""Files that the staff brought for the registries."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from domain.registries.imports import Import, ImportState
from domain.values.errors import NotFound
from store.rows import TableMapping
from store.schema import import_files, imports
from store.work import Repository

_IMPORT_MAPPING = TableMapping(imports, Import)
_SELECT_IMPORTS = select(*_IMPORT_MAPPING.columns)
_SELECT_BY_ID = _SELECT_IMPORTS.where(imports.c.id == bindparam("of_id"))
_LOCK_BY_ID = _SELECT_BY_ID.with_for_update()
_SELECT_RECENT = _SELECT_IMPORTS.where(imports.c.registry == bindparam("of_registry")).order_by(imports.c.id.desc())
_SELECT_NEXT_RUNNING = (
    _SELECT_IMPORTS.where(imports.c.state.in_([state for state in ImportState if state.is_running]))
    .order_by(imports.c.id)
    .limit(1)
    .with_for_update()
)
_INSERT_IMPORT, _INSERT_FILE = insert(imports), insert(import_files)
_IS_IMPORT = imports.c.id == bindparam("of_id")
_UPDATE_IMPORT = update(imports).where(_IS_IMPORT)
_UPDATE_PROGRESS = update(imports).where(_IS_IMPORT).values(done=bindparam("rows"), total=bindparam("of_rows"))
_IS_FILE_OF_IMPORT = import_files.c.import_id == bindparam("of_id")
_SELECT_CONTENT = select(import_files.c.content).where(_IS_FILE_OF_IMPORT)
_SELECT_REPORT = select(import_files.c.report).where(_IS_FILE_OF_IMPORT)
_UPDATE_REPORT = update(import_files).where(_IS_FILE_OF_IMPORT).values(report=bindparam("written"))
_DELETE_FILE = delete(import_files).where(_IS_FILE_OF_IMPORT)
_OLD_IMPORT_IDS = select(imports.c.id).where(imports.c.made_at < bindparam("moment"))
_DELETE_OLD_FILES = delete(import_files).where(import_files.c.import_id.in_(_OLD_IMPORT_IDS))
_DELETE_OLD_IMPORTS = delete(imports).where(imports.c.made_at < bindparam("moment"))
_CHANGING_FIELDS = (
    "state",
    "done",
    "total",
    "tries",
    "skip_bad_rows",
    "tally",
    "outcome",
    "problem",
    "settled_at",
    "decided_by",
)


class SqlImportRepository(Repository):
    """The port `ImportRepository`."""

    async def add(self, new_import: Import, content: bytes) -> None:
        await self._transaction.execute(_INSERT_IMPORT, _IMPORT_MAPPING.column_values(new_import))
        await self._transaction.execute(_INSERT_FILE, {"import_id": new_import.id, "content": content, "report": None})

    async def get(self, import_id: int, *, lock: bool = False) -> Import:
        row = await self._transaction.fetch_row(_LOCK_BY_ID if lock else _SELECT_BY_ID, {"of_id": import_id})
        if row is None:
            raise NotFound("import")
        return _IMPORT_MAPPING.read_row(row)

    async def save(self, changed_import: Import) -> None:
        values = {column_name: getattr(changed_import, column_name) for column_name in _CHANGING_FIELDS}
        await self._transaction.execute(_UPDATE_IMPORT, {"of_id": changed_import.id, **values})

    async def save_progress(self, import_id: int, done_rows: int, total_rows: int | None) -> None:
        await self._transaction.execute(
            _UPDATE_PROGRESS, {"of_id": import_id, "rows": done_rows, "of_rows": total_rows}
        )

    async def list_recent(self, registry: str, limit: int) -> list[Import]:
        return _IMPORT_MAPPING.read_rows(
            await self._transaction.fetch_rows(_SELECT_RECENT.limit(limit), {"of_registry": registry})
        )

    async def claim_next_running(self) -> Import | None:
        row = await self._transaction.fetch_row(_SELECT_NEXT_RUNNING)
        return None if row is None else _IMPORT_MAPPING.read_row(row)

    async def get_content(self, import_id: int) -> bytes:
        content: bytes | None = await self._transaction.fetch_value(_SELECT_CONTENT, {"of_id": import_id})
        if content is None:
            raise NotFound("import")
        return content

    async def save_report(self, import_id: int, report: bytes | None) -> None:
        await self._transaction.execute(_UPDATE_REPORT, {"of_id": import_id, "written": report})

    async def get_report(self, import_id: int) -> bytes:
        report: bytes | None = await self._transaction.fetch_value(_SELECT_REPORT, {"of_id": import_id})
        if report is None:
            raise NotFound("import")
        return report

    async def delete_file(self, import_id: int) -> None:
        await self._transaction.execute(_DELETE_FILE, {"of_id": import_id})

    async def delete_before(self, moment: datetime) -> int:
        await self._transaction.execute(_DELETE_OLD_FILES, {"moment": moment})
        return await self._transaction.count_written(_DELETE_OLD_IMPORTS, {"moment": moment})
