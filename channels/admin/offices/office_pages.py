"""Counter offices: added, renamed, given new keys, bound to networks, switched off and on. A key is shown once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.page_forms import PageForm
from channels.admin.submissions import FormAction, FormSubmission
from channels.admin.version_tokens import VersionedAction
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.offices import accounts
from domain.authorization.rights import Right
from domain.fields.form import Field
from domain.fields.types import Integer, Text
from domain.offices.office import LONGEST_NAME, LONGEST_USERNAME, MOST_NETWORKS, Office
from domain.unit_of_work import Store, Vault
from domain.values.version_token import VersionToken

OFFICES_PATH, COMMISSION_PATH = "/staff/offices", "/staff/offices/commission"
OFFICE_PATH = f"{OFFICES_PATH}/one/{{code:[A-Za-z0-9_-]{{1,20}}}}"

PAGE_TABS: Mapping[str, str] = {OFFICES_PATH: "admin.offices.title", COMMISSION_PATH: "admin.commission.title"}
"""The routes of these pages."""

_LABELS_PREFIX = "admin.offices"
_MAX_NETWORKS_LENGTH = MOST_NETWORKS * 45
_MAX_OVERLAP_HOURS = 24 * 30

ADD_FORM = PageForm(
    "add",
    (
        Field("code", Text(max_length=20)),
        Field("name", Text(max_length=LONGEST_NAME)),
        Field("username", Text(max_length=LONGEST_USERNAME), required=False),
    ),
    _LABELS_PREFIX,
)
RENAME_FORM = PageForm("name", (Field("name", Text(max_length=LONGEST_NAME)),), _LABELS_PREFIX)
ROTATE_FORM = PageForm("rotate", (Field("overlap", Integer(0, _MAX_OVERLAP_HOURS)),), _LABELS_PREFIX)
NETWORKS_FORM = PageForm(
    "networks", (Field("network", Text(max_length=_MAX_NETWORKS_LENGTH), required=False),), _LABELS_PREFIX
)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is shown this once, and what the office's software signs in as."""

    username: str
    secret_key: str


