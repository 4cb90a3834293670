"""Refusals to somebody with a session, as the audit keeps them: which page, about what, from where.

Equal ones of an hour are one row that counts them (`domain/actions/staff/refusals.py`): a browser may ask again and
again.
"""

from collections.abc import Mapping

from aiohttp import web

from channels.admin.frame import PageRoute, Visitor
from channels.web.posted import PostedForm
from channels.web.site_part import SitePart
from domain.actions.staff.refusals import record_refusal
from domain.values.errors import DomainError, Forbidden
from domain.values.reasons import ProofReason

AUDIT_SOURCE = "staff"
"""Source that the audit names for refusals of this site."""

_MAX_FACT_LENGTH = 200
_NAMING_FIELDS = ("code", "bill_id", "payment_id", "absent", "deputy")
"""Fields of forms that name what the form is about, where the page's address does not."""


class Denials(SitePart):
    """Audits what is refused."""

    async def audit_forbidden(
        self,
        request: web.Request,
        visitor: Visitor,
        error: DomainError,
        subject_label: str = "",
        *,
        route: PageRoute | None = None,
    ) -> None:
        """Audit a `Forbidden`, and no other error; `subject_label` names what it is about, where neither the page's
        address nor the form does.
        """
        if isinstance(error, Forbidden):
            denied_subject = subject_label or _describe_subject(visitor.form)
            facts = {"right": route.right.value} if route else {}
            await self._record_denial(
                visitor,
                facts | _collect_facts(request, visitor) | ({"about": denied_subject} if denied_subject else {}),
                error.reason,
            )

    async def audit_without_code(self, request: web.Request, visitor: Visitor, route: PageRoute) -> None:
        """Audit what a session from outside asked for before it had proved its code."""
        await self._record_denial(
            visitor, {"right": route.right.value, **_collect_facts(request, visitor)}, ProofReason.SECOND_FACTOR
        )

    async def _record_denial(self, visitor: Visitor, facts: Mapping[str, object], why: str | None) -> None:
        audit_facts, username = {**facts, "inside": visitor.caller.inside, "why": why}, visitor.member.username
        async with self._store.open_unit() as uow:
            await record_refusal(
                uow,
                self._dependencies.clock.now(),
                AUDIT_SOURCE,
                username,
                "denied",
                audit_facts,
                is_known=_is_known_member,
            )


def _collect_facts(request: web.Request, visitor: Visitor) -> dict[str, object]:
    printable_path = "".join(character for character in request.path if character.isprintable())
    return {"path": printable_path[:_MAX_FACT_LENGTH], "method": request.method, "address": visitor.caller.address}


def _describe_subject(form: PostedForm) -> str:
    """Return what a form says that it is about; files are not asked."""
    naming_values = [
        value
        for field_name in _NAMING_FIELDS
        for value in form.getall(field_name, [])
        if isinstance(value, str) and value
    ]
    return "، ".join(naming_values)[:_MAX_FACT_LENGTH]


async def _is_known_member() -> bool:
    """Return that who has a session has a name here."""
    return True
