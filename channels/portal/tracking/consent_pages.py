"""`/c/TOKEN`: whoever was asked for consent answers under the link of that text, without proving the mobile again.

Opening it changes nothing, so programs that look at links do no harm: an answer is a posted form, and a refusal is
asked about once more. Afterwards the page says what was answered.
"""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor, render_portal_page
from channels.portal.problems import Problem
from channels.portal.tracking.labelled_text import LabelledText
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.links.consent_links import CONSENT_PREFIX
from domain.actions.requests.consent_answers import (
    ConsentQuestion,
    QuestionState,
    answer_consent_question,
    find_consent_question,
)
from domain.fields.stored import list_stored
from domain.language.service import Command

LINK_PATH = CONSENT_PREFIX + "{token}"
LINK_REFUSE_PATH = f"{LINK_PATH}/refuse"


class ConsentPages(SitePart):
    """The page, and the one that asks whether a refusal is meant."""

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        return (
            PortalRoute("GET", LINK_PATH, self._show_question),
            PortalRoute("POST", LINK_PATH, PortalSubmission("agree", self._agree, self._show_question)),
            PortalRoute("GET", LINK_REFUSE_PATH, self._ask_refusal),
            PortalRoute("POST", LINK_REFUSE_PATH, PortalSubmission("refuse", self._refuse, self._ask_refusal)),
        )

    async def _show_question(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        return await self._render_question(request, visitor, refused_form, wants_to_refuse=False)

    async def _ask_refusal(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        return await self._render_question(request, visitor, refused_form, wants_to_refuse=True)

    async def _agree(self, request: web.Request, visitor: PortalVisitor) -> str:
        return await self._answer(request, Command.CONFIRM)

    async def _refuse(self, request: web.Request, visitor: PortalVisitor) -> str:
        return await self._answer(request, Command.DENY)

    async def _answer(self, request: web.Request, answer: Command) -> str:
        token = request.match_info["token"]
        async with self._store.open_unit() as uow:
            await answer_consent_question(ActionContext(self._dependencies, uow), token, answer)
        return CONSENT_PREFIX + token

    async def _render_question(
        self,
        request: web.Request,
        visitor: PortalVisitor,
        refused_form: RefusedForm | None,
        *,
        wants_to_refuse: bool,
    ) -> web.Response:
        token, error = request.match_info["token"], form_error(refused_form)
        async with self._store.open_unit(write=False) as uow:
            question = await find_consent_question(ActionContext(self._dependencies, uow), token)
        is_open, wording = question.state is QuestionState.OPEN, self._dependencies.wording
        context = {
            "address": CONSENT_PREFIX + token,
            "state": question.state.value,
            "is_open": is_open,
            "wants_to_refuse": wants_to_refuse and is_open,
            "service_title": self._dependencies.wording.service_title(question.request.service),
            "code": question.request.code,
            "facts": list_question_facts(self._dependencies, question) if is_open else [],
            "deadline": wording.describe_moment(question.link.expires_at) if question.link.expires_at else "",
            "decided_on": wording.describe_moment(question.decided_at) if question.decided_at else "",
            "problems": [Problem(self._dependencies.wording.render_error(error))] if error else [],
        }
        return render_portal_page(request, visitor, "portal/tracking/consent.html", context, error=error)


def list_question_facts(dependencies: Dependencies, question: ConsentQuestion) -> list[LabelledText]:
    """Return what the text of a question says of its request, value by value: whoever was sent it knows that much, and
    is shown no more.
    """
    service, wording = dependencies.engine.get_service(question.request.service), dependencies.wording
    sent_names = dependencies.catalogue.fact_names(f"services.{service.key}.notices.{question.link.text_name}")
    values: dict[str, Any] = {**list_stored(question.request), **question.request.fields}
    labelled_fields = [
        *((field, f"kept.{field.name}") for field in service.stored_fields),
        *((field, f"services.{service.key}.fields.{field.name}.label") for field in service.form),
    ]
    return [
        LabelledText(dependencies.catalogue.text(label_key), wording.render_fact(field.type, field.name, value))
        for field, label_key in labelled_fields
        if field.name in sent_names and (value := values.get(field.name)) not in (None, "", [])
    ]
