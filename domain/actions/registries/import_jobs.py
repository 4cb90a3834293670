"""Files that the staff bring for the registries: brought, examined behind the page, confirmed or dropped.

The work itself is done elsewhere (`app/jobs/import_jobs.py`): here is what people say, and what must hold whenever they
say it. A file is kept whole or not at all, and `kept` is written in the transaction that keeps its rows.
"""

from domain.actions.desk import Desk
from domain.actions.registries.rows import may_edit, registry_named
from domain.registries.declarations import Registry
from domain.registries.imports import KEPT_FOR, MOST_BYTES, Import, ImportState
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import Conflict, MissingField, NotAllowedNow, TooLarge
from domain.values.text import shown
from domain.values.version_token import VersionToken

LONGEST_NAME = 100


async def bring(desk: Desk, uow: UnitOfWork, registry: Registry, name: str, content: bytes, actor: Actor) -> Import:
    """Take a file to be examined. Errors: `Forbidden`, `MissingField("file")` for an empty one, `TooLarge("file")`."""
    may_edit(registry, actor)
    if not content:
        raise MissingField("file", detail="no_file")
    if len(content) > MOST_BYTES:
        raise TooLarge("file")
    brought = Import(desk.ids.new_id(), registry.key, _clean(name), len(content), actor.ident, desk.clock.now())
    await uow.imports.add(brought, content)
    return brought


async def confirm(
    desk: Desk, uow: UnitOfWork, import_id: int, actor: Actor, version: VersionToken, *, skip_bad_rows: bool
) -> Import:
    """Let what was shown be kept, in the name of who says so; `version` is that of what they were shown.

    Errors: `Forbidden`, `NotFound("import")`, `Conflict("import")` when it is not waiting for that any more, or does
    something else than they saw, `NotAllowedNow("import")` when bad rows are not to be left out, or nothing is new.
    """
    brought = await _own(uow, import_id, actor, ImportState.EXAMINED)
    if version != brought.version_token:
        raise Conflict("import", detail="import_moved")
    if brought.tally["bad"] and not skip_bad_rows:
        raise NotAllowedNow("import", detail="bad_rows")
    if not brought.tally["added"] + brought.tally["changed"]:
        raise NotAllowedNow("import", detail="nothing_new")
    brought.state, brought.skip_bad_rows = ImportState.CONFIRMED, skip_bad_rows
    brought.done, brought.tries, brought.problem, brought.decided_by = 0, 0, None, actor.ident
    await uow.imports.save(brought)
    await _audit(desk, uow, brought, actor, "import_confirmed")
    return brought


async def drop(desk: Desk, uow: UnitOfWork, import_id: int, actor: Actor) -> Import:
    """Give a file up before it is kept. Errors: `Forbidden`, `NotFound("import")`, `Conflict("import")`."""
    brought = await _own(uow, import_id, actor, ImportState.EXAMINED, ImportState.WAITING)
    brought.decided_by = actor.ident
    await _audit(desk, uow, brought, actor, "import_dropped")
    await settle(desk, uow, brought, ImportState.DROPPED)
    return brought


async def settle(desk: Desk, uow: UnitOfWork, brought: Import, state: ImportState, problem: str | None = None) -> None:
    """Bring a file to its end, and forget it: what stays are numbers."""
    brought.state, brought.problem, brought.settled_at = state, problem, desk.clock.now()
    brought.outcome = {}
    await uow.imports.save(brought)
    await uow.imports.forget_file(brought.id)


async def forget_old(desk: Desk, store: Store) -> int:
    """Forget files that nobody confirmed for a week, and all that was noted of older ones; return how many."""
    async with store.unit() as uow:
        return await uow.imports.forget_before(desk.clock.now() - KEPT_FOR)


async def _own(uow: UnitOfWork, import_id: int, actor: Actor, *states: ImportState) -> Import:
    """Return an import to whoever may change that registry; it was brought to the office, not to a person."""
    brought = await uow.imports.get(import_id, lock=True)
    may_edit(registry_named(brought.registry), actor)
    if brought.state not in states:
        raise Conflict("import", detail="import_moved")
    return brought


async def _audit(desk: Desk, uow: UnitOfWork, brought: Import, actor: Actor, what: str) -> None:
    by = may_edit(registry_named(brought.registry), actor).label
    facts = {"registry": brought.registry, "source": brought.name, "brought_by": brought.by}
    await uow.audit.record(desk.clock.now(), by, what, facts)


def _clean(name: str) -> str:
    """Return a file's own name without its folders, short enough to be listed."""
    last = " ".join(shown(name).replace("\\", "/").rpartition("/")[2].split())
    return last[-LONGEST_NAME:] or "—"
