"""The gate of the staff's site: who calls, whether the right is theirs from there, and that the form is our own.

Every route names the right that it needs (`domain/authorization/rights.py`); there is no page that forgets to
ask. What is refused is audited, and that personal data were shown is recorded. A proof that has grown old is asked for
in the middle of the work: what was typed goes on with the proof. So it does where a session has ended
(`return_links.py`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.typedefs import Handler

from channels.admin.denials import Denials
from channels.admin.frame import (
    FAILURE_AGE,
    HOME_PATH,
    SHOWS_NOBODY,
    PageRoute,
    Visitor,
    WaitingCounts,
    render_staff_error,
    render_staff_page,
)
from channels.admin.reading_rules import find_reading_rule
from channels.admin.return_links import (
    DEVICE_COOKIE,
    PROOF_CODE_FIELD,
    PROOF_PASSWORD_FIELD,
    SESSION_COOKIE,
    ReturnPages,
    list_resent_fields,
)
from channels.web.error_pages import WORDING
from channels.web.headers import require_same_origin
from channels.web.posted import EMPTY_FORM, PostedForm, read_posted_form, read_text
from channels.web.return_addresses import is_normal_address
from channels.web.session import bears_csrf_token, require_own_form
from domain.actions.context import ActorContext
from domain.actions.requests.notes import count_unread_mentions
from domain.actions.staff.read_events import ReadEventRecorder
from domain.actions.staff.signing_in import StaffSignIn
from domain.actions.staffing import build_staff_actor, list_substitutions, today_in_tehran
from domain.authorization.policy import (
    SecondFactorInside,
    is_missing_proof,
    may_use,
    needs_second_factor,
    require_right,
)
from domain.authorization.rights import Right
from domain.people.ports import SecondFactorRepository
from domain.people.sessions import LAST_SEEN_INTERVAL, StaffSession, digest_token
from domain.people.sign_in_attempts import ClientOrigin
from domain.unit_of_work import UnitOfWork
from domain.values.actors import ActingSession, Actor, Role
from domain.values.errors import AuthenticationFailed, DomainError, Forbidden, TooManyRequests
from domain.values.reasons import ProofReason

STAFF_CHANNEL = "staff"
"""The channel that the history names for what was done at this site."""

SIGN_IN_PATH, SECOND_FACTOR_PATH = "/staff/sign-in", "/staff/second-factor"
ACCOUNT_PATH, PROOF_PATH = "/staff/account", "/staff/proof"
"""The own account, where an authenticator is made, and where a fresh proof is given that it needs."""

_OWN_ACCOUNT_PATHS = (ACCOUNT_PATH, PROOF_PATH)

_REDIRECTS = range(300, 400)

InsideCheck = Callable[[web.Request], bool]
"""Tests whether a call comes from the organisation's own networks."""


