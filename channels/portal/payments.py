"""`/pay/…`: the page of a bill, the way to a bank and back.

The browser never drives the state of a payment. Leaving asks the bank for a session; coming back stores what the
browser brought, which wakes the job that asks the bank, and leads to a page that shows what is known so far.

A callback comes from the bank's site, by GET or POST, without a cookie of ours, perhaps in another browser: it is the
one address that takes forms of other sites. All others show what is stored, to whoever has the link.
"""

from collections.abc import Mapping

from aiohttp import web
from yarl import URL

from channels.portal.payment_views import PageSymbols, PaymentWording
from channels.web.headers import build_content_policy, require_same_origin
from channels.web.pages import render_page
from channels.web.posted import EMPTY_FORM, read_posted_form, read_text
from channels.web.site_part import SitePart
from domain.actions.dependencies import Dependencies
from domain.actions.payments.begin import begin_payment
from domain.actions.payments.callbacks import receive_callback
from domain.actions.payments.merging import merge_bills_of_link
from domain.actions.payments.offering import list_offered_gateways
from domain.actions.payments.pages import (
    AttemptOutcome,
    AttemptView,
    PaymentPageView,
    find_link_token,
    view_attempt,
    view_payment_page,
)
from domain.gateways.attempt import PaymentAttempt
from domain.gateways.gateway import DeclineReason, PaymentGateway, PaymentPage
from domain.language.wording import day_and_hour_text
from domain.settings.contact import Contact
from domain.unit_of_work import Store
from domain.values.errors import (
    AlreadyPaid,
    BillExpired,
    InvalidField,
    NotAllowedNow,
    NotFound,
    PaymentUnknown,
    Unavailable,
)
from domain.values.text import group_digits

PAY_PATH = "/pay"
"""Address of the pages."""

CHANNEL_NAME = "portal"
"""Name under which attempts keep the channel that they were begun on."""

MAX_CALLBACK_BYTES = 16 * 1024
"""Of a callback's body; none of the published ones comes near."""

MAX_FORM_BYTES = 4 * 1024
"""Of a form of these pages."""

MERGED_IDS_ANCHOR = "merged"
"""Anchor of the one pair of ids on a page."""

LOOK_PAUSES = (1, 1, 2, 3, 4, 6, 10, 20, 30)
"""Seconds after which a page that cannot tell yet looks again by itself, so many times; then its reader does."""

_LOOK_PARAMETER = "look"
_LINK_PARAMETER = "link"
"""Of a callback's address: the link that was left from, where what browsers bring does not name the session."""


