"""The payer's pages of the fake Behpardakht: plain forms, so that a browser or a test can use them.

`POST /pgwchannel/startpay.mellat` with RefId shows the card form, where the Referer is the merchant's site. Its buttons
(`action`) are `pay`, `discount` (a tenth off), `refuse` (the issuer says no: the form comes again, for another card)
and `cancel`. After `pay`, `discount` and `cancel` a page posts the result to the merchant's callback by itself; without
scripts its one button does.
"""

from collections.abc import Mapping
from html import escape

from aiohttp import web
from yarl import URL

from tests.fakes.behpardakht_sales import BehpardakhtSales, BehpardakhtSession

_PAGE = (
    '<!doctype html><html lang="fa" dir="rtl"><meta charset="utf-8"><link rel="icon" href="data:,">'
    "<title>{title}</title><main>{body}</main></html>"
)
_CARD_FORM = """<h1>پرداخت {amount} ریال</h1><p id="message">{message}</p><p id="cart">{cart}</p>
<form method="post" action="/pgwchannel/pay">
<input type="hidden" name="RefId" value="{ref_id}">
<label>شماره کارت <input name="pan" value="6037997500001236"></label>
<button name="action" value="pay">پرداخت</button>
<button name="action" value="discount">پرداخت با تخفیف</button>
<button name="action" value="refuse">موجودی ناکافی</button>
<button name="action" value="cancel">انصراف</button>
</form>"""
_RETURN_FORM = """<h1>نتیجه پرداخت</h1>
<form id="return" method="post" action="{address}">{inputs}<button id="complete">تکمیل فرایند خرید</button></form>
<script>document.getElementById("return").submit()</script>"""


class BehpardakhtPages:
    """Handlers of the pages."""

    def __init__(self, sales: BehpardakhtSales) -> None:
        self.sales = sales
        self.merchant_origin: str | None = None
        """Origin that browsers have to come from; None: anybody who says where from."""
        self.referers: list[str] = []
        """The Referer headers that browsers brought, `` where none came."""

    def routes(self) -> list[web.RouteDef]:
        """Return where the pages are."""
        return [
            web.post("/pgwchannel/startpay.mellat", self.show_card_form),
            web.post("/pgwchannel/pay", self.submit_card_form),
        ]

    async def show_card_form(self, request: web.Request) -> web.Response:
        """Show the card form to a browser that comes from the merchant."""
        form = await request.post()
        referer = request.headers.get("Referer", "")
        self.referers.append(referer)
        origin = str(URL(referer).origin()) if referer else ""
        if not origin or self.merchant_origin not in {None, origin}:
            return _render_page("خطا", "آدرس سایت پذیرنده نامعتبر است", status=403)
        session = self.sales.sessions.get(str(form.get("RefId")))
        if session is None:
            return _render_page("خطا", "درخواست پیدا نشد", status=404)
        return _render_card_form(session, "", str(form.get("CartItem", "")))

    async def submit_card_form(self, request: web.Request) -> web.Response:
        """Do what the payer chose."""
        form = await request.post()
        ref_id, action = str(form["RefId"]), str(form["action"])
        if action == "refuse":
            return _render_card_form(self.sales.decline(ref_id, "12"), "موجودی کافی نیست", "")
        if action == "cancel":
            session = self.sales.decline(ref_id, "17")
        else:
            discount = self.sales.sessions[ref_id].amount // 10 if action == "discount" else 0
            session = self.sales.pay(ref_id, str(form["pan"]), discount=discount)
        inputs = [
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in build_callback_fields(session).items()
        ]
        body = _RETURN_FORM.format(address=escape(session.callback_url), inputs="".join(inputs))
        return _render_page("بازگشت", body)


def build_callback_fields(session: BehpardakhtSession) -> Mapping[str, str]:
    """Return what the browser posts to the merchant: table 10 of the manual."""
    names = {"RefId": session.ref_id, "SaleOrderId": str(session.order_id)}
    if session.sale is None:
        return {**names, "ResCode": session.last_code, "SaleReferenceId": ""}
    return {
        **names,
        "ResCode": "0",
        "SaleReferenceId": str(session.sale.number),
        "CardHolderPan": f"{session.sale.card[:6]}******{session.sale.card[-4:]}",
        "CardHolderInfo": "C" * 64,
        "CreditCardSaleResponseDetail": "",
        "FinalAmount": str(session.sale.final_amount),
    }


def _render_card_form(session: BehpardakhtSession, message: str, cart: str) -> web.Response:
    body = _CARD_FORM.format(
        amount=session.amount, message=escape(message), cart=escape(cart), ref_id=escape(session.ref_id)
    )
    return _render_page("به‌پرداخت ملت", body)


def _render_page(title: str, body: str, status: int = 200) -> web.Response:
    return web.Response(text=_PAGE.format(title=title, body=body), content_type="text/html", status=status)
