"""A form that was posted with a session that is no more, or not enough: it waits until who sent it has come back.

What was typed is kept in a page that asks its sender for the password (from outside for a code too), as the page of a
fresh proof does. Then a new session begins, and the form is put on a page of its own with one button, under the new
session's token: nothing is done before that is pressed. Files are not kept; they are chosen again beside the button.
"""

from aiohttp import web

from channels.web.error_pages import WORDING, status_of
from channels.web.pages import render_page
from channels.web.posted import PostedForm, UploadedFile, read_text
from channels.web.session import CSRF_FIELD, SessionCookie
from domain.actions.staff.known_devices import DEVICE_LIFETIME
from domain.actions.staff.signing_in import StaffSignIn
from domain.people.sessions import REMEMBERED_FOR, SESSION_LIMIT, StaffSession
from domain.people.sign_in_attempts import ClientOrigin
from domain.values.errors import AuthenticationFailed, DomainError, TooManyRequests

SESSION_COOKIE = SessionCookie("pishkhan_staff", "/staff", SESSION_LIMIT + REMEMBERED_FOR)
"""It is kept for as long as a form of its session is asked back."""

DEVICE_COOKIE = SessionCookie("pishkhan_device", "/staff", DEVICE_LIFETIME)
"""By it a browser is known whose attempts are counted by themselves (`domain/actions/staff/known_devices.py`)."""

PROOF_PASSWORD_FIELD, PROOF_CODE_FIELD = "proof_password", "proof_code"
LOST_FILE_FIELD = "lost_file"
"""Names a field of the form whose file was not kept."""

_NOT_RESENT_FIELDS = frozenset({PROOF_PASSWORD_FIELD, PROOF_CODE_FIELD, CSRF_FIELD, LOST_FILE_FIELD})


def list_resent_fields(form: PostedForm) -> list[tuple[str, str]]:
    """Return what was typed into a form that shall be sent once more; tokens, proofs and files have to be given
    again.
    """
    return [
        (field_name, value)
        for field_name, value in form.items()
        if isinstance(value, str) and field_name not in _NOT_RESENT_FIELDS
    ]


def set_session_cookies(
    request: web.Request,
    response: web.Response,
    staff_sign_in: StaffSignIn,
    caller: ClientOrigin,
    session: StaffSession,
    token: str,
) -> None:
    """Give the browser the token of a session that was fully authenticated, and make the browser known."""
    SESSION_COOKIE.set_token(request, response, token)
    device_token = staff_sign_in.issue_device_token(session.username, caller)
    if device_token:
        DEVICE_COOKIE.set_token(request, response, device_token)


class ReturnPages:
    """The two pages, at the address to which the form was sent."""

    def __init__(self, staff_sign_in: StaffSignIn) -> None:
        self._staff_sign_in = staff_sign_in

    async def ask_password(
        self,
        request: web.Request,
        form: PostedForm,
        former_session: StaffSession,
        caller: ClientOrigin,
        *,
        second_factor: bool,
    ) -> web.Response:
        """Ask for the password of the member whose form this is, and for a code where `second_factor` says so; where
        they came with the form, begin a new session.

        The caller has made sure that the form is of the former session's own pages.
        """
        password, proof_code = (
            str(form.get(PROOF_PASSWORD_FIELD, "")),
            read_text(form, PROOF_CODE_FIELD) if second_factor else None,
        )
        if not password:
            return self._render_return_page(request, form, former_session, second_factor)
        try:
            session, token = await self._sign_in_again(former_session, password, proof_code, caller)
        except (AuthenticationFailed, TooManyRequests) as error:
            return self._render_return_page(request, form, former_session, second_factor, error)
        response = self.render_ready_page(request, form, session)
        set_session_cookies(request, response, self._staff_sign_in, caller, session, token)
        return response

    def render_ready_page(
        self, request: web.Request, form: PostedForm, session: StaffSession, hindrance_key: str | None = None
    ) -> web.Response:
        """Return the page from which the form is sent again, as one of this session; `hindrance_key` is the key of the
        text that says what is to be done before that.
        """
        problem = request.app[WORDING].catalogue.text(hindrance_key) if hindrance_key else None
        context = {**_build_carried_context(request, form), "csrf": session.csrf, "problem": problem}
        return render_page(request, "admin/account/ready.html", context, status=409 if hindrance_key else 200)

    async def _sign_in_again(
        self, former_session: StaffSession, password: str, proof_code: str | None, caller: ClientOrigin
    ) -> tuple[StaffSession, str]:
        live_session = former_session if former_session.is_alive(self._staff_sign_in.dependencies.clock.now()) else None
        ended_session = live_session if proof_code is None else None  # with a code, it ends once that was entered
        session, token = await self._staff_sign_in.sign_in(
            former_session.username, password, caller, former=ended_session
        )
        if proof_code is None:
            return session, token
        try:
            return await self._staff_sign_in.show_second_factor(session, proof_code, caller, former=live_session)
        except DomainError:
            await self._staff_sign_in.sign_out(session, caller)  # nobody has its token
            raise

    def _render_return_page(
        self,
        request: web.Request,
        form: PostedForm,
        former_session: StaffSession,
        second_factor: bool,
        error: AuthenticationFailed | TooManyRequests | None = None,
    ) -> web.Response:
        context = {
            **_build_carried_context(request, form),
            "csrf": former_session.csrf,
            "username": former_session.username,
            "needs_second_factor": second_factor,
            "problem": request.app[WORDING].render_error(error) if error else None,
        }
        return render_page(request, "admin/account/return.html", context, status=status_of(error) if error else 401)


def _build_carried_context(request: web.Request, form: PostedForm) -> dict[str, object]:
    """Return what both pages carry: the address, what was typed, and the fields whose files were not kept."""
    chosen_files = [
        field_name for field_name, value in form.items() if isinstance(value, UploadedFile) and value.is_chosen
    ]
    lost_files = [value for value in form.getall(LOST_FILE_FIELD, []) if isinstance(value, str)]
    return {
        "address": request.path_qs,
        "resent_fields": list_resent_fields(form),
        "file_fields": [*chosen_files, *lost_files],
    }
