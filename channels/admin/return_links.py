"""A form that was posted with a session that is no more, or not enough: it waits until who sent it has come back.

What was typed stands in a page that asks its sender for the password (from outside for a code too), as the page of a
fresh proof does. Then a new session begins, and the form stands in a page of its own with one button, under the new
session's token: nothing is done before that is pressed. Files are not kept; they are chosen again beside the button.
"""

from aiohttp import web

from channels.web.error_pages import WORDING, status_of
from channels.web.pages import page
from channels.web.posted import Form, Upload, said
from channels.web.session import CSRF, SessionCookie
from domain.actions.staff.known_devices import KEPT
from domain.actions.staff.signing_in import Doorman
from domain.people.sessions import LONGEST, REMEMBERED, StaffSession
from domain.people.sign_in_attempts import ClientOrigin
from domain.values.errors import AuthenticationFailed, DomainError, TooManyRequests

COOKIE = SessionCookie("pishkhan_staff", "/staff", LONGEST + REMEMBERED)
"""It is kept for as long as a form of its session is asked back."""

DEVICE_COOKIE = SessionCookie("pishkhan_device", "/staff", KEPT)
"""By it a browser is known whose attempts are counted by themselves (`domain/actions/staff/known_devices.py`)."""

PROOF_PASSWORD, PROOF_CODE = "proof_password", "proof_code"
LOST_FILE = "lost_file"
"""Names a field of the form whose file was not kept."""

_NOT_KEPT = frozenset({PROOF_PASSWORD, PROOF_CODE, CSRF, LOST_FILE})


def kept(form: Form) -> list[tuple[str, str]]:
    """Return what was typed into a form that shall be sent once more; tokens, proofs and files are given anew."""
    return [(name, value) for name, value in form.items() if isinstance(value, str) and name not in _NOT_KEPT]


def let_in(
    request: web.Request,
    response: web.Response,
    doorman: Doorman,
    caller: ClientOrigin,
    session: StaffSession,
    token: str,
) -> None:
    """Give the browser the token of a session for which everything was shown, and make the browser known."""
    COOKIE.give(request, response, token)
    device = doorman.make_known(session.username, caller)
    if device:
        DEVICE_COOKIE.give(request, response, device)


class ComingBack:
    """The two pages, at the address to which the form was sent."""

    def __init__(self, doorman: Doorman) -> None:
        self._doorman = doorman

    async def ask(
        self, request: web.Request, form: Form, former: StaffSession, caller: ClientOrigin, *, second_factor: bool
    ) -> web.Response:
        """Ask for the password of the member whose form this is, and for a code where `second_factor` says so; where
        they came with the form, begin a new session.

        The caller has made sure that the form is of the former session's own pages.
        """
        password, code = str(form.get(PROOF_PASSWORD, "")), said(form, PROOF_CODE) if second_factor else None
        if not password:
            return self._page(request, form, former, second_factor)
        try:
            session, token = await self._signed_in(former, password, code, caller)
        except (AuthenticationFailed, TooManyRequests) as error:
            return self._page(request, form, former, second_factor, error)
        response = self.ready(request, form, session)
        let_in(request, response, self._doorman, caller, session, token)
        return response

    def ready(
        self, request: web.Request, form: Form, session: StaffSession, hindrance: str | None = None
    ) -> web.Response:
        """Return the page from which the form is sent again, as one of this session; `hindrance` is the key of the text
        that says what is to be done before that.
        """
        problem = request.app[WORDING].catalogue.text(hindrance) if hindrance else None
        context = {**_carried(request, form), "csrf": session.csrf, "problem": problem}
        return page(request, "admin/account/ready.html", context, status=409 if hindrance else 200)

    async def _signed_in(
        self, former: StaffSession, password: str, code: str | None, caller: ClientOrigin
    ) -> tuple[StaffSession, str]:
        alive = former if former.alive(self._doorman.desk.clock.now()) else None
        ended = alive if code is None else None  # with a code, it ends once that was shown
        session, token = await self._doorman.sign_in(former.username, password, caller, former=ended)
        if code is None:
            return session, token
        try:
            return await self._doorman.show_code(session, code, caller, former=alive)
        except DomainError:
            await self._doorman.sign_out(session, caller)  # nobody has its token
            raise

    def _page(
        self,
        request: web.Request,
        form: Form,
        former: StaffSession,
        second_factor: bool,
        error: AuthenticationFailed | TooManyRequests | None = None,
    ) -> web.Response:
        context = {
            **_carried(request, form),
            "csrf": former.csrf,
            "username": former.username,
            "second_factor": second_factor,
            "problem": request.app[WORDING].error(error) if error else None,
        }
        return page(request, "admin/account/return.html", context, status=status_of(error) if error else 401)


def _carried(request: web.Request, form: Form) -> dict[str, object]:
    """Return what both pages carry: the address, what was typed, and the fields whose files were not kept."""
    chosen = [name for name, value in form.items() if isinstance(value, Upload) and value.content]
    named = [value for value in form.getall(LOST_FILE, []) if isinstance(value, str)]
    return {"address": request.path_qs, "kept": kept(form), "files": [*chosen, *named]}
