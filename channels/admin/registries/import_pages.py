"""Sheets that are imported: brought, shown with everything that is wrong with them, and kept when somebody says so.

Whoever may read a registry reads what was brought for it; who may bring sheets is offered that, and decides.

The work is done behind the page, which asks again by itself until it is done, and says how far it is.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from aiohttp import web

from channels.admin.actors import load_staff_names
from channels.admin.addresses import list_address
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.registries.registry_view import RegistryViews
from channels.admin.submissions import FormAction, FormSubmission
from channels.admin.version_tokens import VersionedAction
from channels.web.posted import UploadedFile, read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.registries.import_jobs import add_import, confirm_import, drop_import
from domain.authorization.rights import registry_right
from domain.fields.types import format_number
from domain.language.wording import day_and_hour_text
from domain.registries.declarations import NUMBER_FIELD, REGISTRIES, Registry
from domain.registries.imports import MOST_FILE_BYTES, Import, ImportState
from domain.registries.rows import RowFate
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import MissingField, NotFound
from domain.values.reasons import MissingReason
from domain.values.text import group_digits
from domain.values.version_token import VersionToken

MAX_SHEET_FORM_BYTES = MOST_FILE_BYTES + 64 * 1024
REFRESH_SECONDS = 2
"""Seconds after which the page of a file under work asks again."""

MAX_RECENT_IMPORTS = 20

_TALLY_NAMES = ("rows", "added", "changed", "same", "bad")


class ImportPages(SitePart):
    """Imports of every registry."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._views = RegistryViews(dependencies)

    def list_routes(self) -> Sequence[PageRoute]:
        return [route for registry in REGISTRIES.values() for route in self._build_routes(registry)]

    def _build_routes(self, registry: Registry) -> Sequence[PageRoute]:
        import_path, import_right = f"{list_address(registry)}/import", registry_right(registry.key, "import")
        file_path, view_right = f"{import_path}/{{id:[0-9]{{1,19}}}}", registry_right(registry.key, "view")
        return (
            PageRoute("GET", import_path, view_right, partial(self._render_upload, registry)),
            PageRoute(
                "POST",
                import_path,
                import_right,
                FormSubmission("file", partial(self._submit_upload, registry), partial(self._render_upload, registry)),
                MAX_SHEET_FORM_BYTES,
            ),
            PageRoute("GET", file_path, view_right, partial(self._render_page, registry)),
            PageRoute("GET", f"{file_path}/report.csv", import_right, partial(self._send_report, registry)),
            *(
                PageRoute(
                    "POST",
                    f"{file_path}/{form_name}",
                    import_right,
                    FormSubmission(form_name, form_action, partial(self._render_page, registry)),
                )
                for form_name, form_action in self._list_decisions(registry).items()
            ),
        )

    def _list_decisions(self, registry: Registry) -> Mapping[str, FormAction]:
        """Return what may be done with a file that was examined, by the form that asks for it."""
        return {
            "keep": VersionedAction(partial(self._submit_confirmation, registry)),
            "drop": partial(self._submit_drop, registry),
        }

    async def _submit_upload(self, registry: Registry, request: web.Request, visitor: Visitor) -> str:
        uploaded_file = visitor.form.get("file")
        if not isinstance(uploaded_file, UploadedFile) or not uploaded_file.name:
            raise MissingField("file", MissingReason.NO_FILE)
        async with self._store.open_unit() as uow:
            upload = await add_import(
                ActorContext(self._dependencies, uow, visitor.actor),
                registry,
                uploaded_file.name,
                uploaded_file.content,
            )
        return f"{list_address(registry)}/import/{upload.id}"

    async def _render_upload(
        self, registry: Registry, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            recent_imports, member_names = (
                await uow.registry_imports.list_recent(registry.key, MAX_RECENT_IMPORTS),
                await load_staff_names(uow.people),
            )
        context = {
            **self._views.build_context(registry, visitor),
            "column_labels": [self._label_column(registry, entry.name) for entry in registry.fields],
            "key_labels": [
                self._views.field_label(registry, field_name)
                for field_name in registry.natural_key
                if field_name not in registry.defaults
            ],
            "recent_imports": [self._describe_import(entry, member_names) for entry in recent_imports],
            "problem": self._dependencies.wording.render_error(refused_form.error) if refused_form else None,
        }
        return render_staff_page(
            request, visitor, "admin/registries/import.html", context, error=form_error(refused_form)
        )

    def _label_column(self, registry: Registry, field_name: str) -> str:
        """Return what a column is called; how equal rows are distinguished nobody would guess."""
        column_label = self._views.field_label(registry, field_name)
        if field_name != NUMBER_FIELD:
            return column_label
        return self._dependencies.catalogue.render("admin.imports.number", {"label": column_label})

    async def _submit_confirmation(
        self, registry: Registry, request: web.Request, visitor: Visitor, version_token: VersionToken
    ) -> str:
        skips_bad_rows = bool(read_text(visitor.form, "skip"))
        async with self._store.open_unit() as uow:
            upload = await self._load_import(uow, registry, request)
            await confirm_import(
                ActorContext(self._dependencies, uow, visitor.actor),
                upload.id,
                version_token,
                skip_bad_rows=skips_bad_rows,
            )
        return f"{list_address(registry)}/import/{upload.id}"

    async def _submit_drop(self, registry: Registry, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            upload = await self._load_import(uow, registry, request)
            await drop_import(ActorContext(self._dependencies, uow, visitor.actor), upload.id)
        return f"{list_address(registry)}/import/{upload.id}"

    async def _send_report(self, registry: Registry, request: web.Request, visitor: Visitor) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            upload = await self._load_import(uow, registry, request)
            report_content = await uow.registry_imports.get_report(upload.id)
        headers = {"Content-Disposition": f'attachment; filename="{registry.key}-faults.csv"'}
        return web.Response(body=report_content, content_type="text/csv", charset="utf-8", headers=headers)

    async def _render_page(
        self, registry: Registry, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            upload, member_names = await self._load_import(uow, registry, request), await load_staff_names(uow.people)
        context = {
            **self._views.build_context(registry, visitor),
            "import_id": upload.id,
            "upload": self._describe_import(upload, member_names),
            "is_running": upload.state.is_running,
            "problem": self._dependencies.wording.render_error(refused_form.error) if refused_form else upload.problem,
            "progress": _describe_progress(upload),
            "is_examined": upload.state is ImportState.EXAMINED,
            "version_token": upload.version_token,
            **self._describe_outcome(registry, upload),
        }
        response = render_staff_page(
            request, visitor, "admin/registries/import_one.html", context, error=form_error(refused_form)
        )
        if upload.state.is_running:
            # a refused POST has an address that nobody can GET
            response.headers["Refresh"] = f"{REFRESH_SECONDS}; url={list_address(registry)}/import/{upload.id}"
        return response

    def _describe_outcome(self, registry: Registry, upload: Import) -> dict[str, Any]:
        """Return what the examination found: how many rows of each sort, the first of them, and what is wrong."""
        row_counts, faults = upload.tally, upload.outcome.get("faults", [])
        return {
            "row_counts": [
                (self._get_text(f"tally.{field_name}"), group_digits(row_counts[field_name]), field_name)
                for field_name in _TALLY_NAMES
                if field_name in row_counts
            ],
            "faults": faults,
            "has_more_faults": row_counts.get("faults", 0) > len(faults),
            "first_rows": [self._describe_first_row(registry, row) for row in upload.outcome.get("first", [])],
            "ignored_columns": upload.outcome.get("ignored", []),
            "is_confirmable": bool(row_counts.get("added", 0) + row_counts.get("changed", 0)),
            "bad_row_count": row_counts.get("bad", 0),
        }

    async def _load_import(self, uow: UnitOfWork, registry: Registry, request: web.Request) -> Import:
        upload = await uow.registry_imports.get(get_row_id(request))
        if upload.registry != registry.key:
            raise NotFound("import")
        return upload

    def _get_text(self, text_name: str) -> str:
        return self._dependencies.catalogue.text(f"admin.imports.{text_name}")

    def _describe_import(self, upload: Import, member_names: Mapping[str, str]) -> dict[str, Any]:
        return {
            "href": str(upload.id),
            "name": upload.name,
            "size": format_number(round(upload.size / 1024, 1)),
            "uploaded_by": member_names.get(upload.by, upload.by),
            "uploaded_at": day_and_hour_text(upload.made_at),
            "state": self._get_text(f"states.{upload.state}"),
            "state_key": upload.state.value,
            "decision": self._describe_decider(upload, member_names),
        }

    def _describe_decider(self, upload: Import, member_names: Mapping[str, str]) -> str | None:
        """Return who had it kept, or dropped it; None while it waits for somebody's word."""
        if upload.decided_by is None or upload.state is ImportState.EXAMINED:
            return None
        decision_key = "dropped" if upload.state is ImportState.DROPPED else "confirmed"
        decider_name = member_names.get(upload.decided_by, upload.decided_by)
        return self._dependencies.catalogue.render(f"admin.imports.decided.{decision_key}", {"who": decider_name})

    def _describe_first_row(self, registry: Registry, sample_row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row as it would be: a changed one by what changes, a new one by what it holds."""
        is_new = sample_row["fate"] == RowFate.ADDED
        values_by_field = (
            {field_name: (None, value) for field_name, value in sample_row["values"].items()}
            if is_new
            else sample_row["changes"]
        )
        return {
            "row": format_number(sample_row["row"]),
            "fate": self._get_text(f"fates.{sample_row['fate']}"),
            "name": self._views.render_row_name(registry, sample_row["values"]),
            "is_new": is_new,
            "field_values": [
                (
                    self._views.field_label(registry, field.name),
                    *map(partial(self._views.render_value, field), values_by_field[field.name]),
                )
                for field in registry.fields
                if field.name in values_by_field and not (is_new and values_by_field[field.name][1] in (None, "", []))
            ],
        }


def _describe_progress(upload: Import) -> dict[str, Any]:
    """Return how far the work is; without a total nobody knows."""
    done_rows = min(upload.done, upload.total) if upload.total else upload.done
    return {
        "done": done_rows,
        "total": upload.total,
        "done_text": group_digits(done_rows),
        "total_text": group_digits(upload.total) if upload.total else None,
    }
