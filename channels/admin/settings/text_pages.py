"""Texts that people read: every text of the catalogue, overridden by the administrator once a new one is proved to
fit."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.settings.setting_pages import PAGE_TABS, TEXTS_PATH
from channels.admin.submissions import FormSubmission
from channels.admin.version_tokens import VersionedAction, read_version_token
from channels.web.forms import FormWording, build_controls, read_form
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.settings.setting_changes import TEXT_PREFIX, change_text, renew_settings, version_of_settings
from domain.actions.settings.text_overrides import (
    LONGEST_OVERRIDE,
    TextWording,
    list_changeable_keys,
    prove_text,
)
from domain.actions.settings.text_places import (
    SERVICES_PREFIX,
    TextPlaces,
    find_moment,
    find_table,
    find_title_key,
    rank_moment,
)
from domain.actions.settings.text_samples import list_longest_values, render_sample
from domain.authorization.rights import Right
from domain.check import sent_by_sms
from domain.check.texts.bounds import bound_texts
from domain.fields.form import Field
from domain.fields.types import Choice, Text
from domain.messages.catalogue import Catalogue
from domain.messages.templates import PHONE
from domain.unit_of_work import Store
from domain.values.errors import Conflict, NotFound
from domain.values.languages import join_list
from domain.values.message_parts import count_parts
from domain.values.text import fold_text, group_digits
from domain.values.version_token import VersionToken

TEXT_PATH = f"{TEXTS_PATH}/one/{{key:[a-z0-9_.]+}}"
PAGE_SIZE = 50
"""Texts on a page."""

CHANGED_CHOICE = "changed"

PREVIEW_BUTTON = "preview"
"""The button that shows what a text would be like."""

WORDING_FORM = "text"
"""The form in which a text is overridden."""

_SEARCH_TYPE = Text(max_length=100)


@dataclass(frozen=True, slots=True)
class TextView:
    """A text in a list."""

    key: str
    """Its key in the catalogue."""
    place: str | None
    """Occasion, in words; None where the key says all there is."""
    sample: str
    """It with values such as real requests have."""
    is_changed: bool
    """Whether the staff overrode it."""


@dataclass(frozen=True, slots=True)
class MomentView:
    """The texts of a table that are said at one moment."""

    title: str | None
    """Name of table and moment; None for the shared texts of the one table that is shown."""
    text_views: Sequence[TextView]


@dataclass(frozen=True, slots=True)
class TableView:
    """A table of texts: a service's, or a part of the system."""

    table: str
    title: str
    text_count: str
    """Number of its texts."""

    @property
    def is_of_service(self) -> bool:
        """Whether it is a service's."""
        return self.table.startswith(SERVICES_PREFIX)


