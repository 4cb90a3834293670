"""Commissions of counter offices: dated rules, of which the most specific one in force counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.offices.office_pages import COMMISSION_PATH, PAGE_TABS
from channels.admin.page_forms import PageForm
from channels.admin.submissions import FormSubmission
from channels.admin.version_tokens import VersionedAction
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.bills.subjects import SUBJECTS
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.offices import accounts
from domain.actions.staffing import today_in_tehran
from domain.authorization.rights import Right
from domain.blocks.charging import REQUEST_SUBJECT as REQUEST
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.types import Choice, Rials, Text
from domain.offices.office import CommissionRule, parse_share
from domain.values.dated_rows import is_withdrawn, version_of
from domain.values.version_token import VersionToken

RULE_FORM = "rule"
"""The form that adds a rule."""


@dataclass(frozen=True, slots=True)
class CommissionRuleView:
    """A rule about commissions that is in force today."""

    rule: CommissionRule
    """As it is stored."""
    is_past: bool
    """It holds no more."""
    is_withdrawn: bool
    """It was withdrawn before it began."""
    is_upcoming: bool
    """It has not begun and can be withdrawn."""


class CommissionPages(SitePart):
    """The rules."""

    sections: Sequence[NavigationSection] = ()

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", COMMISSION_PATH, Right.OFFICES_VIEW, self._render_page),
            PageRoute(
                "POST",
                COMMISSION_PATH,
                Right.OFFICES_CHANGE,
                FormSubmission(RULE_FORM, VersionedAction(self._submit_rule), self._render_page),
            ),
            PageRoute(
                "POST",
                f"{COMMISSION_PATH}/{{id:[0-9]{{1,19}}}}/withdraw",
                Right.OFFICES_CHANGE,
                FormSubmission("withdraw", self._submit_withdrawal, self._render_page),
            ),
        )

    async def _submit_rule(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        values = (await self._build_rule_form()).read_values(visitor)
        async with self._store.open_unit() as uow:
            await accounts.add_commission_rule(
                ActorContext(self._dependencies, uow, visitor.actor),
                office=values.get("office"),
                service=values.get("service"),
                per_request=values.get("per_request", 0),
                share_bp=parse_share(values.get("share", "0")),
                valid_from=date.fromisoformat(values["valid_from"]),
                version=version_token,
            )
        return f"{COMMISSION_PATH}?done=commission"

    async def _submit_withdrawal(self, request: web.Request, visitor: Visitor) -> str:
        rule_id = get_row_id(request)
        async with self._store.open_unit() as uow:
            await accounts.withdraw_commission_rule(ActorContext(self._dependencies, uow, visitor.actor), rule_id)
        return f"{COMMISSION_PATH}?done=commission_withdrawn"

    async def _build_rule_form(self) -> PageForm:
        async with self._store.open_unit(write=False) as uow:
            offices_by_code = {office.code: f"{office.name} ({office.code})" for office in await uow.offices.list_all()}
        subject_titles = list_subject_titles(self._dependencies)
        form_fields = (
            Field("office", Choice(), required=False, choices=tuple(offices_by_code)),
            Field("service", Choice(), required=False, choices=tuple(subject_titles)),
            Field("per_request", Rials(), required=False),
            Field("share", Text(max_length=10), required=False),
            Field("valid_from", Day()),
        )
        return PageForm(
            RULE_FORM,
            form_fields,
            "admin.commission",
            {"office": offices_by_code, "service": subject_titles},
            "web.form.every",
        )

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        rule_form = await self._build_rule_form()
        async with self._store.open_unit(write=False) as uow:
            commission_rules = await uow.offices.list_rules()
        error, add = form_error(refused_form), rule_form.build_view(self._dependencies.wording, {}, refused_form)
        context = {
            "tabs": PAGE_TABS,
            "rule_views": sorted(
                (_build_rule_view(rule, today_in_tehran(self._dependencies)) for rule in commission_rules),
                key=_latest_first_key,
            ),
            "version_token": version_of(commission_rules),
            "refusal": self._dependencies.wording.render_refusal(error) if error else None,
            "office_names": rule_form.titles_by_field["office"],
            "service_titles": rule_form.titles_by_field["service"],
            "rule_form": add,
        }
        return render_staff_page(request, visitor, "admin/offices/commission.html", context, error=error)


def _latest_first_key(rule_view: CommissionRuleView) -> tuple[bool, int]:
    """Put what holds or will hold first, and the latest first."""
    return rule_view.is_past, -rule_view.rule.valid_from.toordinal()


def _build_rule_view(rule: CommissionRule, day: date) -> CommissionRuleView:
    is_over = is_withdrawn(rule)
    is_past = is_over or (rule.valid_to is not None and rule.valid_to <= day)
    return CommissionRuleView(rule, is_past, is_withdrawn=is_over, is_upcoming=not is_over and day < rule.valid_from)


def list_subject_titles(dependencies: Dependencies) -> dict[str, str]:
    """Return what a rule or a line of a statement can be about: each service, and the other subjects of bills."""
    service_titles = {
        service_key: dependencies.wording.service_title(service_key) for service_key in dependencies.services
    }
    other_kinds = [subject_kind for subject_kind in SUBJECTS if subject_kind != REQUEST]
    return service_titles | {
        subject_kind: dependencies.catalogue.text(f"choices.registry.{subject_kind}") for subject_kind in other_kinds
    }
