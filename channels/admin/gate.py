"""The door of the staff's site: who calls, whether the right is theirs from there, and that the form is our own.

Every route names the right that it needs (`domain/actions/staff/authorization.py`); there is no page that forgets to
ask. What is refused is audited. A proof that has grown old is asked for in the middle of the work: what was typed goes
on with the proof. So it does where a session has ended (`return_links.py`).
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.typedefs import Handler

from channels.admin.denials import Denials
from channels.admin.frame import HOME, PageRoute, Visit, staff_error, staff_page
from channels.admin.return_links import COOKIE, DEVICE_COOKIE, PROOF_CODE, PROOF_PASSWORD, ComingBack, kept
from channels.web.error_pages import WORDING
from channels.web.headers import require_same_origin
from channels.web.posted import NO_FORM, Form, read_posted, said
from channels.web.session import bears, require_own_form
from domain.actions.staff import authorization
from domain.actions.staff.signing_in import Doorman
from domain.actions.staff.staffing import acting_for, standing_in, today
from domain.people.sessions import SEEN_AGAIN, StaffSession, digest_of
from domain.people.sign_in_attempts import ClientOrigin
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role
from domain.values.errors import AuthenticationFailed, DomainError, Forbidden, TooManyRequests

CHANNEL = "staff"
"""The channel that the history names for what was done at this site."""

SIGN_IN, SECOND_FACTOR = "/staff/sign-in", "/staff/second-factor"
ACCOUNT, PROOF = "/staff/account", "/staff/proof"
"""The own account, where an authenticator is made, and where a fresh proof is given that it needs."""

_OWN = (ACCOUNT, PROOF)

_ASKED_FOR = frozenset({authorization.SECOND_FACTOR, authorization.PROOF})

Inside = Callable[[web.Request], bool]
"""Tells whether a call comes from the organisation's own networks."""


