"""Files that the staff bring for the registries: brought, examined behind the page, confirmed or dropped.

The work itself is done elsewhere (`app/jobs/import_jobs.py`): here is what people say, and what must hold whenever they
say it. A file is kept whole or not at all, and `kept` is written in the transaction that keeps its rows.
"""

from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.registries.rows import find_registry, require_editor
from domain.registries.declarations import Registry
from domain.registries.imports import IMPORT_RETENTION, MOST_FILE_BYTES, Import, ImportState
from domain.registries.ports import ImportRepository
from domain.repositories import AuditRepositories, RegistryRepositories
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.errors import Conflict, InvalidField, NotAllowedNow, TooLarge
from domain.values.reasons import ConflictReason, InvalidReason, NotAllowedReason
from domain.values.text import tidy_text
from domain.values.version_token import VersionToken, refuse_stale

LONGEST_NAME = 100


async def add_import(
    context: ActorContext[RegistryRepositories], registry: Registry, file_name: str, content: bytes
) -> Import:
    """Take a file to be examined. Errors: `Forbidden`, `InvalidField("file")` for an empty one, `TooLarge("file")`."""
    require_editor(registry, context.actor)
    if not content:
        raise InvalidField("file", InvalidReason.EMPTY_FILE)
    if len(content) > MOST_FILE_BYTES:
        raise TooLarge("file")
    import_job = Import(
        context.dependencies.ids.new_id(),
        registry.key,
        _clean_name(file_name),
        len(content),
        context.actor.identifier,
        context.dependencies.clock.now(),
    )
    await context.uow.registry_imports.add(import_job, content)
    return import_job


async def confirm_import(
    context: ActorContext[RegistryRepositories],
    import_id: int,
    version: VersionToken,
    *,
    skip_bad_rows: bool,
) -> Import:
    """Let what was shown be kept, in the name of who says so; `version` is that of what they were shown.

    Errors: `Forbidden`, `NotFound("import")`, `Conflict("import")` when it is not waiting for that any more, or does
    something else than they saw, `NotAllowedNow("import")` when bad rows are not to be left out, or nothing is new.
    """
    import_job = await _lock_own_import(context.uow.registry_imports, import_id, context.actor, ImportState.EXAMINED)
    refuse_stale(version, import_job.version_token, Conflict("import", ConflictReason.IMPORT_MOVED))
    if import_job.tally["bad"] and not skip_bad_rows:
        raise NotAllowedNow("import", NotAllowedReason.BAD_ROWS)
    if not import_job.tally["added"] + import_job.tally["changed"]:
        raise NotAllowedNow("import", NotAllowedReason.NOTHING_NEW)
    import_job.state, import_job.skip_bad_rows = ImportState.CONFIRMED, skip_bad_rows
    import_job.done, import_job.tries, import_job.problem, import_job.decided_by = 0, 0, None, context.actor.identifier
    await context.uow.registry_imports.save(import_job)
    await _audit_import(context, import_job, "import_confirmed")
    return import_job


async def drop_import(context: ActorContext[RegistryRepositories], import_id: int) -> Import:
    """Give a file up before it is kept. Errors: `Forbidden`, `NotFound("import")`, `Conflict("import")`."""
    import_job = await _lock_own_import(
        context.uow.registry_imports, import_id, context.actor, ImportState.EXAMINED, ImportState.WAITING
    )
    import_job.decided_by = context.actor.identifier
    await _audit_import(context, import_job, "import_dropped")
    await settle_import(context, import_job, ImportState.DROPPED)
    return import_job


async def settle_import(
    context: ActionContext[RegistryRepositories], import_job: Import, state: ImportState, problem: str | None = None
) -> None:
    """Bring a file to its end, and forget it: what stays are numbers."""
    import_job.state, import_job.problem, import_job.settled_at = state, problem, context.dependencies.clock.now()
    import_job.outcome = {}
    await context.uow.registry_imports.save(import_job)
    await context.uow.registry_imports.delete_file(import_job.id)


async def forget_old_imports(dependencies: Dependencies, store: Store) -> int:
    """Forget files that nobody confirmed for a week, and all that was noted of older ones; return how many."""
    async with store.open_unit() as uow:
        return await uow.registry_imports.delete_before(dependencies.clock.now() - IMPORT_RETENTION)


async def _lock_own_import(
    registry_imports: ImportRepository, import_id: int, actor: Actor, *accepted_states: ImportState
) -> Import:
    """Return an import to whoever may change that registry; it was brought to the office, not to a person."""
    import_job = await registry_imports.get(import_id, lock=True)
    require_editor(find_registry(import_job.registry), actor)
    if import_job.state not in accepted_states:
        raise Conflict("import", ConflictReason.IMPORT_MOVED)
    return import_job


async def _audit_import(context: ActorContext[AuditRepositories], import_job: Import, event: str) -> None:
    recorded_by = require_editor(find_registry(import_job.registry), context.actor).label
    facts = {"registry": import_job.registry, "source": import_job.name, "brought_by": import_job.by}
    await context.uow.audit.add_entry(context.dependencies.clock.now(), recorded_by, event, facts)


def _clean_name(file_name: str) -> str:
    """Return a file's own name without its folders, short enough to be listed."""
    base_name = " ".join(tidy_text(file_name).replace("\\", "/").rpartition("/")[2].split())
    return base_name[-LONGEST_NAME:] or "—"
