"""Taking over what a browser kept while its line was gone: sections of a form as they were typed then, all in one unit.

Whatever is sent again changes nothing: a draft that is begun has the browser's idempotency key, and a section replaces
what was there. It does so only where that is what the browser saw last, or what it tried to send before: what another
device wrote meanwhile is a conflict, which its citizen decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.drafts.beginning import begin_keyed_draft, get_draft
from domain.actions.drafts.saving import find_section, save_relation, save_section, tidy_typed_form
from domain.drafts.draft import Draft, Relation, TypedForm
from domain.language.form_sections import FormSection
from domain.repositories import DraftRepositories
from domain.values.errors import NotFound


@dataclass(frozen=True, slots=True)
class KeptSection:
    """A section as a browser kept it."""

    typed_form: TypedForm
    """Values typed last."""
    is_pending: bool
    """It was not sent, or no answer came; else the draft has it, and it comes for the case that the draft is gone."""
    base_digest: str | None
    """Digest of the section when the browser saw it last (`Draft.digest_section`); None: it never did."""
    attempted_forms: Sequence[TypedForm] = ()
    """Values typed before, which may have arrived though no answer to them did."""


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A form as a browser kept it."""

    service_key: str
    """The service."""
    draft_id: int | None
    """The draft that it belongs to; None where it was begun without a line."""
    key: str
    """The browser's own idempotency key of this form."""
    sections: Sequence[KeptSection]
    """Its sections, in the order in which they were typed."""
    relation: Relation | None = None
    """Person for whom the citizen asks, where that was changed."""
    represented_name: str = ""
    """The name of whom the citizen asks for."""


@dataclass(slots=True)
class SynchronizedDraft:
    """Outcome of a form that a browser kept."""

    draft: Draft
    """The draft as it is now."""
    is_restarted: bool = False
    """The draft that the browser knew is gone (deleted, over, another session's): this one was begun in its place."""
    conflicting_sections: list[str] = field(default_factory=list)
    """The sections that another device changed meanwhile: what is kept in the browser was not taken over."""
    unknown_sections: list[str] = field(default_factory=list)
    """The sections that the service has no more."""


async def synchronize_draft(
    context: ActionContext[DraftRepositories], session_id: int, browser_draft: KeptDraft, source_address: str
) -> SynchronizedDraft:
    """Take over a form that a browser kept. A draft that became a request stays as it is: other values than it has are
    conflicts.

    Errors: those of `begin_draft`, `save_section` and `save_relation`.
    """
    outcome = await _open_draft(context, session_id, browser_draft, source_address)
    for kept_section in browser_draft.sections:
        if kept_section.is_pending or outcome.is_restarted:
            await _take_over_section(context, session_id, outcome, kept_section)
    if browser_draft.relation is not None and not outcome.draft.is_submitted:
        outcome.draft = await save_relation(
            context, session_id, outcome.draft.id, browser_draft.relation, browser_draft.represented_name
        )
    return outcome


async def _open_draft(
    context: ActionContext[DraftRepositories], session_id: int, browser_draft: KeptDraft, source_address: str
) -> SynchronizedDraft:
    is_restarted = False
    if browser_draft.draft_id is not None:
        try:
            return SynchronizedDraft(await get_draft(context, session_id, browser_draft.draft_id, lock=True))
        except NotFound:
            is_restarted = True
    draft = await begin_keyed_draft(context, session_id, browser_draft.service_key, browser_draft.key, source_address)
    return SynchronizedDraft(draft, is_restarted)


async def _take_over_section(
    context: ActionContext[DraftRepositories], session_id: int, outcome: SynchronizedDraft, kept_section: KeptSection
) -> None:
    draft, typed_form = outcome.draft, kept_section.typed_form
    try:
        section = find_section(context.dependencies.engine.get_service(draft.service), typed_form.section_name)
    except NotFound:
        outcome.unknown_sections.append(typed_form.section_name)
        return
    if draft.holds(section.field_names, tidy_typed_form(context.dependencies, draft.service, typed_form)):
        if draft.is_submitted or section.name in draft.saved_sections:
            return
    elif draft.is_submitted or not _matches_base(context.dependencies, draft, section, kept_section):
        outcome.conflicting_sections.append(section.name)
        return
    outcome.draft = await save_section(context, session_id, draft.id, typed_form)


def _matches_base(dependencies: Dependencies, draft: Draft, section: FormSection, kept_section: KeptSection) -> bool:
    """Return whether a section is what the browser saw last, or what it tried to send itself."""
    present_digest = draft.digest_section(section.field_names)
    if present_digest in {"", kept_section.base_digest}:
        return True
    return any(
        draft.holds(section.field_names, tidy_typed_form(dependencies, draft.service, attempted_form))
        for attempted_form in kept_section.attempted_forms
    )