class OfficePages(SitePart):
    """The offices."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(OFFICES_PATH, "admin.sections.offices", Right.OFFICES_VIEW),
    )

    def __init__(self, dependencies: Dependencies, store: Store, vault: Vault) -> None:
        super().__init__(dependencies, store)
        self._vault = vault

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", OFFICES_PATH, Right.OFFICES_VIEW, self._render_list),
            PageRoute(
                "POST",
                OFFICES_PATH,
                Right.OFFICES_CHANGE,
                FormSubmission(ADD_FORM.name, self._submit_office, self._render_list),
            ),
            PageRoute("GET", OFFICE_PATH, Right.OFFICES_VIEW, self._render_page),
            *(
                PageRoute(
                    "POST",
                    f"{OFFICE_PATH}/{path_name}",
                    Right.OFFICES_CHANGE,
                    FormSubmission(form_name, form_action, self._render_page),
                )
                for path_name, form_name, form_action in self._list_form_actions()
            ),
        )

    def _list_form_actions(self) -> Sequence[tuple[str, str, FormAction]]:
        """Return the forms of an office's page: the end of the address, the form's name, and what it asks for."""
        return (
            ("name", RENAME_FORM.name, VersionedAction(self._submit_name)),
            ("key", ROTATE_FORM.name, self._submit_key_rotation),
            ("networks", NETWORKS_FORM.name, VersionedAction(self._submit_networks)),
            ("switch", "switch", self._submit_switch),
        )

    async def _submit_office(self, request: web.Request, visitor: Visitor) -> web.Response:
        values = ADD_FORM.read_values(visitor)
        async with self._store.open_unit() as uow:
            office, secret_key = await accounts.add_office(
                ActorContext(self._dependencies, uow, visitor.actor),
                self._vault,
                values["code"],
                values["name"],
                values.get("username"),
            )
        return await self._render_list(request, visitor, new_key=NewKey(office.username, secret_key))

    async def _submit_key_rotation(self, request: web.Request, visitor: Visitor) -> web.Response:
        office_code, overlap = _read_office_code(request), timedelta(hours=ROTATE_FORM.read_values(visitor)["overlap"])
        async with self._store.open_unit() as uow:
            secret_key = await accounts.rotate_office_key(
                ActorContext(self._dependencies, uow, visitor.actor), self._vault, office_code, overlap
            )
            office = await uow.offices.get_by_code(office_code)
        return await self._render_page(request, visitor, new_key=NewKey(office.username, secret_key))

    async def _submit_name(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        office_name = RENAME_FORM.read_values(visitor)["name"]
        async with self._store.open_unit() as uow:
            await accounts.rename_office(
                ActorContext(self._dependencies, uow, visitor.actor),
                _read_office_code(request),
                office_name,
                version=version_token,
            )
        return f"{OFFICES_PATH}/one/{_read_office_code(request)}?done=office_name"

    async def _submit_networks(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        allowed_networks = NETWORKS_FORM.read_values(visitor).get("network", "").split()
        async with self._store.open_unit() as uow:
            await accounts.allow_networks(
                ActorContext(self._dependencies, uow, visitor.actor),
                _read_office_code(request),
                allowed_networks,
                version=version_token,
            )
        return f"{OFFICES_PATH}/one/{_read_office_code(request)}?done=office_networks"

    async def _submit_switch(self, request: web.Request, visitor: Visitor) -> str:
        office_code, is_active = _read_office_code(request), read_text(visitor.form, "active") == "yes"
        async with self._store.open_unit() as uow:
            await accounts.set_office_active(
                ActorContext(self._dependencies, uow, visitor.actor), office_code, is_active
            )
        return f"{OFFICES_PATH}/one/{office_code}?done={'office_on' if is_active else 'office_off'}"

    async def _render_list(
        self,
        request: web.Request,
        visitor: Visitor,
        refused_form: RefusedForm | None = None,
        new_key: NewKey | None = None,
    ) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            all_offices = await uow.offices.list_all()
        context = {
            "tabs": PAGE_TABS,
            "offices": all_offices,
            "locked_office_codes": {office.code for office in all_offices if _list_active_locks(office, visitor)},
            "office_form": ADD_FORM.build_view(self._dependencies.wording, {}, refused_form),
            "new_key": new_key,
        }
        return render_staff_page(
            request, visitor, "admin/offices/offices.html", context, error=form_error(refused_form)
        )

    async def _render_page(
        self,
        request: web.Request,
        visitor: Visitor,
        refused_form: RefusedForm | None = None,
        new_key: NewKey | None = None,
    ) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            office = await uow.offices.get_by_code(_read_office_code(request))
        wording, error = self._dependencies.wording, form_error(refused_form)
        network_values: Mapping[str, Any] = {"network": "\n".join(office.networks)}
        form_views = {
            "name_form": RENAME_FORM.build_view(wording, {"name": office.name}, refused_form),
            "rotation_form": ROTATE_FORM.build_view(wording, {"overlap": "24"}, refused_form),
            "networks_form": NETWORKS_FORM.build_view(wording, network_values, refused_form),
        }
        is_form_open = any(form_view.is_open for form_view in form_views.values())
        context = {
            **form_views,
            "office": office,
            "office_keys": office.list_usable_keys(visitor.now),
            "active_locks": _list_active_locks(office, visitor),
            "new_key": new_key,
            "refusal": wording.render_refusal(error) if error else None,
            "refused_form_id": refused_form.name if refused_form and is_form_open else None,
        }
        return render_staff_page(request, visitor, "admin/offices/office.html", context, error=error)


def _read_office_code(request: web.Request) -> str:
    return request.match_info["code"]


def _list_active_locks(office: Office, visitor: Visitor) -> dict[str, str]:
    """Return the addresses from which calls are refused for now, after too many wrong keys, and until when."""
    return {
        lock_source: locked_until
        for lock_source, locked_until in office.locks.items()
        if office.is_locked_out(lock_source, visitor.now)
    }
