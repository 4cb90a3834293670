"""Files that the staff brought for the registries."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from domain.registries.imports import Import, ImportState
from domain.values.errors import NotFound
from store.rows import TableMapping
from store.schema import import_files, imports
from store.work import Repository

_IMPORT = TableMapping(imports, Import)
_KNOWN = select(*_IMPORT.columns)
_BY_ID = _KNOWN.where(imports.c.id == bindparam("of_id"))
_BY_ID_LOCKED = _BY_ID.with_for_update()
_RECENT = _KNOWN.where(imports.c.registry == bindparam("of_registry")).order_by(imports.c.id.desc())
_RUNNING = (
    _KNOWN.where(imports.c.state.in_([one for one in ImportState if one.running]))
    .order_by(imports.c.id)
    .limit(1)
    .with_for_update()
)
_ADD, _ADD_FILE = insert(imports), insert(import_files)
_OWN = imports.c.id == bindparam("of_id")
_SAVE = update(imports).where(_OWN)
_PROGRESS = update(imports).where(_OWN).values(done=bindparam("rows"), total=bindparam("of_rows"))
_OF_IMPORT = import_files.c.import_id == bindparam("of_id")
_CONTENT = select(import_files.c.content).where(_OF_IMPORT)
_REPORT = select(import_files.c.report).where(_OF_IMPORT)
_KEEP_REPORT = update(import_files).where(_OF_IMPORT).values(report=bindparam("written"))
_FORGET_FILE = delete(import_files).where(_OF_IMPORT)
_OLD = select(imports.c.id).where(imports.c.made_at < bindparam("moment"))
_FORGET_OLD_FILES = delete(import_files).where(import_files.c.import_id.in_(_OLD))
_FORGET_OLD = delete(imports).where(imports.c.made_at < bindparam("moment"))
_CHANGING = (
    "state", "done", "total", "tries", "skip_bad_rows", "tally", "outcome", "problem", "settled_at",
    "decided_by",
)  # fmt: skip


class SqlImports(Repository):
    """The port `Imports`."""

    async def add(self, brought: Import, content: bytes) -> None:
        """Store a new one with its file."""
        await self._work.run(_ADD, _IMPORT.values(brought))
        await self._work.run(_ADD_FILE, {"import_id": brought.id, "content": content, "report": None})

    async def get(self, import_id: int, *, lock: bool = False) -> Import:
        """Return by id; `NotFound("import")`."""
        row = await self._work.row(_BY_ID_LOCKED if lock else _BY_ID, {"of_id": import_id})
        if row is None:
            raise NotFound("import")
        return _IMPORT.read(row)

    async def save(self, brought: Import) -> None:
        """Store a changed one."""
        values = {name: getattr(brought, name) for name in _CHANGING}
        await self._work.run(_SAVE, {"of_id": brought.id, **values})

    async def note_progress(self, import_id: int, done: int, total: int | None) -> None:
        """Store how far it is, and nothing else."""
        await self._work.run(_PROGRESS, {"of_id": import_id, "rows": done, "of_rows": total})

    async def recent(self, registry: str, limit: int) -> list[Import]:
        """Return those of a registry, newest first."""
        return _IMPORT.read_all(await self._work.rows(_RECENT.limit(limit), {"of_registry": registry}))

    async def next_running(self) -> Import | None:
        """Return the oldest with which something is to be done, and keep it for this unit."""
        row = await self._work.row(_RUNNING)
        return None if row is None else _IMPORT.read(row)

    async def content(self, import_id: int) -> bytes:
        """Return the file; `NotFound("import")` when it was forgotten."""
        content: bytes | None = await self._work.value(_CONTENT, {"of_id": import_id})
        if content is None:
            raise NotFound("import")
        return content

    async def keep_report(self, import_id: int, report: bytes | None) -> None:
        """Store the report of all faults."""
        await self._work.run(_KEEP_REPORT, {"of_id": import_id, "written": report})

    async def report(self, import_id: int) -> bytes:
        """Return the report; `NotFound("import")` when there is none."""
        report: bytes | None = await self._work.value(_REPORT, {"of_id": import_id})
        if report is None:
            raise NotFound("import")
        return report

    async def forget_file(self, import_id: int) -> None:
        """Forget the file and its report."""
        await self._work.run(_FORGET_FILE, {"of_id": import_id})

    async def forget_before(self, moment: datetime) -> int:
        """Forget everything of those that were brought before; return how many."""
        await self._work.run(_FORGET_OLD_FILES, {"moment": moment})
        return await self._work.count(_FORGET_OLD, {"moment": moment})