class TextPages(SitePart):
    """The texts."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._places = TextPlaces(dependencies.services, dependencies.catalogue)
        self._text_keys = list_changeable_keys(dependencies.catalogue)

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
        """Show the tables of texts; once something is looked for, the texts that hold it, page by page."""
        filter_fields, first_index = self._build_filter_fields(), _read_start(request)
        filter_values = read_form(filter_fields, request.query)
        changed_keys = await self._load_changed_keys()
        keys = self._find_keys(filter_values, changed_keys) if filter_values else []
        next_query = {**request.query, "from": str(first_index + PAGE_SIZE)}
        is_continued = len(keys) > first_index + PAGE_SIZE
        shown_keys = keys[first_index : first_index + PAGE_SIZE]
        context = {
            "tabs": PAGE_TABS,
            "filters": build_controls(filter_fields, filter_values, self._build_wording()),
            "tables": [] if filter_values else self._list_tables(),
            "moments": self._group_texts(shown_keys, changed_keys, names_tables="table" not in filter_values),
            "text_count": len(keys) if filter_values else None,
            "older_address": str(request.rel_url.with_query(next_query)) if is_continued else None,
        }
        return render_staff_page(request, visitor, "admin/settings/texts.html", context)

    def _list_tables(self) -> list[TableView]:
        counts = Counter(map(find_table, self._text_keys))
        return [
            TableView(table, self._places.table_title(table), group_digits(counts[table]))
            for table in sorted(counts, key=lambda table: (not table.startswith(SERVICES_PREFIX), table))
        ]

    def _group_texts(self, keys: Sequence[str], changed_keys: set[str], *, names_tables: bool) -> list[MomentView]:
        """Return texts by table and moment; the tables are named where there may be several."""
        catalogue = self._dependencies.catalogue
        return [
            MomentView(
                self._title_group(table if names_tables else "", moment),
                [
                    TextView(key, self._places.describe_place(key), render_sample(catalogue, key), key in changed_keys)
                    for key in moment_keys
                ],
            )
            for (table, moment), moment_keys in groupby(keys, lambda key: (find_table(key), find_moment(key)))
        ]

    def _title_group(self, table: str, moment: str) -> str | None:
        table_title = self._places.table_title(table) if table else None
        moment_title = self._places.moment_title(moment) if moment else None
        return join_list(filter(None, (table_title, moment_title))) or None

    def _build_filter_fields(self) -> tuple[Field, ...]:
        table_names = sorted({*map(find_table, self._text_keys)})
        return (
            Field("q", _SEARCH_TYPE, required=False),
            Field("table", Choice(), required=False, choices=tuple(table_names)),
            Field("which", Choice(), required=False, choices=(CHANGED_CHOICE,)),
        )

    def _build_wording(self) -> FormWording:
        get_text = self._dependencies.catalogue.text
        titles = {
            "which": {CHANGED_CHOICE: "admin.texts.changed"},
            "table": {table: find_title_key(table) for table in map(find_table, self._text_keys)},
        }
        return FormWording(
            self._dependencies.wording,
            lambda field_name: get_text(f"admin.texts.{field_name}"),
            titles,
            blank_key="web.form.every",
        )

    def _find_keys(self, filter_values: Mapping[str, str], changed_keys: set[str]) -> list[str]:
        """Return the texts that the filters leave, table by table, those of a service in the order in which its
        citizens meet them.
        """
        searched_text = fold_text(filter_values.get("q", ""))
        found_keys = [
            key
            for key in self._text_keys
            if filter_values.get("table") in (None, find_table(key))
            and (key in changed_keys or filter_values.get("which") != CHANGED_CHOICE)
            and (searched_text in fold_text(key) or searched_text in fold_text(self._load_wording(key)))
        ]
        return sorted(found_keys, key=lambda key: (find_table(key), rank_moment(find_moment(key))))

    async def _submit_text(
        self, request: web.Request, visitor: Visitor, version_token: VersionToken
    ) -> str | web.Response:
        """Keep a text that is proved; or show what it would be like, and keep nothing."""
        key, submitted_text = request.match_info["key"], read_text(visitor.form, "text")
        dependencies = self._dependencies
        proved_text = await asyncio.to_thread(
            prove_text, dependencies.services.values(), dependencies.catalogue, key, submitted_text
        )
        if read_text(visitor.form, PREVIEW_BUTTON):
            return await self._render_page(request, visitor, previewed=proved_text, read_version=version_token)
        async with self._store.open_unit() as uow:
            await change_text(ActorContext(dependencies, uow, visitor.actor), key, proved_text, version_token)
        await renew_settings(dependencies, self._store)
        return f"{TEXTS_PATH}/one/{key}?done=text"

    async def _submit_reset(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        key = self._read_text_key(request)
        async with self._store.open_unit() as uow:
            await change_text(ActorContext(self._dependencies, uow, visitor.actor), key, None, version_token)
        await renew_settings(self._dependencies, self._store)
        return f"{TEXTS_PATH}/one/{key}?done=text_reset"

    async def _render_page(
        self,
        request: web.Request,
        visitor: Visitor,
        refused_form: RefusedForm | None = None,
        previewed: TextWording | None = None,
        read_version: VersionToken | None = None,
    ) -> web.Response:
        """Show a text; `previewed` is one in its place that was proved and is not kept, `read_version` what its writer
        had read: what somebody else changed since, neither a preview nor a refusal shows.
        """
        key, error = self._read_text_key(request), form_error(refused_form)
        refused_wording = refused_form if refused_form and refused_form.name == WORDING_FORM else None
        refusal = self._dependencies.wording.render_error(error) if error else None
        if refused_wording and not isinstance(error, Conflict):
            read_version = read_version_token(refused_wording.posted_form)
        async with self._store.open_unit(write=False) as uow:
            version_token = read_version or await version_of_settings(uow.setting_changes)
        typed_wording = read_text(refused_wording.posted_form, "text") if refused_wording else None
        catalogue = self._dependencies.catalogue
        context = {
            **self._describe_text(key, catalogue if previewed is None else catalogue.with_text(key, previewed)),
            "is_overridden": key in await self._load_changed_keys(),
            "is_previewed": previewed is not None,
            "version_token": version_token,
            "problem": refusal if refused_wording else None,
            "refusal": None if refused_wording else refusal,
        }
        if typed_wording is not None:
            context["wording"] = typed_wording
        return render_staff_page(request, visitor, "admin/settings/text.html", context, error=error)

    def _describe_text(self, key: str, catalogue: Catalogue) -> dict[str, Any]:
        """Return a text of a catalogue: its words, where it is said, a sample, and what it costs."""
        services, given_text = self._dependencies.services.values(), self._dependencies.catalogue.read_source(key)
        is_list = not isinstance(given_text, str)
        is_sent_by_sms = key in sent_by_sms(services, catalogue)
        bound = bound_texts(services, catalogue) if is_sent_by_sms else None
        return {
            "text_key": key,
            "table": find_table(key),
            "table_title": self._places.table_title(find_table(key)),
            "place": self._places.describe_place(key),
            "wording": _join_lines(catalogue, key),
            "sample": render_sample(catalogue, key),
            "default_wording": "\n".join(given_text) if is_list else given_text,
            "fact_names": sorted(catalogue.fact_names(key) | {PHONE}),
            "part_budget": catalogue.part_budget(key) if bound else None,
            "part_count": count_parts(bound.render_longest(key)) if bound else None,
            "longest_facts": json.dumps(list_longest_values(bound, key), ensure_ascii=False) if bound else None,
            "is_list": is_list,
            "max_length": LONGEST_OVERRIDE,
            "preview_button": PREVIEW_BUTTON,
        }

    def _read_text_key(self, request: web.Request) -> str:
        key = request.match_info["key"]
        if key not in self._text_keys:
            raise NotFound("text")
        return key

    def _load_wording(self, key: str) -> str:
        return _join_lines(self._dependencies.catalogue, key)

    async def _load_changed_keys(self) -> set[str]:
        """Return the keys of the texts that the staff overrode."""
        async with self._store.open_unit(write=False) as uow:
            stored_values = await uow.setting_changes.get_values()
        return {
            setting_name.removeprefix(TEXT_PREFIX)
            for setting_name in stored_values
            if setting_name.startswith(TEXT_PREFIX)
        }


def _join_lines(catalogue: Catalogue, key: str) -> str:
    """Return a text as a box holds it, a list one a line."""
    return catalogue.text(key) if isinstance(catalogue.read_source(key), str) else "\n".join(catalogue.text_lines(key))


def _read_start(request: web.Request) -> int:
    start_text = request.query.get("from", "0")
    return int(start_text) if start_text.isascii() and start_text.isdecimal() and len(start_text) < 7 else 0
