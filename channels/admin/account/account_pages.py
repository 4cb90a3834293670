"""The own account: authenticator with its QR code, password, sessions; and the fresh proof that other pages ask for."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import segno
from aiohttp import web

from channels.admin.frame import Handler, NavigationSection, PageRoute, Visit, staff_page
from channels.admin.gate import ACCOUNT, PROOF, local
from channels.admin.return_links import PROOF_PASSWORD
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.admin.user_agents import browser_shown
from channels.web.posted import said
from domain.actions.staff import own_account
from domain.actions.staff.signing_in import Doorman
from domain.language.wording import day_and_hour
from domain.people.sessions import StaffSession, enrolment_address
from domain.unit_of_work import UnitOfWork
from domain.values.errors import AuthenticationFailed, DomainError, InvalidField, TooManyRequests

PATH = ACCOUNT


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session as its owner sees it: its browser in short, and as that calls itself; `here` is the one at hand."""

    digest: str
    browser: str
    agent: str
    address: str
    seen: str
    here: bool


class AccountPages:
    """The pages. `issuer` is the house's name in the authenticator."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, doorman: Doorman, issuer: str) -> None:
        self._doorman = doorman
        self._desk, self._store, self._vault = doorman.desk, doorman.store, doorman.vault
        self._issuer = issuer

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        changes: Mapping[str, Handler] = {
            PROOF: self._proved,
            f"{PATH}/factor": self._enrol,
            f"{PATH}/factor/confirm": FormSubmission("code", self._confirm, self._page, _told_on_page),
            f"{PATH}/factor/remove": self._give_up,
            f"{PATH}/password": FormSubmission("password", self._change_password, self._page, _told_on_page),
        }
        return (
            PageRoute("GET", PATH, "account", self._page),
            PageRoute("GET", f"{PATH}/factor.svg", "account.change", self._qr),
            PageRoute("POST", f"{PATH}/sessions/end", "account", self._end_session),
            *(PageRoute("POST", path, "account.change", handler) for path, handler in changes.items()),
        )

    async def _proved(self, request: web.Request, visit: Visit) -> web.Response:
        """Go on where the proof was asked for; it was taken at the door."""
        raise web.HTTPSeeOther(local(said(visit.form, "next")))

    async def _enrol(self, request: web.Request, visit: Visit) -> web.Response:
        async with self._store.unit() as uow:
            await own_account.begin_enrolment(self._desk, uow, self._vault, visit.member.username)
        raise web.HTTPSeeOther(f"{PATH}#factor")

    async def _confirm(self, request: web.Request, visit: Visit) -> web.Response:
        code = said(visit.form, "code")
        async with self._store.unit() as uow:
            codes = await own_account.confirm_enrolment(self._desk, uow, self._vault, visit.member.username, code)
        return await self._page(request, visit, recovery=codes)

    async def _give_up(self, request: web.Request, visit: Visit) -> web.Response:
        async with self._store.unit() as uow:
            await own_account.give_up_second_factor(self._desk, uow, visit.member.username, visit.actor.label)
        raise web.HTTPSeeOther(f"{PATH}?done=factor_given_up")

    async def _qr(self, request: web.Request, visit: Visit) -> web.Response:
        async with self._store.unit(write=False) as uow:
            secret = await self._secret(uow, visit)
        if secret is None:
            raise web.HTTPNotFound
        drawn = io.BytesIO()
        segno.make(enrolment_address(secret, visit.member.username, self._issuer), error="m").save(
            drawn, kind="svg", scale=4, border=2, dark="#12312f", light="#fff"
        )
        return web.Response(body=drawn.getvalue(), content_type="image/svg+xml")

    async def _change_password(self, request: web.Request, visit: Visit) -> str:
        """Set a new password. The present one is asked for whatever the session's age: it may be left open."""
        member, passwords = visit.member, self._doorman.passwords
        present, new, again = (str(visit.form.get(name, "")) for name in (PROOF_PASSWORD, "new_password", "again"))
        await self._doorman.confirm_password(visit.session, present, visit.caller)
        if new != again:
            raise InvalidField("again", detail="not_the_same")
        if new == present:
            raise InvalidField("new_password", detail="same_password")
        passwords.refuse_weak(new, [member.username, member.full_name])
        hashed = await passwords.hashed(new)
        async with self._store.unit() as uow:
            await own_account.set_password(
                self._desk, uow, member.username, hashed, visit.actor.label, keeping=visit.session
            )
        return f"{PATH}?done=password_changed"

    async def _end_session(self, request: web.Request, visit: Visit) -> web.Response:
        digest = said(visit.form, "session")
        async with self._store.unit() as uow:
            await own_account.end_session(self._desk, uow, visit.session, digest)
        raise web.HTTPSeeOther(f"{PATH}?done=session_ended#sessions")

    async def _secret(self, uow: UnitOfWork, visit: Visit) -> str | None:
        """Return the secret of an authenticator that was begun and not confirmed: only then is it shown."""
        factor = await uow.second_factors.get(visit.member.username)
        return self._vault.open(factor.sealed) if factor and not factor.confirmed else None

    async def _page(
        self, request: web.Request, visit: Visit, refused: RefusedForm | None = None, recovery: Sequence[str] = ()
    ) -> web.Response:
        """Return the page. `recovery` are the codes of an authenticator that was just confirmed, shown this once."""
        async with self._store.unit(write=False) as uow:
            factor = await uow.second_factors.get(visit.member.username)
            sessions = await uow.staff_sessions.of(visit.member.username)
            secret = await self._secret(uow, visit)
        problems = {refused.name: self._desk.wording.error(refused.error)} if refused else {}
        context = {
            "enrolled": bool(factor and factor.confirmed),
            "left": str(len(factor.recovery)) if factor else "0",
            "secret": secret if visit.session.fresh(visit.now) else None,
            "own": [_own(one, visit) for one in sessions if one.alive(visit.now)],
            "recovery": recovery,
            "code_problem": problems.get("code"),
            "password_problem": problems.get("password"),
        }
        return staff_page(request, visit, "admin/account/account.html", context, error=error_of(refused))


async def _told_on_page(visit: Visit, error: DomainError) -> bool:
    """Tell on the page what is wrong with a code or a password; any other error becomes the error page."""
    return isinstance(error, AuthenticationFailed | TooManyRequests | InvalidField)


def _own(session: StaffSession, visit: Visit) -> OwnSession:
    here = session.digest == visit.session.digest
    browser, seen = browser_shown(session.agent), day_and_hour(session.seen_at)
    return OwnSession(session.digest, browser, session.agent, session.address, seen, here)