class Gate:
    """Guards the routes. Nothing behind it is reached without a session, its right and, for forms, its token."""

    def __init__(
        self, doorman: Doorman, inside: Inside, second_factor_inside: authorization.SecondFactorInside
    ) -> None:
        self._doorman = doorman
        self._desk, self._store = doorman.desk, doorman.store
        self._inside = inside
        self._second_factor_inside = second_factor_inside
        self._back = ComingBack(doorman)
        self._denials = Denials(self._desk, self._store)

    def caller(self, request: web.Request) -> ClientOrigin:
        """Return where a call comes from."""
        agent, device = request.headers.get("User-Agent", ""), DEVICE_COOKIE.token(request)
        return ClientOrigin(request.remote or "", agent, self._inside(request), device)

    def guarded(self, route: PageRoute) -> Handler:
        """Return the route's handler behind the door."""

        async def handle(request: web.Request) -> web.StreamResponse:
            visit = await self.visit(request)
            if visit is None:
                return await self._asked_back(request, route)
            if visit.must_enrol and route.path.startswith(_OWN):
                visit = replace(visit, second_factor=False)
            try:
                if request.method == "POST":
                    visit = replace(visit, form=await read_posted(request, route.largest))
                visit = replace(visit, denied=partial(self._denials.forbidden, request, visit, route=route))
                return await self._admitted(request, visit, route)
            except DomainError as error:
                await visit.denied(error)
                return staff_error(request, visit, error)

        return handle

    async def visit(self, request: web.Request) -> Visit | None:
        """Return who calls by the session's cookie; None without a session that lives, of somebody still active."""
        token = COOKIE.token(request)
        if not token:
            return None
        now = self._desk.clock.now()
        async with self._store.unit(write=False) as uow:
            session = await uow.staff_sessions.get(digest_of(token))
            if session is None or not session.alive(now):
                return None
            member = await uow.people.staff(session.username)
            if member is None or not member.active:
                return None
            substitutes = await standing_in(uow, today(self._desk))
            actor = await acting_for(uow, member, CHANNEL, substitutes)
            caller = self.caller(request)
            asked = self._asks_second_factor(actor.role_names, session, caller)
            must_enrol = asked and caller.inside and not await _enrolled(uow, session.username)
        await self._note_seen(session)
        return Visit(actor, member, session, caller, now, substitutes, asked, must_enrol)

    def _asks_second_factor(self, roles: frozenset[Role], session: StaffSession, caller: ClientOrigin) -> bool:
        """Tell whether a session must still show a second factor there."""
        wanted = self._second_factor_inside
        return not session.second_factor and authorization.asks_second_factor(wanted, roles, inside=caller.inside)

    async def has_code_to_show(self, session: StaffSession, caller: ClientOrigin) -> bool:
        """Tell whether somebody with this session, even one that has ended, must show a code, and has what makes one.

        From outside nobody signs in without; inside, one who has none is let in to make one.
        """
        async with self._store.unit(write=False) as uow:
            member = await uow.people.staff(session.username)
            if member is None:
                return True
            actor = await acting_for(uow, member, CHANNEL, await standing_in(uow, today(self._desk)))
            asked = self._asks_second_factor(actor.role_names, session, caller)
            return asked and (not caller.inside or await _enrolled(uow, session.username))

    async def _asked_back(self, request: web.Request, route: PageRoute) -> web.Response:
        """Lead to the page for signing in. A form of the session that ended waits for who sent it, and nobody else."""
        former = await self._former(request) if request.method == "POST" else None
        form = await self._own_form(request, former, route.largest) if former else NO_FORM
        if former is None or not kept(form):
            raise web.HTTPSeeOther(_asking(SIGN_IN, request))
        caller, anew = self.caller(request), replace(former, second_factor=False)
        return await self._back.ask(
            request, form, former, caller, second_factor=await self.has_code_to_show(anew, caller)
        )

    async def _former(self, request: web.Request) -> StaffSession | None:
        async with self._store.unit(write=False) as uow:
            return await uow.staff_sessions.get(digest_of(COOKIE.token(request)))

    async def _own_form(self, request: web.Request, former: StaffSession, largest: int) -> Form:
        """Return what was posted from the former session's own pages; nothing of what anybody else posted."""
        try:
            form = await read_posted(request, largest)
            require_own_form(request, form, former.csrf)
        except DomainError:
            return NO_FORM
        return form

    async def _note_seen(self, session: StaffSession) -> None:
        now = self._desk.clock.now()
        if now - session.seen_at >= SEEN_AGAIN:
            session.seen_at = now
            async with self._store.unit() as uow:
                await uow.staff_sessions.seen(session.digest, now)

    async def _admitted(self, request: web.Request, visit: Visit, route: PageRoute) -> web.StreamResponse:
        if request.method == "POST":
            if await self._is_earlier(request, visit):
                return self._back.ready(request, visit.form, visit.session)
            require_own_form(request, visit.form, visit.session.csrf)
        try:
            return await self._let_in(request, visit, route)
        except AuthenticationFailed as error:
            missing = error.detail
            if missing not in _ASKED_FOR:
                raise
        if missing == authorization.PROOF:
            asked = await self._asked_for_proof(request, visit)
            return asked or await self._let_in(request, visit, route)
        return await self._without_code(request, visit, route)

    async def _without_code(self, request: web.Request, visit: Visit, route: PageRoute) -> web.Response:
        """Lead a session that must show a code, and has not, to where that is asked for, or to where it is made."""
        typed = kept(visit.form)
        if not (typed and visit.form.get(PROOF_PASSWORD)):  # what comes of a proof, the doorman audits
            await self._denials.without_code(request, visit, route)
        if visit.must_enrol:
            raise web.HTTPSeeOther(ACCOUNT)
        if typed:
            return await self._back.ask(request, visit.form, visit.session, visit.caller, second_factor=True)
        raise web.HTTPSeeOther(_asking(SECOND_FACTOR, request))

    async def _let_in(self, request: web.Request, visit: Visit, route: PageRoute) -> web.StreamResponse:
        """Answer whoever has the right; a handler may require a further one, for which a proof is asked too. Whoever
        has a password that somebody else made is led to where it is changed, whatever else was asked for.
        """
        visit.require(route.right)
        if visit.member.password_temporary and not route.path.startswith(_OWN):
            if kept(visit.form):
                return self._back.ready(request, visit.form, visit.session, "admin.return.password_first")
            raise web.HTTPSeeOther(ACCOUNT)
        return await route.handler(request, visit)

    async def _is_earlier(self, request: web.Request, visit: Visit) -> bool:
        """Tell whether the form is of an earlier session of the same member, who has signed in anew since."""
        if bears(visit.form, visit.session.csrf):
            return False
        require_same_origin(request)
        async with self._store.unit(write=False) as uow:
            sessions = await uow.staff_sessions.of(visit.session.username)
        return any(bears(visit.form, one.csrf) for one in sessions)

    async def _asked_for_proof(self, request: web.Request, visit: Visit) -> web.Response | None:
        """Take the proof that came with the form; return the page that asks for one where it did not, or is wrong."""
        password, code = str(visit.form.get(PROOF_PASSWORD, "")), said(visit.form, PROOF_CODE)
        if not password:
            return self._ask_proof(request, visit)
        try:
            await self._doorman.prove(visit.session, password, code, visit.caller)
        except (AuthenticationFailed, TooManyRequests) as error:
            return self._ask_proof(request, visit, error)
        return None

    def _ask_proof(
        self, request: web.Request, visit: Visit, error: AuthenticationFailed | TooManyRequests | None = None
    ) -> web.Response:
        """Ask for the password again; what was posted stands in the form. A file cannot: it is chosen again."""
        context = {
            "kept": kept(visit.form),
            "problem": request.app[WORDING].error(error) if error else None,
            "address": request.path_qs,
            "method": request.method,
        }
        return staff_page(request, visit, "admin/account/proof.html", context, error=error, status=401)

    async def require_own_form(self, request: web.Request, form: Form, visit: Visit) -> None:
        """Refuse a form that is not of this session's own pages (`Forbidden`) where no route does it, and audit it."""
        try:
            require_own_form(request, form, visit.session.csrf)
        except Forbidden as error:
            await self._denials.forbidden(request, replace(visit, form=form), error)
            raise


async def _enrolled(uow: UnitOfWork, username: str) -> bool:
    """Tell whether a member of the staff has an authenticator in use."""
    factor = await uow.second_factors.get(username)
    return factor is not None and factor.confirmed


def way_on(request: web.Request) -> str:
    """Return where to go after signing in."""
    return local(request.query.get("next", HOME))


def local(wanted: str) -> str:
    """Return an address that somebody brought if it is a page of this site, else the site's first page."""
    ours = wanted.startswith(HOME) and "\\" not in wanted and wanted.isprintable()
    return wanted if ours else HOME


def _asking(address: str, request: web.Request) -> str:
    wanted = request.path_qs if request.method == "GET" else HOME
    return f"{address}?{urlencode({'next': wanted})}"