class Gate:
    """Guards the routes. Nothing behind it is reached without a session, its right and, for forms, its token."""

    def __init__(
        self, staff_sign_in: StaffSignIn, is_inside: InsideCheck, second_factor_inside: SecondFactorInside
    ) -> None:
        self._staff_sign_in = staff_sign_in
        self._dependencies, self._store = staff_sign_in.dependencies, staff_sign_in.store
        self._is_inside = is_inside
        self._second_factor_inside = second_factor_inside
        self._return_pages = ReturnPages(staff_sign_in)
        self._denials = Denials(self._dependencies, self._store)
        self._read_events = ReadEventRecorder(self._dependencies, self._store)

    def caller(self, request: web.Request) -> ClientOrigin:
        """Return where a call comes from."""
        user_agent, device_token = request.headers.get("User-Agent", ""), DEVICE_COOKIE.read_token(request)
        return ClientOrigin(request.remote or "", user_agent, self._is_inside(request), device_token)

    def guard_route(self, route: PageRoute) -> Handler:
        """Return the route's handler behind the gate; `LookupError` where nobody said whose data the page shows."""
        find_reading_rule(route.path)

        async def handle_request(request: web.Request) -> web.StreamResponse:
            visitor = await self.identify_visitor(request, is_own_use=route.is_own_use)
            if visitor is None:
                return await self._send_to_sign_in(request, route)
            if visitor.must_enrol and route.path.startswith(_OWN_ACCOUNT_PATHS):
                visitor = _with_session(visitor, lacks_second_factor=False)
            try:
                if request.method == "POST":
                    visitor = replace(visitor, form=await read_posted_form(request, route.max_form_bytes))
                visitor = replace(
                    visitor, audit_denial=partial(self._denials.audit_forbidden, request, visitor, route=route)
                )
                return await self._admit_visitor(request, visitor, route)
            except DomainError as error:
                await visitor.audit_denial(error)
                return render_staff_error(request, visitor, error)

        return handle_request

    async def identify_visitor(self, request: web.Request, *, is_own_use: bool = True) -> Visitor | None:
        """Return who calls by the session's cookie; None without a session that lives, of somebody still active. A call
        that is not their own use of the site leaves it as it is when the session was used last.
        """
        token = SESSION_COOKIE.read_token(request)
        if not token:
            return None
        now = self._dependencies.clock.now()
        async with self._store.open_unit(write=False) as uow:
            session = await uow.staff_sessions.find(digest_token(token))
            if session is None or not session.is_alive(now):
                return None
            member = await uow.people.find_staff(session.username)
            if member is None or not member.active:
                return None
            substitutes = await list_substitutions(uow.people, today_in_tehran(self._dependencies))
            actor = await build_staff_actor(uow.people, member, STAFF_CHANNEL, substitutes)
            caller = self.caller(request)
            needs_code = self._needs_second_factor(actor.role_names, session, caller)
            must_enrol = needs_code and caller.inside and not await _has_factor(uow.second_factors, session.username)
            actor = replace(actor, session=_build_acting_session(session, caller, now, needs_code=needs_code))
            waiting_counts = await self._count_waiting(uow, actor, now)
        await self._record_last_seen(session, is_own_use=is_own_use)
        return Visitor(
            actor=actor,
            member=member,
            session=session,
            caller=caller,
            now=now,
            substitutions=substitutes,
            must_enrol=must_enrol,
            waiting_counts=waiting_counts,
        )

    async def _count_waiting(self, uow: UnitOfWork, actor: Actor, now: datetime) -> WaitingCounts:
        """Return how many things wait for somebody to look at them, of those that they may see."""
        sees_attempts, sees_messages = may_use(Right.ATTEMPTS_VIEW, actor), may_use(Right.MESSAGES_VIEW, actor)
        return WaitingCounts(
            await uow.payment_attempts.count_needing_attention() if sees_attempts else 0,
            await count_unread_mentions(ActorContext(self._dependencies, uow, actor)),
            await uow.message_counts.count_failed(now - FAILURE_AGE) if sees_messages else 0,
            await uow.payment_claims.count_open() if may_use(Right.PAYMENTS_RECORD, actor) else 0,
        )

    def _needs_second_factor(self, role_names: frozenset[Role], session: StaffSession, caller: ClientOrigin) -> bool:
        """Return whether a session must still prove a second factor there."""
        second_factor_rule = self._second_factor_inside
        return not session.second_factor and needs_second_factor(second_factor_rule, role_names, inside=caller.inside)

    async def must_show_code(self, session: StaffSession, caller: ClientOrigin) -> bool:
        """Return whether somebody with this session, even one that has ended, must show a code, and has what makes one.

        From outside nobody signs in without; inside, one who has none is let in to make one.
        """
        async with self._store.open_unit(write=False) as uow:
            member = await uow.people.find_staff(session.username)
            if member is None:
                return True
            actor = await build_staff_actor(
                uow.people,
                member,
                STAFF_CHANNEL,
                await list_substitutions(uow.people, today_in_tehran(self._dependencies)),
            )
            needs_code = self._needs_second_factor(actor.role_names, session, caller)
            return needs_code and (not caller.inside or await _has_factor(uow.second_factors, session.username))

    async def _send_to_sign_in(self, request: web.Request, route: PageRoute) -> web.Response:
        """Lead to the page for signing in. A form of the session that ended waits for who sent it, and nobody else."""
        former = await self._find_former_session(request) if request.method == "POST" else None
        form = await self._read_own_form(request, former, route.max_form_bytes) if former else EMPTY_FORM
        if former is None or not list_resent_fields(form):
            raise web.HTTPSeeOther(_address_with_return(SIGN_IN_PATH, request))
        caller, new_session = self.caller(request), replace(former, second_factor=False)
        return await self._return_pages.ask_password(
            request, form, former, caller, second_factor=await self.must_show_code(new_session, caller)
        )

    async def _find_former_session(self, request: web.Request) -> StaffSession | None:
        async with self._store.open_unit(write=False) as uow:
            return await uow.staff_sessions.find(digest_token(SESSION_COOKIE.read_token(request)))

    async def _read_own_form(self, request: web.Request, former: StaffSession, max_bytes: int) -> PostedForm:
        """Return what was posted from the former session's own pages; nothing of what anybody else posted."""
        try:
            form = await read_posted_form(request, max_bytes)
            require_own_form(request, form, former.csrf)
        except DomainError:
            return EMPTY_FORM
        return form

    async def _record_last_seen(self, session: StaffSession, *, is_own_use: bool) -> None:
        now = self._dependencies.clock.now()
        if is_own_use and now - session.seen_at >= LAST_SEEN_INTERVAL:
            session.seen_at = now
            async with self._store.open_unit() as uow:
                await uow.staff_sessions.save_last_seen(session.digest, now)

    async def _admit_visitor(self, request: web.Request, visitor: Visitor, route: PageRoute) -> web.StreamResponse:
        if request.method == "POST":
            if await self._is_of_earlier_session(request, visitor):
                return self._return_pages.render_ready_page(request, visitor.form, visitor.session)
            require_own_form(request, visitor.form, visitor.session.csrf)
        try:
            return await self._call_handler(request, visitor, route)
        except AuthenticationFailed as error:
            if not is_missing_proof(error):
                raise
            missing_proof = error.reason
        if missing_proof is ProofReason.FRESH:
            proof_page = await self._check_proof(request, visitor)
            return proof_page or await self._call_handler(request, _with_session(visitor, has_fresh_proof=True), route)
        return await self._ask_for_code(request, visitor, route)

    async def _ask_for_code(self, request: web.Request, visitor: Visitor, route: PageRoute) -> web.Response:
        """Lead a session that must show a code, and has not, to where that is asked for, or to where it is made."""
        typed_fields = list_resent_fields(visitor.form)
        if not (typed_fields and visitor.form.get(PROOF_PASSWORD_FIELD)):  # what comes of a proof, the sign-in audits
            await self._denials.audit_without_code(request, visitor, route)
        if visitor.must_enrol:
            raise web.HTTPSeeOther(ACCOUNT_PATH)
        if typed_fields:
            return await self._return_pages.ask_password(
                request, visitor.form, visitor.session, visitor.caller, second_factor=True
            )
        raise web.HTTPSeeOther(_address_with_return(SECOND_FACTOR_PATH, request))

    async def _call_handler(self, request: web.Request, visitor: Visitor, route: PageRoute) -> web.StreamResponse:
        """Answer whoever has the right; a handler may require a further one, for which a proof is asked too. Whoever
        has a password that somebody else made is led to where it is changed, whatever else was asked for.
        """
        require_right(route.right, visitor.actor)
        if visitor.member.password_temporary and not route.path.startswith(_OWN_ACCOUNT_PATHS):
            if list_resent_fields(visitor.form):
                return self._return_pages.render_ready_page(
                    request, visitor.form, visitor.session, "admin.return.password_first"
                )
            raise web.HTTPSeeOther(ACCOUNT_PATH)
        response = await route.handler(request, visitor)
        await self._record_reading(request, visitor, route, response)
        return response

    async def _record_reading(
        self, request: web.Request, visitor: Visitor, route: PageRoute, response: web.StreamResponse
    ) -> None:
        """Record that the visitor is shown personal data, before the answer leaves; one that leads on or
        says so (`SHOWS_NOBODY`) shows none.
        """
        reading_rule = find_reading_rule(route.path)
        if reading_rule and response.status not in _REDIRECTS and SHOWS_NOBODY not in response:
            subject = reading_rule.describe_subject(request, visitor.form)
            await self._read_events.record_reading(visitor.actor.label, reading_rule.kind, subject)

    async def _is_of_earlier_session(self, request: web.Request, visitor: Visitor) -> bool:
        """Return whether the form is of an earlier session of the same member, who has signed in again since."""
        if bears_csrf_token(visitor.form, visitor.session.csrf):
            return False
        require_same_origin(request)
        async with self._store.open_unit(write=False) as uow:
            own_sessions = await uow.staff_sessions.list_of_member(visitor.session.username)
        return any(bears_csrf_token(visitor.form, session.csrf) for session in own_sessions)

    async def _check_proof(self, request: web.Request, visitor: Visitor) -> web.Response | None:
        """Take the proof that came with the form; return the page that asks for one where it did not, or is wrong."""
        password, code = str(visitor.form.get(PROOF_PASSWORD_FIELD, "")), read_text(visitor.form, PROOF_CODE_FIELD)
        if not password:
            return self._render_proof_page(request, visitor)
        try:
            await self._staff_sign_in.prove_again(visitor.session, password, code, visitor.caller)
        except (AuthenticationFailed, TooManyRequests) as error:
            return self._render_proof_page(request, visitor, error)
        return None

    def _render_proof_page(
        self, request: web.Request, visitor: Visitor, error: AuthenticationFailed | TooManyRequests | None = None
    ) -> web.Response:
        """Ask for the password again; what was posted is kept in the form. A file cannot: it is chosen again."""
        context = {
            "resent_fields": list_resent_fields(visitor.form),
            "problem": request.app[WORDING].render_error(error) if error else None,
            "address": request.path_qs,
            "method": request.method,
        }
        return render_staff_page(request, visitor, "admin/account/proof.html", context, error=error, status=401)

    async def require_own_form(self, request: web.Request, form: PostedForm, visitor: Visitor) -> None:
        """Refuse a form that is not of this session's own pages (`Forbidden`) where no route does it, and audit it."""
        try:
            require_own_form(request, form, visitor.session.csrf)
        except Forbidden as error:
            await self._denials.audit_forbidden(request, replace(visitor, form=form), error)
            raise