class PaymentPages(SitePart):
    """Mounts the pages. `site_address` is where banks send browsers back to, without a slash at its end."""

    def __init__(
        self,
        dependencies: Dependencies,
        store: Store,
        gateways: Mapping[str, PaymentGateway],
        site_address: str,
        symbols: PageSymbols,
        contact: Contact,
    ) -> None:
        super().__init__(dependencies, store)
        self._gateways = gateways
        self._site_address = site_address
        self._wording = PaymentWording(dependencies.catalogue, symbols)
        self._contact = contact

    def mount(self, app: web.Application) -> None:
        """Add the routes; the portal itself is mounted before, whose templates these are among."""
        app.router.add_get(f"{PAY_PATH}/result", self._show_foreign_return)
        app.router.add_get(f"{PAY_PATH}/{{token}}", self._show_bills)
        app.router.add_post(f"{PAY_PATH}/{{token}}/start", self._start_payment)
        app.router.add_post(f"{PAY_PATH}/{{token}}/merge", self._merge_bills)
        app.router.add_get(f"{PAY_PATH}/{{token}}/result/{{attempt_id:[0-9]{{1,19}}}}", self._show_result)
        app.router.add_get(f"{PAY_PATH}/{{gateway}}/callback", self._receive_callback, allow_head=False)
        app.router.add_post(f"{PAY_PATH}/{{gateway}}/callback", self._receive_callback)

    # The page of a link

    async def _show_bills(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        try:
            view = await view_payment_page(self._dependencies, self._store, token, request.remote or "")
        except NotFound:
            return self._render(request, "portal/pay_missing.html", {}, status=404)
        return await self._render_bills(request, view)

    async def _render_bills(
        self, request: web.Request, view: PaymentPageView, start_reason: str = "", status: int = 200
    ) -> web.Response:
        page_address = f"{self._site_address}{PAY_PATH}/{view.payable.link.token}"
        offered_gateways = await list_offered_gateways(
            self._dependencies, self._store, self._gateways, view.payable.amount
        )
        context = {
            "token": view.payable.link.token,
            "state": view.state.value,
            "is_payable": view.state.is_payable,
            "may_pay_online": view.state.may_pay_online,
            "open_count": len(view.payable.open_bills),
            "total_amount": group_digits(view.payable.amount),
            "payer_digits": view.payable.payer_mobile[-3:] if view.payable.payer_mobile else "",
            "bills": self._wording.build_bills(view),
            "receipts": self._wording.build_receipts(view),
            "merged_ids": self._wording.build_merged_ids(view),
            "may_merge": view.may_merge,
            "came_back": view.came_back,
            "offers": self._wording.build_offers(offered_gateways),
            "start_reason": start_reason,
            "contact_info": self._contact,
            "receipt_code": self._wording.draw_receipt_code(page_address) if view.receipts else "",
        }
        return self._render(request, "portal/pay.html", context, status=status)

    async def _merge_bills(self, request: web.Request) -> web.Response:
        """Make one pair of ids for all open bills; the page shows it, or why nothing can be paid now."""
        require_same_origin(request)
        token = request.match_info["token"]
        await read_posted_form(request, MAX_FORM_BYTES)
        try:
            await merge_bills_of_link(self._dependencies, self._store, token)
        except (NotAllowedNow, InvalidField):
            raise web.HTTPSeeOther(f"{PAY_PATH}/{token}") from None
        except NotFound:
            return self._render(request, "portal/pay_missing.html", {}, status=404)
        raise web.HTTPSeeOther(f"{PAY_PATH}/{token}#{MERGED_IDS_ANCHOR}")

    # Leaving for a bank

    async def _start_payment(self, request: web.Request) -> web.Response:
        """Open a session at the chosen gateway and show the page that leaves for it."""
        require_same_origin(request)
        token, form = request.match_info["token"], await read_posted_form(request, MAX_FORM_BYTES)
        gateway = self._gateways.get(read_text(form, "gateway"))
        if gateway is None:
            raise web.HTTPSeeOther(f"{PAY_PATH}/{token}")
        callback_url = self._build_callback_url(gateway, token)
        try:
            attempt, page = await begin_payment(
                self._dependencies, self._store, gateway, token, CHANNEL_NAME, callback_url
            )
        except Unavailable as error:
            return await self._render_refused_start(request, token, error)
        except (AlreadyPaid, BillExpired, NotAllowedNow, PaymentUnknown):
            raise web.HTTPSeeOther(f"{PAY_PATH}/{token}") from None  # the page says why there is nothing to pay
        except NotFound:
            return self._render(request, "portal/pay_missing.html", {}, status=404)
        return self._render_leaving(request, token, gateway, attempt, page)

    def _build_callback_url(self, gateway: PaymentGateway, token: str) -> str:
        address = f"{self._site_address}{PAY_PATH}/{gateway.name}/callback"
        is_bare = gateway.capabilities.callback_names_session or not gateway.capabilities.callback_carries_token
        return address if is_bare else f"{address}?{_LINK_PARAMETER}={token}"

    async def _render_refused_start(self, request: web.Request, token: str, error: Unavailable) -> web.Response:
        if error.field != "gateway":
            raise error
        reason = DeclineReason(str(error.params.get("decline", DeclineReason.BANK)))
        view = await view_payment_page(self._dependencies, self._store, token, request.remote or "")
        return await self._render_bills(request, view, start_reason=reason.value, status=503)

    def _render_leaving(
        self, request: web.Request, token: str, gateway: PaymentGateway, attempt: PaymentAttempt, page: PaymentPage
    ) -> web.Response:
        """Show the page whose form, or link, leads to the bank. Banks refuse browsers that do not say which site they
        come from: it names its origin, and its form may lead to that gateway alone.
        """
        context = {
            "token": token,
            "gateway": self._wording.gateway_title(gateway.name),
            "amount": group_digits(attempt.amount),
            "bank_page": page,
            "bank_host": URL(page.address).host or request.url.host,
        }
        response = self._render(request, "portal/pay_leave.html", context)
        response.headers["Referrer-Policy"] = "strict-origin"
        response.headers["Content-Security-Policy"] = build_content_policy(" ".join(gateway.form_origins))
        return response

    # Coming back

    async def _receive_callback(self, request: web.Request) -> web.Response:
        """Store what the browser brought and lead to the page that tells what is known."""
        gateway = self._gateways.get(request.match_info["gateway"])
        if gateway is None or not gateway.capabilities.callback_methods:
            raise web.HTTPNotFound
        values = await _read_callback_values(request)
        attempt = await receive_callback(
            self._dependencies, self._store, gateway, request.method, values, request.remote or ""
        )
        raise web.HTTPSeeOther(await self._find_result_address(attempt, values))

    async def _find_result_address(self, attempt: PaymentAttempt | None, values: Mapping[str, str]) -> str:
        """Return where the browser goes. Our order numbers can be guessed, and a link shows what somebody owes: who
        knows neither the bank's name of the session nor the link is not led to it. (A link that is not the attempt's
        shows nothing.)
        """
        brought_token = values.get(_LINK_PARAMETER, "")
        if attempt is not None and brought_token.isascii() and brought_token.isalnum():
            return f"{PAY_PATH}/{brought_token}/result/{attempt.id}"
        if attempt is None or not attempt.reference or attempt.reference not in values.values():
            return f"{PAY_PATH}/result"
        token = await find_link_token(self._store, attempt)
        return f"{PAY_PATH}/{token}/result/{attempt.id}" if token else f"{PAY_PATH}/result"

    async def _show_foreign_return(self, request: web.Request) -> web.Response:
        """Say that a callback was taken that names no attempt whose page could be shown."""
        return self._render(request, "portal/pay_foreign.html", {"contact_info": self._contact})

    async def _show_result(self, request: web.Request) -> web.Response:
        """Show what is known of an attempt; while nothing is, the page says that the bank is asked, and looks again by
        itself: most have answered by the first time. That it is not known is said when it has looked often enough.
        """
        token, attempt_id = request.match_info["token"], int(request.match_info["attempt_id"])
        try:
            view = await view_attempt(self._dependencies, self._store, token, attempt_id, request.remote or "")
        except NotFound:
            return self._render(request, "portal/pay_missing.html", {}, status=404)
        pause = _find_pause(request) if view.outcome is AttemptOutcome.UNKNOWN else None
        outcome_key = view.outcome.value if pause is None else "asking"
        context = {
            "token": token,
            "attempt": view.attempt,
            "titles": _list_titles(view),
            "begun_at": day_and_hour_text(view.attempt.created_at),
            "outcome_key": outcome_key,
            "is_known_sale": view.outcome not in _NO_SALE,
            "outcome_text": self._wording.render_outcome_body(view, outcome_key),
            "reason_text": self._wording.render_reason(view),
            "may_pay_again": bool(view.payable.open_bills) and view.outcome in _MAY_PAY_AGAIN,
            "contact_info": self._contact,
        }
        response = self._render(request, "portal/pay_result.html", context)
        if pause is not None:
            look_number = _read_look_number(request) + 1
            response.headers["Refresh"] = f"{pause}; url={request.path}?{_LOOK_PARAMETER}={look_number}"
        return response

    def _render(
        self, request: web.Request, template_name: str, context: Mapping[str, object], *, status: int = 200
    ) -> web.Response:
        response = render_page(request, template_name, context, status=status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response


_MAY_PAY_AGAIN = frozenset({AttemptOutcome.DECLINED, AttemptOutcome.FAILED, AttemptOutcome.REVERSED})

_NO_SALE = frozenset({AttemptOutcome.DECLINED, AttemptOutcome.FAILED, AttemptOutcome.UNKNOWN})
"""Outcomes of which the bank has not said that there is a sale: what a browser claims of one is not shown."""


async def _read_callback_values(request: web.Request) -> dict[str, str]:
    """Return names and values of query and form, the first of each name."""
    values: dict[str, str] = {}
    form = await read_posted_form(request, MAX_CALLBACK_BYTES) if request.method == "POST" else EMPTY_FORM
    for name, value in (*form.items(), *request.query.items()):
        if isinstance(value, str):
            values.setdefault(name, value)
    return values


def _read_look_number(request: web.Request) -> int:
    """Return how often the page has looked by itself."""
    text = request.query.get(_LOOK_PARAMETER, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0


def _list_titles(view: AttemptView) -> list[str]:
    """Return what the bills of an attempt are called."""
    paid_rows = {share.bill_row_id for share in view.attempt.shares}
    pairs = zip(view.payable.bills, view.payable.titles, strict=True)
    return [title for bill, title in pairs if bill.id in paid_rows]


def _find_pause(request: web.Request) -> int | None:
    """Return after how many seconds the page looks again; None: it has looked often enough."""
    look_number = _read_look_number(request)
    return LOOK_PAUSES[look_number] if look_number < len(LOOK_PAUSES) else None
