"""The own account: authenticator with its QR code, password, sessions; and the fresh proof that other pages ask for."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.gate import ACCOUNT_PATH, PROOF_PATH, as_local_address
from channels.admin.return_links import PROOF_PASSWORD_FIELD
from channels.admin.submissions import FormAction, FormSubmission
from channels.admin.user_agents import describe_browser
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from domain.actions.context import ActionContext
from domain.actions.staff import own_account
from domain.actions.staff.signing_in import StaffSignIn
from domain.authorization.policy import find_refusal
from domain.authorization.rights import Right
from domain.language.wording import day_and_hour_text
from domain.people.sessions import StaffSession, enrolment_address
from domain.unit_of_work import UnitOfWork
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason

OWN_ACCOUNT_PATH = ACCOUNT_PATH


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session as its owner sees it."""

    digest: str
    """Names it in the form that ends it; nobody can sign in by it."""
    browser: str
    """In short, as people call it."""
    user_agent: str
    """The browser as it calls itself."""
    address: str
    """The network address that it began from."""
    last_seen: str
    """Day and hour in Tehran of its last use, in words."""
    is_current: bool
    """The session by which the page was asked for."""


class AccountPages:
    """The pages. `issuer_name` is the municipality's name in the authenticator."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, staff_sign_in: StaffSignIn, issuer_name: str) -> None:
        self._staff_sign_in = staff_sign_in
        self._dependencies, self._store, self._vault = (
            staff_sign_in.dependencies,
            staff_sign_in.store,
            staff_sign_in.vault,
        )
        self._issuer_name = issuer_name

    def list_routes(self) -> Sequence[PageRoute]:
        account_path = OWN_ACCOUNT_PATH
        form_routes: Sequence[tuple[str, Right, str, FormAction]] = (
            (f"{account_path}/sessions/end", Right.ACCOUNT_CHANGE, "session", self._submit_session_end),
            (PROOF_PATH, Right.ACCOUNT_CHANGE, "proof", self._continue_after_proof),
            (f"{account_path}/factor", Right.ACCOUNT_CHANGE, "enrol", self._submit_enrolment),
            (f"{account_path}/factor/confirm", Right.ACCOUNT_CHANGE, "code", self._submit_confirmation),
            (f"{account_path}/factor/remove", Right.ACCOUNT_CHANGE, "give_up", self._submit_giving_up),
            (f"{account_path}/password", Right.ACCOUNT_CHANGE, "password", self._submit_password),
        )
        return (
            PageRoute("GET", account_path, Right.ACCOUNT, self._render_page),
            PageRoute("GET", f"{account_path}/factor.svg", Right.ACCOUNT_CHANGE, self._send_qr_code),
            *(
                PageRoute("POST", path, right, FormSubmission(form_name, form_action, self._render_page))
                for path, right, form_name, form_action in form_routes
            ),
        )

    async def _continue_after_proof(self, request: web.Request, visitor: Visitor) -> str:
        """Go on where the proof was asked for; the gate has checked it."""
        return as_local_address(read_text(visitor.form, "next"))

    async def _submit_enrolment(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await own_account.begin_enrolment(
                ActionContext(self._dependencies, uow), self._vault, visitor.member.username
            )
        return f"{OWN_ACCOUNT_PATH}#factor"

    async def _submit_confirmation(self, request: web.Request, visitor: Visitor) -> web.Response:
        submitted_code = read_text(visitor.form, "code")
        async with self._store.open_unit() as uow:
            recovery_codes = await own_account.confirm_enrolment(
                ActionContext(self._dependencies, uow),
                self._vault,
                visitor.member.username,
                submitted_code,
                visitor.session,
            )
        return await self._render_page(request, visitor, recovery_codes=recovery_codes)

    async def _submit_giving_up(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await own_account.give_up_second_factor(
                ActionContext(self._dependencies, uow), visitor.member.username, visitor.actor.label, visitor.session
            )
        return f"{OWN_ACCOUNT_PATH}?done=factor_given_up"

    async def _send_qr_code(self, request: web.Request, visitor: Visitor) -> web.Response:
        from segno import make  # noqa: PLC0415 - read for those alone who make an authenticator

        async with self._store.open_unit(write=False) as uow:
            secret = await self._open_pending_secret(uow, visitor)
        if secret is None:
            raise web.HTTPNotFound
        drawing = io.BytesIO()
        make(enrolment_address(secret, visitor.member.username, self._issuer_name), error="m").save(
            drawing, kind="svg", scale=4, border=2, dark="#12312f", light="#fff"
        )
        return web.Response(body=drawing.getvalue(), content_type="image/svg+xml", charset="utf-8")

    async def _submit_password(self, request: web.Request, visitor: Visitor) -> str:
        """Set a new password. The present one is asked for whatever the session's age: it may be left open."""
        member, passwords = visitor.member, self._staff_sign_in.passwords
        present_password, new_password, repeated_password = (
            str(visitor.form.get(field_name, "")) for field_name in (PROOF_PASSWORD_FIELD, "new_password", "again")
        )
        await self._staff_sign_in.confirm_password(visitor.session, present_password, visitor.caller)
        if new_password != repeated_password:
            raise InvalidField("again", InvalidReason.NOT_THE_SAME)
        if new_password == present_password:
            raise InvalidField("new_password", InvalidReason.SAME_AS_BEFORE)
        passwords.refuse_weak(new_password, [member.username, member.full_name])
        password_hash = await passwords.hash_password(new_password)
        async with self._store.open_unit() as uow:
            await own_account.set_password(
                ActionContext(self._dependencies, uow),
                member.username,
                password_hash,
                visitor.actor.label,
                kept_session=visitor.session,
            )
        return f"{OWN_ACCOUNT_PATH}?done=password_changed"

    async def _submit_session_end(self, request: web.Request, visitor: Visitor) -> str:
        digest = read_text(visitor.form, "session")
        async with self._store.open_unit() as uow:
            await own_account.end_own_session(ActionContext(self._dependencies, uow), visitor.session, digest)
        return f"{OWN_ACCOUNT_PATH}?done=session_ended#sessions"

    async def _open_pending_secret(self, uow: UnitOfWork, visitor: Visitor) -> str | None:
        """Return the secret of an authenticator that was begun and not confirmed: only then is it shown."""
        second_factor = await uow.second_factors.find(visitor.member.username)
        return (
            self._vault.unseal_secret(second_factor.sealed) if second_factor and not second_factor.confirmed else None
        )

    async def _render_page(
        self,
        request: web.Request,
        visitor: Visitor,
        refused_form: RefusedForm | None = None,
        recovery_codes: Sequence[str] = (),
    ) -> web.Response:
        """Return the page. `recovery_codes` are the codes of an authenticator that was just confirmed, shown
        this once.
        """
        async with self._store.open_unit(write=False) as uow:
            second_factor = await uow.second_factors.find(visitor.member.username)
            own_sessions = await uow.staff_sessions.list_of_member(visitor.member.username)
            secret = await self._open_pending_secret(uow, visitor)
        error = form_error(refused_form)
        context = {
            "is_enrolled": bool(second_factor and second_factor.confirmed),
            "recovery_code_count": str(len(second_factor.recovery)) if second_factor else "0",
            "pending_secret": secret if find_refusal(Right.ACCOUNT_CHANGE, visitor.actor) is None else None,
            "own_sessions": [
                _build_own_session(session, visitor) for session in own_sessions if session.is_alive(visitor.now)
            ],
            "recovery_codes": recovery_codes,
            "refused_form_name": refused_form.name if refused_form else None,
            "refusal": self._dependencies.wording.render_error(error) if error else None,
        }
        return render_staff_page(request, visitor, "admin/account/account.html", context, error=error)


def _build_own_session(session: StaffSession, visitor: Visitor) -> OwnSession:
    is_current = session.digest == visitor.session.digest
    browser, last_seen = describe_browser(session.agent), day_and_hour_text(session.seen_at)
    return OwnSession(session.digest, browser, session.agent, session.address, last_seen, is_current)
