"""Saving of drafts: what was typed is kept as it was typed, valid or not; what is wrong with it is found by reading."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.drafts.beginning import copy_draft, get_draft, reckon_expiry
from domain.drafts.draft import Draft, Relation, TypedForm
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.types import ReadingContext, Text
from domain.language.form_sections import FormSection
from domain.language.service import Service
from domain.repositories import DraftRepositories
from domain.values import identifiers
from domain.values.calendar import jalali_text
from domain.values.errors import InvalidField, NotFound, TooLarge
from domain.values.reasons import NotFoundReason, TooLargeReason
from domain.values.text import tidy_text

MAX_TYPED_BYTES = 16 * 1024
"""Bytes that all that was typed in a draft may take (UTF-8): no form of ours comes near."""

_EIGHT_DAYS = timedelta(days=8)
"""A day that is told by today, or by its weekday, is another one after so long."""

REPRESENTED_NAME = Field("represented_name", Text(80))


async def save_section(
    context: ActionContext[DraftRepositories], session_id: int, draft_id: int, typed_form: TypedForm
) -> Draft:
    """Keep what was typed in one section, and return the draft that has it.

    Another tab's sections stay as they are. A draft that was submitted stays as it is too: the same values change
    nothing, others make a new draft with all that is typed so far. Errors: `NotFound("draft")` for a draft that this
    session does not hold, `NotFound("section")`, `TooLarge`, `TooManyRequests` for a session that holds too many.
    """
    draft = await get_draft(context, session_id, draft_id, lock=True)
    section = find_section(context.dependencies.engine.get_service(draft.service), typed_form.section_name)
    typed_values = tidy_typed_form(context.dependencies, draft.service, typed_form)
    if draft.is_submitted:
        if draft.holds(section.field_names, typed_values):
            return draft
        draft = await copy_draft(context, session_id, draft)
    draft.save_section(section.name, section.field_names, typed_values)
    _require_bounded(draft.typed_values)
    return await keep_draft(context, draft)


async def save_mobile(
    context: ActionContext[DraftRepositories], session_id: int, draft_id: int, typed_mobile: str
) -> Draft:
    """Keep the mobile that takes a draft up on another device (+989…); `InvalidField("mobile")`, `NotFound("draft")`.

    A submitted draft keeps the one that it has.
    """
    mobile = identifiers.parse_mobile(typed_mobile)
    draft = await get_draft(context, session_id, draft_id, lock=True)
    if draft.is_submitted:
        return draft
    draft.mobile = mobile
    return await keep_draft(context, draft)


async def save_relation(
    context: ActionContext[DraftRepositories], session_id: int, draft_id: int, relation: Relation, represented_name: str
) -> Draft:
    """Keep for whom the citizen asks; the name is needed for anybody but oneself (`MissingField`, `InvalidField`)."""
    draft = await get_draft(context, session_id, draft_id, lock=True)
    if draft.is_submitted:
        return draft
    draft.relation, draft.represented_name = relation, ""
    if relation is not Relation.SELF:
        reading_context = ReadingContext(context.dependencies.clock.now())
        draft.represented_name = REPRESENTED_NAME.read_value(represented_name, reading_context)
    return await keep_draft(context, draft)


def tidy_typed_form(dependencies: Dependencies, service_key: str, typed_form: TypedForm) -> dict[str, Any]:
    """Return the values of a form as a draft keeps them: as typed, without the signs that no database takes, and a day
    that was told by the day on which it was typed («فردا») as the day that it meant.
    """
    typed_at = typed_form.typed_at or dependencies.clock.now()
    form_fields = dependencies.engine.get_service(service_key).form
    days = {entry.name: entry.type for entry in form_fields if isinstance(entry.type, Day)}
    tidied_values = {name: _tidy_value(value) for name, value in typed_form.typed_values.items()}
    return {
        name: _fix_day(days[name], value, typed_at) if name in days and isinstance(value, str) else value
        for name, value in tidied_values.items()
    }


def _fix_day(day_type: Day, typed_day: str, typed_at: datetime) -> str:
    """Return a day whose meaning depends on when it is read as it was meant; any other as it was typed."""
    any_day = replace(day_type, allows_past=True)
    meant_day, later_day = (_read_day(any_day, typed_day, moment) for moment in (typed_at, typed_at + _EIGHT_DAYS))
    return typed_day if meant_day in {None, later_day} else jalali_text(date.fromisoformat(str(meant_day)))


def _read_day(day_type: Day, typed_day: str, moment: datetime) -> str | None:
    try:
        return day_type.parse(typed_day, ReadingContext(moment))
    except InvalidField:
        return None


def find_section(service: Service, section_name: str) -> FormSection:
    """Return a section of a service's form; `NotFound("section")`."""
    section = next((candidate for candidate in service.sections if candidate.name == section_name), None)
    if section is None:
        raise NotFound("section", NotFoundReason.DRAFT)
    return section


async def keep_draft(context: ActionContext[DraftRepositories], draft: Draft) -> Draft:
    """Store a changed draft, which this unit has locked, and put its end off."""
    draft.updated_at, draft.expires_at = context.dependencies.clock.now(), reckon_expiry(context.dependencies)
    await context.uow.drafts.save(draft)
    return draft


def _tidy_value(value: Any) -> Any:
    """Return a typed value without the signs that no database takes; nothing else of it changes."""
    if isinstance(value, str):
        return tidy_text(value)
    if isinstance(value, list):
        return [_tidy_value(entry) for entry in value]
    if isinstance(value, Mapping):
        return {name: _tidy_value(entry) for name, entry in value.items()}
    return value


def _require_bounded(typed_values: Mapping[str, Any]) -> None:
    if len(json.dumps(typed_values, ensure_ascii=False).encode()) > MAX_TYPED_BYTES:
        raise TooLarge("draft", TooLargeReason.DRAFT)
