"""The step in which a citizen proves a mobile: the number is typed, a code comes by SMS, the code is typed.

Any page asks for it by `PortalVisitor.require_proved_mobile`. What was posted to that page travels along in hidden
fields, and after the right code the browser is sent back with all of it (307: the same form once more, to the page that
wanted the proof), so nothing has to be typed or pressed again. Files do not travel: they are chosen again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from aiohttp import web

from channels.portal.frame import (
    BEGIN_KEY_FIELD,
    HOME_PATH,
    PortalRoute,
    PortalSubmission,
    PortalVisitor,
    as_portal_address,
    keep_session_token,
    render_portal_page,
)
from channels.web.error_pages import WORDING
from channels.web.languages import find_chosen_language
from channels.web.posted import PostedForm, read_text
from channels.web.refused_forms import RefusedForm
from channels.web.session import CSRF_FIELD
from channels.web.site_part import SitePart
from domain.actions.citizens.proofs import (
    confirm_session_code,
    find_code_recipient,
    find_session_code_delivery,
    is_purpose,
    send_session_code,
)
from domain.actions.citizens.sessions import open_session
from domain.actions.context import ActionContext
from domain.actions.line_languages import save_line_language
from domain.messages.code_spending import CodeDelivery
from domain.people.citizen_session import CitizenSession
from domain.values.errors import DomainError, MobileNotVerified, NotFound
from domain.values.identifiers import display_mobile, parse_mobile
from domain.values.reasons import MobileReason

MOBILE_PATH, CODE_PATH = "/mobile", "/mobile/code"

MOBILE_FIELD, CODE_FIELD = "proof_mobile", "proof_code"
PURPOSE_FIELD, RETURN_FIELD, METHOD_FIELD = "proof_purpose", "proof_return", "proof_method"
WITHOUT_CODE_FIELD = "without_code"
"""Field of a form that goes on without the proof, where as many codes were asked for as may be."""

_OWN_FIELDS = frozenset(
    {MOBILE_FIELD, CODE_FIELD, PURPOSE_FIELD, RETURN_FIELD, METHOD_FIELD, CSRF_FIELD, BEGIN_KEY_FIELD}
)

_ASKED_FIELDS = frozenset({"mobile", "code"})
"""Fields of errors that stand beside the one input of these pages; others are about the form as a whole."""

_POSTED, _READ = "post", "get"

MAX_STEP_BYTES = 256 * 1024
"""Bytes of a form of these steps: another one may travel in it."""


@dataclass(frozen=True, slots=True)
class MobileStep:
    """Purpose of proving a mobile, and the page to which that leads back."""

    purpose: str
    """Purpose of the code."""
    return_address: str
    """The page of the portal that wanted the proof."""
    is_posted: bool = False
    """Whether a form was posted to it, which goes on afterwards."""
    carried_fields: Sequence[tuple[str, str]] = ()
    """Values typed into that form."""

    @classmethod
    def of_call(cls, request: web.Request, visitor: PortalVisitor, purpose: str) -> "MobileStep":
        """Return the step for a page that wants a proof."""
        is_posted = request.method == "POST"
        return cls(purpose, as_portal_address(request.path_qs), is_posted, _list_carried(visitor.form))

    @classmethod
    def of_form(cls, form: PostedForm) -> "MobileStep":
        """Return the step that a form of these pages belongs to; `NotFound` for what none of them sends."""
        return cls(
            _require_purpose(read_text(form, PURPOSE_FIELD)),
            as_portal_address(read_text(form, RETURN_FIELD)),
            read_text(form, METHOD_FIELD) == _POSTED,
            _list_carried(form),
        )

    @classmethod
    def of_address(cls, request: web.Request) -> "MobileStep":
        """Return the step that the address of one of these pages names; `NotFound` where it names none."""
        purpose = _require_purpose(request.query.get("for", ""))
        return cls(purpose, as_portal_address(request.query.get("next", HOME_PATH)))

    @property
    def hidden_fields(self) -> Sequence[tuple[str, str]]:
        """The fields of the step's own forms by which it is known again."""
        method = _POSTED if self.is_posted else _READ
        own_fields = ((PURPOSE_FIELD, self.purpose), (RETURN_FIELD, self.return_address), (METHOD_FIELD, method))
        return (*own_fields, *self.carried_fields)

    @property
    def may_go_unproved(self) -> bool:
        """Whether its page goes on without the proof: a form of a draft, whose request is proved later."""
        return self.purpose.startswith("draft-")

    @property
    def mobile_address(self) -> str:
        """The address of the page that asks for the number."""
        return build_mobile_address(self.purpose, self.return_address)

    @property
    def code_address(self) -> str:
        """The address of the page that asks for the code."""
        return f"{CODE_PATH}?{urlencode({'for': self.purpose, 'next': self.return_address})}"