async def _has_factor(second_factors: SecondFactorRepository, username: str) -> bool:
    """Return whether a member of the staff has an authenticator in use."""
    second_factor = await second_factors.find(username)
    return second_factor is not None and second_factor.confirmed


def _build_acting_session(
    session: StaffSession, caller: ClientOrigin, now: datetime, *, needs_code: bool
) -> ActingSession:
    """Return what rights are decided by of a session, at a call of it."""
    return ActingSession(caller.inside, lacks_second_factor=needs_code, has_fresh_proof=session.has_fresh_proof(now))


def _with_session(visitor: Visitor, **proved: bool) -> Visitor:
    """Return the visitor with another state of what the session has proved."""
    acting_session = visitor.actor.session
    if acting_session is None:
        return visitor
    return replace(visitor, actor=replace(visitor.actor, session=replace(acting_session, **proved)))


def read_next_address(request: web.Request) -> str:
    """Return where to go after signing in."""
    return as_local_address(request.query.get("next", HOME_PATH))


def as_local_address(address: str) -> str:
    """Return an address that somebody brought if it is a page of this site, else the site's first page."""
    path = address.partition("?")[0].partition("#")[0]
    is_below = path == HOME_PATH or path.startswith(f"{HOME_PATH}/")
    is_own = is_below and is_normal_address(address) and "\\" not in address and address.isprintable()
    return address if is_own else HOME_PATH


def _address_with_return(address: str, request: web.Request) -> str:
    next_address = request.path_qs if request.method == "GET" else HOME_PATH
    return f"{address}?{urlencode({'next': next_address})}"
