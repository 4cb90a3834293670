"""The peer: spyne with the same shapes, nobody authenticated, answers from memory, behind the same HTTP server.

    python -m bench.spyne_peer PORT

It validates by lxml as ours does (`Soap11(validator="lxml")`), and its WSGI application is called straight from an
aiohttp handler: what differs is spyne's own work.
"""

import io
import sys
from datetime import UTC, datetime
from importlib import import_module
from operator import attrgetter
from typing import Any

import six
from aiohttp import web

# spyne 2.14 brings a `six` of its own that Python 3.12 and later cannot import from: the present one takes its place.
six.get_function_name = attrgetter("__name__")
sys.modules["spyne.util.six"] = six
for _name in ("moves", "moves.urllib", "moves.urllib.parse", "moves.http_cookies", "moves.collections_abc"):
    sys.modules[f"spyne.util.six.{_name}"] = import_module(f"six.{_name}")

from spyne import (
    Application,
    ComplexModel,
    Date,
    DateTime,
    Decimal,
    Integer,
    ServiceBase,
    Unicode,
    rpc,
)
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication

NAMESPACE = "urn:pishkhan:counter:1"
NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
Code = Unicode(pattern="[1-9][0-9]{8}", min_occurs=1)
Word = Unicode(min_len=1, max_len=64, min_occurs=1)


class Citizen(ComplexModel):
    __namespace__ = NAMESPACE
    _type_info = (
        ("fullName", Unicode(max_len=80)),
        ("nationalCode", Unicode(pattern="[0-9]{8,10}")),
        ("mobile", Word),
    )


class Item(ComplexModel):
    __namespace__ = NAMESPACE
    _type_info = (
        ("machine", Word),
        ("hours", Decimal),
        ("count", Integer),
    )


class Items(ComplexModel):
    __namespace__ = NAMESPACE
    _type_info = (("item", Item.customize(max_occurs=10)),)


class FormValue(ComplexModel):
    __namespace__ = NAMESPACE
    _type_info = (
        ("name", Unicode),
        ("title", Unicode),
        ("text", Unicode),
    )


class Event(ComplexModel):
    __namespace__ = NAMESPACE
    _type_info = (
        ("at", DateTime), ("event", Unicode), ("state", Unicode), ("actor", Unicode), ("channel", Unicode),
    )  # fmt: skip


class Standing(ComplexModel):
    __namespace__ = NAMESPACE
    _type_info = (
        ("trackingCode", Unicode), ("state", Unicode), ("phase", Unicode), ("stateTitle", Unicode),
        ("service", Unicode), ("createdAt", DateTime), ("updatedAt", DateTime),
        ("form", FormValue.customize(max_occurs="unbounded")), ("history", Event.customize(max_occurs="unbounded")),
    )  # fmt: skip


def standing(*, whole: bool) -> Standing:
    """Return the answer of the bench."""
    found = Standing(trackingCode="123456786", state="submitted", phase="received", stateTitle="در نوبت بررسی")
    if whole:
        found.service, found.createdAt, found.updatedAt = "machinery", NOW, NOW
        found.form = [FormValue(name="place", title="نشانی محل کار", text="گمیشان، خیابان امام، جنب پارک")] * 6
        found.history = [Event(at=NOW, event="submit", state="submitted", actor="clerk", channel="pishkhan_soap")]
    return found


class Counter(ServiceBase):
    @rpc(Word, Word, Word, Code, _returns=Standing)
    def GetRequest(
        ctx: Any, officeCode: str, clerkNationalCode: str, clientRequestId: str, trackingCode: str
    ) -> Standing:
        return standing(whole=True)

    @rpc(Word, Word, Word, Citizen, Items, Date, Word, Unicode(max_len=200), _returns=Standing)
    def SubmitMachineryRequest(
        ctx: Any,
        officeCode: str,
        clerkNationalCode: str,
        clientRequestId: str,
        citizen: Citizen,
        items: Items,
        date: Any,
        start: str,
        place: str,
    ) -> Standing:
        return standing(whole=False)


def served() -> web.Application:
    """Return spyne behind aiohttp."""
    protocol = {"in_protocol": Soap11(validator="lxml"), "out_protocol": Soap11()}
    wsgi = WsgiApplication(Application([Counter], NAMESPACE, **protocol))

    async def call(request: web.Request) -> web.Response:
        body = await request.read()
        environ = {
            "REQUEST_METHOD": "POST", "PATH_INFO": request.path, "SCRIPT_NAME": "", "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": request.headers["Content-Type"], "CONTENT_LENGTH": str(len(body)),
            "HTTP_SOAPACTION": request.headers.get("SOAPAction", ""), "HTTP_HOST": "127.0.0.1",
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr, "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip
        told: list[Any] = []
        parts = wsgi(environ, lambda status, headers, *_: told.append((status, headers)))
        return web.Response(body=b"".join(parts), status=int(told[0][0][:3]), content_type="text/xml")

    app = web.Application()
    app.router.add_post("/soap/pishkhan", call)
    return app


if __name__ == "__main__":
    web.run_app(served(), host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