def build_mobile_address(purpose: str, return_address: str) -> str:
    """Return the address at which a mobile is proved for a purpose, and that leads back to a page of the portal."""
    return f"{MOBILE_PATH}?{urlencode({'for': purpose, 'next': return_address})}"


def _list_carried(form: PostedForm) -> Sequence[tuple[str, str]]:
    return [(name, value) for name, value in form.items() if isinstance(value, str) and name not in _OWN_FIELDS]


def _require_purpose(purpose: str) -> str:
    if not is_purpose(purpose):
        raise NotFound("purpose")
    return purpose


class MobileSteps(SitePart):
    """The pages of the step."""

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        send = PortalSubmission("mobile", self._send_code, self._show_mobile_again)
        confirm = PortalSubmission("code", self._confirm_code, self._show_code_again)
        return (
            PortalRoute("GET", MOBILE_PATH, self._show_mobile),
            PortalRoute("POST", MOBILE_PATH, send, MAX_STEP_BYTES),
            PortalRoute("GET", CODE_PATH, self._show_code),
            PortalRoute("POST", CODE_PATH, confirm, MAX_STEP_BYTES),
        )

    async def ask_proof(
        self, request: web.Request, visitor: PortalVisitor, step: MobileStep, mobile: str
    ) -> web.Response:
        """Ask for the number, or, where one was typed before, for the code that is sent to it."""
        if not step.is_posted and not mobile:
            raise web.HTTPSeeOther(step.mobile_address)
        if not mobile:
            return _render_mobile_page(request, visitor, step, "")
        try:
            visitor, delivery = await self._open_and_send(request, visitor, step, mobile)
        except DomainError as error:
            return _render_mobile_page(request, visitor, step, mobile, error)
        return await self._render_delivery(request, visitor, step, delivery, mobile)

    async def _show_mobile(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        return _render_mobile_page(request, visitor, MobileStep.of_address(request), "")

    async def _show_mobile_again(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm
    ) -> web.Response:
        step, typed_mobile = MobileStep.of_form(visitor.form), read_text(visitor.form, MOBILE_FIELD)
        return _render_mobile_page(request, visitor, step, typed_mobile, refused_form.error)

    async def _send_code(self, request: web.Request, visitor: PortalVisitor) -> str | web.Response:
        step, mobile = MobileStep.of_form(visitor.form), read_text(visitor.form, MOBILE_FIELD)
        visitor, delivery = await self._open_and_send(request, visitor, step, mobile)
        if delivery is CodeDelivery.SENT and not step.is_posted:
            return step.code_address
        return await self._render_delivery(request, visitor, step, delivery, mobile)

    async def _render_delivery(
        self, request: web.Request, visitor: PortalVisitor, step: MobileStep, delivery: CodeDelivery, mobile: str
    ) -> web.Response:
        """Render the page that asks for the code, or the one that says that none can be sent now: no error."""
        if delivery is not CodeDelivery.SENT:
            is_limited = delivery is CodeDelivery.LIMITED
            recipient = await self._find_recipient(visitor.session, step) if is_limited else None
            context = {"step": step, "is_limited": is_limited, "recipient": recipient}
            return render_portal_page(request, visitor, "portal/mobile_later.html", context)
        return _render_code_form(request, visitor, step, parse_mobile(mobile))

    async def _open_and_send(
        self, request: web.Request, visitor: PortalVisitor, step: MobileStep, mobile: str
    ) -> tuple[PortalVisitor, CodeDelivery]:
        """Send a code in the visitor's session; who has none gets one, but for nothing."""
        async with self._store.open_unit() as uow:
            session, token = visitor.session, ""
            context = ActionContext(self._dependencies, uow)
            if session is None:
                delivery = await find_session_code_delivery(context, mobile, visitor.source_address)
                if delivery is not CodeDelivery.SENT:
                    return visitor, delivery
                token, session = await open_session(context, visitor.begin_key)
            delivery = await send_session_code(context, session, mobile, step.purpose, visitor.source_address)
        if token:
            keep_session_token(request, token)
        return replace(visitor, session=session), delivery

    async def _show_code(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        step = MobileStep.of_address(request)
        if visitor.session is None:
            raise web.HTTPSeeOther(step.mobile_address)
        return await self._render_code_page(request, visitor, step)

    async def _show_code_again(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm
    ) -> web.Response:
        step = MobileStep.of_form(visitor.form)
        return await self._render_code_page(request, visitor, step, refused_form.error)

    async def _confirm_code(self, request: web.Request, visitor: PortalVisitor) -> str | web.Response:
        step, session = MobileStep.of_form(visitor.form), visitor.session
        if session is None:  # the session ended meanwhile: the number is asked for again
            typed_mobile, error = (
                read_text(visitor.form, MOBILE_FIELD),
                MobileNotVerified("code", MobileReason.CODE_EXPIRED),
            )
            return _render_mobile_page(request, visitor, step, typed_mobile, error)
        async with self._store.open_unit() as uow:
            context = ActionContext(self._dependencies, uow)
            outcome = await confirm_session_code(context, session, step.purpose, read_text(visitor.form, CODE_FIELD))
            chosen_language = find_chosen_language(request, self._dependencies.catalogue)
            if chosen_language and not isinstance(outcome, MobileNotVerified):
                await save_line_language(context, outcome.mobile, chosen_language)
        if isinstance(outcome, MobileNotVerified):
            raise outcome
        keep_session_token(request, outcome.session_token)
        if step.is_posted:
            raise web.HTTPTemporaryRedirect(step.return_address)  # the browser sends this very form there
        return step.return_address

    async def _render_code_page(
        self, request: web.Request, visitor: PortalVisitor, step: MobileStep, error: DomainError | None = None
    ) -> web.Response:
        """Render the page that asks for the code; where none is under way any more, the one for the number."""
        recipient = await self._find_recipient(visitor.session, step)
        if recipient is None:
            return _render_mobile_page(request, visitor, step, read_text(visitor.form, MOBILE_FIELD), error)
        return _render_code_form(request, visitor, step, recipient, error)

    async def _find_recipient(self, session: CitizenSession | None, step: MobileStep) -> str | None:
        if session is None:
            return None
        async with self._store.open_unit(write=False) as uow:
            return await find_code_recipient(ActionContext(self._dependencies, uow), session, step.purpose)


def _render_code_form(
    request: web.Request,
    visitor: PortalVisitor,
    step: MobileStep,
    recipient: str,
    error: DomainError | None = None,
) -> web.Response:
    context = {**_build_step_context(request, step, error), "recipient": display_mobile(recipient)}
    return render_portal_page(request, visitor, "portal/mobile_code.html", context, error=error)


def _render_mobile_page(
    request: web.Request,
    visitor: PortalVisitor,
    step: MobileStep,
    typed_mobile: str,
    error: DomainError | None = None,
) -> web.Response:
    step_context = _build_step_context(request, step, error)
    context = {**step_context, "typed_mobile": typed_mobile}
    return render_portal_page(request, visitor, "portal/mobile.html", context, error=error)


def _build_step_context(request: web.Request, step: MobileStep, error: DomainError | None) -> Mapping[str, object]:
    problem = request.app[WORDING].render_error(error) if error else ""
    is_of_field = error is not None and error.field in _ASKED_FIELDS
    return {"step": step, "problem": problem, "field_problem": problem if is_of_field else ""}
