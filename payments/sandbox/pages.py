"""Pages of the sandbox for payers: a bank's page with test cards, and the way back to the merchant.

Mounted where the sandbox is configured, and nowhere else. The pages are a stranger's to the municipality's site: they
share neither layout nor session with it, and come back by a posted form as a bank's do.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from yarl import URL

from domain.gateways.gateway import DeclineReason, SaleState
from domain.messages.catalogue import Catalogue
from domain.values.calendar import to_tehran
from domain.values.errors import NotFound
from domain.values.languages import PERSIAN, in_language
from domain.values.text import group_digits, persian_digits
from payments.sandbox.bank import TEST_CARDS, BankBehaviour, SandboxBank, SandboxSale
from payments.sandbox.gateway import PAGES_PATH, START_PATH, list_callback_values

_TEXTS = "sandbox_bank"


class SandboxPages:
    """Mounts the bank's pages."""

    def __init__(self, bank: SandboxBank, catalogue: Catalogue) -> None:
        self._bank = bank
        self._catalogue = catalogue
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(fa=persian_digits, amount=group_digits)
        self._templates.globals.update(t=self._render_text, pages_path=PAGES_PATH)

    def mount(self, app: web.Application) -> None:
        """Add the bank's routes."""
        app.router.add_static(f"{PAGES_PATH}/static", Path(__file__).parent / "static")
        app.router.add_post(START_PATH, self._receive_payer)
        app.router.add_get(f"{PAGES_PATH}/{{reference}}", self._show_sale)
        app.router.add_post(f"{PAGES_PATH}/{{reference}}/pay", self._submit_card)
        app.router.add_post(f"{PAGES_PATH}/{{reference}}/cancel", self._submit_cancel)
        app.router.add_get(f"{PAGES_PATH}/{{reference}}/return", self._show_return)

    async def _receive_payer(self, request: web.Request) -> web.Response:
        form = await _read_form(request)
        raise web.HTTPSeeOther(_page_of(self._get_sale(form.get("reference", ""))))

    async def _show_sale(self, request: web.Request) -> web.Response:
        sale = self._get_sale(request.match_info["reference"])
        page_values = {
            "sale": sale,
            "is_reversed": sale.state is SaleState.REVERSED,
            "is_session_over": self._bank.is_session_over(sale),
            "ends_at": f"{to_tehran(sale.session_ends_at):%H:%M}",
            "test_cards": TEST_CARDS,
            "behaviours": list(BankBehaviour),
            "may_try_again": sale.reason not in {None, DeclineReason.SESSION},
        }
        return self._render(request, "sale.html", sale, page_values)

    async def _submit_card(self, request: web.Request) -> web.Response:
        form, reference = await _read_form(request), request.match_info["reference"]
        try:
            behaviour = BankBehaviour(form.get("behaviour", BankBehaviour.PROMPT))
            sale = self._bank.pay(reference, form.get("card", ""), behaviour)
        except (ValueError, NotFound):
            raise web.HTTPNotFound from None
        comes_back = sale.is_paid and sale.behaviour is not BankBehaviour.ABSENT
        raise web.HTTPSeeOther(f"{_page_of(sale)}/return" if comes_back else _page_of(sale))

    async def _submit_cancel(self, request: web.Request) -> web.Response:
        sale = self._get_sale(request.match_info["reference"])
        raise web.HTTPSeeOther(f"{_page_of(self._bank.cancel(sale.reference))}/return")

    async def _show_return(self, request: web.Request) -> web.Response:
        sale = self._get_sale(request.match_info["reference"])
        is_repeated = sale.is_paid and sale.behaviour is BankBehaviour.TWICE
        page_values = {"sale": sale, "callback_values": list_callback_values(sale), "is_repeated": is_repeated}
        return self._render(request, "return.html", sale, page_values)

    def _get_sale(self, reference: str) -> SandboxSale:
        try:
            return self._bank.get_sale(reference)
        except NotFound:
            raise web.HTTPNotFound from None

    def _render(
        self, request: web.Request, template_name: str, sale: SandboxSale, page_values: Mapping[str, Any]
    ) -> web.Response:
        merchant_origin = URL(sale.order.callback_url).origin()
        headers = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
            f"img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self' {merchant_origin}; "
            f"connect-src {merchant_origin}",
            "Referrer-Policy": "strict-origin",
            "X-Robots-Tag": "noindex",
        }
        with in_language(PERSIAN):  # a bank's page, which knows nothing of what a citizen chose with us
            page = self._templates.get_template(template_name).render(
                {"merchant_host": merchant_origin.host, **page_values}
            )
        return web.Response(text=page, content_type="text/html", headers=headers)

    def _render_text(self, key: str, **facts: object) -> str:
        return self._catalogue.render(f"{_TEXTS}.{key}", {name: str(value) for name, value in facts.items()})


def _page_of(sale: SandboxSale) -> str:
    return f"{PAGES_PATH}/{sale.reference}"


async def _read_form(request: web.Request) -> dict[str, str]:
    try:
        posted = await request.post()
    except (ValueError, LookupError):
        raise web.HTTPBadRequest from None
    return {name: value for name, value in posted.items() if isinstance(value, str)}
