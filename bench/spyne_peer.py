"""The peer: spyne on the same WSDL, nobody authenticated, answers from memory, behind the same HTTP server.

    python -m bench.spyne_peer PORT

Its types are made from the declarations that ours are made from: every operation, every member, every facet. It
validates by lxml as ours does (`Soap11(validator="lxml")`), and its WSGI application is called straight from an aiohttp
handler: what differs is spyne's own work.
"""

import io
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal as Number
from functools import cache
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
    Boolean,
    ByteArray,
    ComplexModel,
    Date,
    DateTime,
    Decimal,
    Integer32,
    Integer64,
    ServiceBase,
    Unicode,
    rpc,
)
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication

from bench.soap_servers import ANSWERS, contract, desk
from channels.pishkhan_soap.operation import Operation
from channels.pishkhan_soap.schema import NAMESPACE, SchemaElement, SchemaRecord, SchemaType, SimpleType

BASES: Mapping[str, Any] = {
    "xs:string": Unicode,
    "xs:token": Unicode,
    "xs:int": Integer32,
    "xs:long": Integer64,
    "xs:decimal": Decimal,
    "xs:boolean": Boolean,
    "xs:date": Date,
    "xs:dateTime": DateTime,
    "xs:base64Binary": ByteArray,
}
FACETS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "pattern": ("pattern", str),
    "minLength": ("min_len", int),
    "maxLength": ("max_len", int),
    "minInclusive": ("ge", Number),
    "maxInclusive": ("le", Number),
}


@cache
def model(one: SchemaType) -> Any:
    """Return the model of a type of the contract."""
    if isinstance(one, SchemaRecord):
        return ComplexModel.produce(NAMESPACE, one.name, members(one.members))
    facets: dict[str, Any] = {FACETS[name][0]: FACETS[name][1](value) for name, value in one.facets if name in FACETS}
    if values := [value for name, value in one.facets if name == "enumeration"]:
        facets["values"] = values
    if one.xsd_base == "xs:base64Binary":
        facets = {}  # spyne has no shortest length of bytes
    return BASES[one.xsd_base](type_name=one.name, **facets)


def members(declared: tuple[SchemaElement, ...]) -> list[tuple[str, Any]]:
    """Return names and models of members, each as often as the contract has it."""
    return [(one.name, _often(one)) for one in declared]


def _often(one: SchemaElement) -> Any:
    most = (one.max_occurs or "unbounded") if one.repeated else 1
    return model(one.value_type).customize(min_occurs=int(one.required), max_occurs=most, nillable=False)


def answer_of(one: SchemaType, value: Any) -> Any:
    """Return a value of the contract as spyne's model has it."""
    if isinstance(one, SimpleType) or value is None:
        return value
    if one.is_list:
        (member,) = one.members
        return model(one)(**{member.name: [answer_of(member.value_type, item) for item in value]})
    return model(one)(**{member.name: answer_of(member.value_type, value.get(member.key)) for member in one.members})


def method(operation: Operation) -> Any:
    """Return spyne's method of an operation; those that the bench does not call answer nothing."""
    said = ANSWERS.get(operation.name, {})
    answer = [answer_of(one.value_type, said.get(one.key)) for one in operation.answer.members]

    def call(_context: Any, *_given: Any) -> list[Any]:
        return answer

    call.__name__ = operation.name
    asked, told = members(operation.request.members), members(operation.answer.members)
    return rpc(
        *(one for _, one in asked),
        _args=[name for name, _ in asked],
        _returns=[one for _, one in told],
        _out_variable_names=[name for name, _ in told],
    )(call)


def _build_environment(request: web.Request, body: bytes) -> dict[str, Any]:
    """Return the WSGI environment of a call."""
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": request.path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": request.headers["Content-Type"],
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_SOAPACTION": request.headers.get("SOAPAction", ""),
        "HTTP_HOST": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def served() -> web.Application:
    """Return spyne behind aiohttp."""
    counter = type("Counter", (ServiceBase,), {one.name: method(one) for one in contract(desk()).operations})
    protocol = {"in_protocol": Soap11(validator="lxml"), "out_protocol": Soap11()}
    wsgi = WsgiApplication(Application([counter], NAMESPACE, **protocol))

    async def call(request: web.Request) -> web.Response:
        body = await request.read()
        told: list[Any] = []
        parts = wsgi(_build_environment(request, body), lambda status, headers, *_: told.append((status, headers)))
        return web.Response(body=b"".join(parts), status=int(told[0][0][:3]), content_type="text/xml")

    app = web.Application()
    app.router.add_post("/soap/pishkhan", call)
    return app


if __name__ == "__main__":
    web.run_app(served(), host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
