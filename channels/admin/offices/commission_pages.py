"""What counter offices earn: dated rules, of which the most specific one in force counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.offices.office_pages import COMMISSION, TABS
from channels.admin.page_forms import PageForm
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.admin.version_tokens import optional_version
from domain.actions.bills.subjects import SUBJECTS
from domain.actions.desk import Desk
from domain.actions.offices import accounts
from domain.actions.staff.staffing import today
from domain.blocks.charging import SUBJECT as REQUEST
from domain.fields.form import Field
from domain.fields.types import Choice, Day, Rials, Text
from domain.offices.office import CommissionRule, share_of
from domain.unit_of_work import Store
from domain.values.dated_rows import version_of, withdrawn

RULE = "rule"
"""The form that adds a rule."""


@dataclass(frozen=True, slots=True)
class CommissionRuleView:
    """A rule as it stands today: it holds no more, it was withdrawn, or it has not begun and can be withdrawn."""

    rule: CommissionRule
    past: bool
    withdrawn: bool
    ahead: bool


class CommissionPages:
    """The rules."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", COMMISSION, "offices.view", self._page),
            PageRoute("POST", COMMISSION, "offices.change", FormSubmission(RULE, self._add, self._page)),
            PageRoute(
                "POST",
                f"{COMMISSION}/{{id:[0-9]{{1,19}}}}/withdraw",
                "offices.change",
                FormSubmission("withdraw", self._withdraw, self._page),
            ),
        )

    async def _add(self, request: web.Request, visit: Visit) -> str:
        values = (await self._form()).read(visit)
        async with self._store.unit() as uow:
            await accounts.add_rule(
                self._desk,
                uow,
                office=values.get("office"),
                service=values.get("service"),
                per_request=values.get("per_request", 0),
                share_bp=share_of(values.get("share", "0")),
                valid_from=date.fromisoformat(values["valid_from"]),
                actor=visit.actor,
                version=optional_version(visit.form),
            )
        return f"{COMMISSION}?done=commission"

    async def _withdraw(self, request: web.Request, visit: Visit) -> str:
        rule = min(int(request.match_info["id"]), 2**63 - 1)
        async with self._store.unit() as uow:
            await accounts.withdraw_rule(self._desk, uow, rule, actor=visit.actor)
        return f"{COMMISSION}?done=commission_withdrawn"

    async def _form(self) -> PageForm:
        async with self._store.unit(write=False) as uow:
            found = {one.code: f"{one.name} ({one.code})" for one in await uow.offices.all()}
        services = subjects(self._desk)
        fields = (
            Field("office", Choice(), required=False, choices=tuple(found)),
            Field("service", Choice(), required=False, choices=tuple(services)),
            Field("per_request", Rials(), required=False),
            Field("share", Text(limit=10), required=False),
            Field("valid_from", Day()),
        )
        return PageForm(RULE, fields, "admin.commission", {"office": found, "service": services}, "web.form.every")

    async def _page(self, request: web.Request, visit: Visit, refused: RefusedForm | None = None) -> web.Response:
        form = await self._form()
        async with self._store.unit(write=False) as uow:
            rules = await uow.offices.rules()
        error, add = error_of(refused), form.shown(self._desk.wording, {}, refused)
        context = {
            "tabs": TABS,
            "rules": sorted((_shown(one, today(self._desk)) for one in rules), key=_latest_first),
            "version": version_of(rules),
            "problem": self._desk.wording.error(error) if error and not add.open else None,
            "offices": form.titles["office"],
            "services": form.titles["service"],
            "add": add,
        }
        return staff_page(request, visit, "admin/offices/commission.html", context, error=error)


def _latest_first(shown: CommissionRuleView) -> tuple[bool, int]:
    """Put what holds or will hold first, and the latest first."""
    return shown.past, -shown.rule.valid_from.toordinal()


def _shown(rule: CommissionRule, day: date) -> CommissionRuleView:
    gone = withdrawn(rule)
    past = gone or (rule.valid_to is not None and rule.valid_to <= day)
    return CommissionRuleView(rule, past, withdrawn=gone, ahead=not gone and day < rule.valid_from)


def subjects(desk: Desk) -> dict[str, str]:
    """Return what a rule or a line of a statement can be about: each service, and the other subjects of bills."""
    services = {key: desk.wording.service(key) for key in desk.services}
    others = [kind for kind in SUBJECTS if kind != REQUEST]
    return services | {kind: desk.catalogue.text(f"choices.registry.{kind}") for kind in others}
