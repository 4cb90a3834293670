"""What people read: every text of the catalogue, overridden by the administrator once a new one is proved to fit."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.settings.setting_pages import PAGE_TABS, TEXTS_PATH
from channels.admin.submissions import FormSubmission
from channels.admin.version_tokens import VersionedAction
from channels.web.forms import FormWording, build_controls, read_form
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from domain.actions.dependencies import Dependencies
from domain.actions.settings.changes import TEXT_PREFIX, change_text, renew_settings, version_of_settings
from domain.actions.settings.text_overrides import LONGEST_OVERRIDE, list_changeable_keys, prove_text
from domain.authorization.rights import Right
from domain.check import sent_by_sms
from domain.check.text_bounds import bound_texts
from domain.fields.form import Field
from domain.fields.types import Choice, Text
from domain.messages.templates import PHONE
from domain.unit_of_work import Store
from domain.values.errors import NotFound
from domain.values.message_parts import count_parts
from domain.values.text import fold_text
from domain.values.version_token import VersionToken

TEXT_PATH = f"{TEXTS_PATH}/one/{{key:[a-z0-9_.]+}}"
PAGE_SIZE = 50
"""Texts on a page."""

CHANGED_CHOICE = "changed"

WORDING_FORM = "text"
"""The form in which a text is overridden."""

_SEARCH_TYPE = Text(max_length=100)


@dataclass(frozen=True, slots=True)
class TextView:
    """A text by its key; `is_changed` tells whether the staff overrode it."""

    key: str
    wording: str
    is_changed: bool


class TextPages:
    """The texts."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        self._dependencies = dependencies
        self._store = store

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", TEXTS_PATH, Right.SETTINGS_VIEW, self._show_texts),
            PageRoute("GET", TEXT_PATH, Right.SETTINGS_VIEW, self._render_page),
            PageRoute(
                "POST",
                TEXT_PATH,
                Right.SETTINGS_CHANGE,
                FormSubmission(WORDING_FORM, VersionedAction(self._submit_text), self._render_page),
            ),
            PageRoute(
                "POST",
                f"{TEXT_PATH}/reset",
                Right.SETTINGS_CHANGE,
                FormSubmission("reset", VersionedAction(self._submit_reset), self._render_page),
            ),
        )

    async def _show_texts(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Show the texts whose key or words hold what is looked for, page by page of their order."""
        filter_fields, first_index = self._build_filter_fields(), _read_start(request)
        filter_values = read_form(filter_fields, request.query)
        matching_texts = await self._find_texts(filter_values)
        next_query = (
            {**request.query, "from": str(first_index + PAGE_SIZE)}
            if len(matching_texts) > first_index + PAGE_SIZE
            else None
        )
        context = {
            "tabs": PAGE_TABS,
            "filters": build_controls(filter_fields, filter_values, self._build_wording()),
            "text_views": matching_texts[first_index : first_index + PAGE_SIZE],
            "text_count": len(matching_texts),
            "older_address": str(request.rel_url.with_query(next_query)) if next_query else None,
        }
        return render_staff_page(request, visitor, "admin/settings/texts.html", context)

    def _build_filter_fields(self) -> tuple[Field, ...]:
        table_names = sorted({_table_of_key(key) for key in list_changeable_keys(self._dependencies.catalogue)})
        return (
            Field("q", _SEARCH_TYPE, required=False),
            Field("table", Choice(), required=False, choices=tuple(table_names)),
            Field("which", Choice(), required=False, choices=(CHANGED_CHOICE,)),
        )

    def _build_wording(self) -> FormWording:
        get_text, titles = self._dependencies.catalogue.text, {"which": {CHANGED_CHOICE: "admin.texts.changed"}}
        return FormWording(
            self._dependencies.wording,
            lambda field_name: get_text(f"admin.texts.{field_name}"),
            titles,
            blank_key="web.form.every",
        )

    async def _find_texts(self, filter_values: Mapping[str, str]) -> list[TextView]:
        changed_keys, searched_text = await self._load_changed_keys(), fold_text(filter_values.get("q", ""))
        text_views = (
            TextView(key, self._load_wording(key), key in changed_keys)
            for key in list_changeable_keys(self._dependencies.catalogue)
        )
        return [
            text_view
            for text_view in text_views
            if filter_values.get("table") in (None, _table_of_key(text_view.key))
            and (text_view.is_changed or filter_values.get("which") != CHANGED_CHOICE)
            and (searched_text in fold_text(text_view.key) or searched_text in fold_text(text_view.wording))
        ]

    async def _submit_text(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        key, submitted_text = request.match_info["key"], read_text(visitor.form, "text")
        dependencies = self._dependencies
        proved_text = await asyncio.to_thread(
            prove_text, dependencies.services.values(), dependencies.catalogue, key, submitted_text
        )
        async with self._store.open_unit() as uow:
            await change_text(dependencies, uow, key, proved_text, version_token, actor=visitor.actor)
        await renew_settings(dependencies, self._store)
        return f"{TEXTS_PATH}/one/{key}?done=text"

    async def _submit_reset(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        key = self._read_text_key(request)
        async with self._store.open_unit() as uow:
            await change_text(self._dependencies, uow, key, None, version_token, actor=visitor.actor)
        await renew_settings(self._dependencies, self._store)
        return f"{TEXTS_PATH}/one/{key}?done=text_reset"

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        key, catalogue, error = self._read_text_key(request), self._dependencies.catalogue, form_error(refused_form)
        refused_wording = refused_form if refused_form and refused_form.name == WORDING_FORM else None
        refusal = self._dependencies.wording.render_error(error) if error else None
        given_text = catalogue.read_source(key)
        async with self._store.open_unit(write=False) as uow:
            version_token = await version_of_settings(uow)
        services = self._dependencies.services.values()
        is_sent_by_sms = key in sent_by_sms(services, catalogue)
        context = {
            "text_key": key,
            "wording": read_text(refused_wording.posted_form, "text") if refused_wording else self._load_wording(key),
            "is_overridden": key in await self._load_changed_keys(),
            "default_wording": given_text if isinstance(given_text, str) else "\n".join(given_text),
            "fact_names": sorted(catalogue.fact_names(key) | {PHONE}),
            "part_budget": catalogue.part_budget(key) if is_sent_by_sms else None,
            "part_count": count_parts(bound_texts(services, catalogue).render_longest(key)) if is_sent_by_sms else None,
            "is_list": not isinstance(given_text, str),
            "max_length": LONGEST_OVERRIDE,
            "version_token": version_token,
            "problem": refusal if refused_wording else None,
            "refusal": None if refused_wording else refusal,
        }
        return render_staff_page(request, visitor, "admin/settings/text.html", context, error=error)

    def _read_text_key(self, request: web.Request) -> str:
        key = request.match_info["key"]
        if key not in list_changeable_keys(self._dependencies.catalogue):
            raise NotFound("text")
        return key

    def _load_wording(self, key: str) -> str:
        given_text = self._dependencies.catalogue.read_source(key)
        return (
            self._dependencies.catalogue.text(key)
            if isinstance(given_text, str)
            else "\n".join(self._dependencies.catalogue.text_lines(key))
        )

    async def _load_changed_keys(self) -> set[str]:
        """Return the keys of the texts that the staff overrode."""
        async with self._store.open_unit(write=False) as uow:
            stored_values = await uow.setting_changes.get_values()
        return {
            setting_name.removeprefix(TEXT_PREFIX)
            for setting_name in stored_values
            if setting_name.startswith(TEXT_PREFIX)
        }


def _table_of_key(key: str) -> str:
    """Return the table of the catalogue that a text is found in: its service's, or the first word of its key."""
    key_parts = key.split(".")
    return ".".join(key_parts[:2]) if key_parts[0] == "services" else key_parts[0]


def _read_start(request: web.Request) -> int:
    start_text = request.query.get("from", "0")
    return int(start_text) if start_text.isascii() and start_text.isdecimal() and len(start_text) < 7 else 0
