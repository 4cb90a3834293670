"""Cost of a page without an installation behind it: aiohttp and Jinja2, one template, nothing looked up.

python -m bench.bare_page PORT
"""

import sys

import aiohttp_jinja2
from aiohttp import web
from jinja2 import DictLoader

CARDS = 4
"""Services on it, as on the portal's front page."""

TEMPLATE = """<!doctype html>
<html lang="fa" dir="rtl"><head><meta charset="utf-8"><title>{{ title }}</title></head><body><main>
<h1>{{ title }}</h1><ul>{% for card in cards %}<li><h2><a href="{{ card.address }}">{{ card.title }}</a></h2>
<p>{{ card.text }}</p><dl>{% for name, value in card.facts %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>
</li>{% endfor %}</ul></main></body></html>"""

FILLING = "ساعت کار ماشین‌آلات سنگین شهرداری را از هر جا و در هر ساعت درخواست کنید. "


async def show_page(request: web.Request) -> web.Response:
    """Render the page."""
    cards = [
        {
            "address": f"/services/{number}",
            "title": "کارکرد ماشین‌آلات",
            "text": FILLING * 6,
            "facts": [("هزینه", "از ۳٬۳۰۰٬۰۰۰ ریال"), ("زمان", "معمولاً تا ۵ روز کاری"), ("پیامک", "ماشین")],
        }
        for number in range(CARDS)
    ]
    return aiohttp_jinja2.render_template("page.html", request, {"title": "پیشخوان شهرداری", "cards": cards})


def build_application() -> web.Application:
    """Return the application of one page, under every address."""
    application = web.Application()
    aiohttp_jinja2.setup(application, loader=DictLoader({"page.html": TEMPLATE}), autoescape=True)
    application.router.add_get("/{address:.*}", show_page)
    return application


if __name__ == "__main__":
    web.run_app(build_application(), host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
