"""One order as ten toolkits write it: prefixes, empty elements, types, encodings, moments; each is the same order."""

import pytest

from tests.channels.pishkhan_soap.envelopes import CLERK, OURS, SOAP_11, SOAP_12
from tests.channels.pishkhan_soap.soap_office import Office

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
HEAD = "<{0}officeCode>1001</{0}officeCode><{0}clerkNationalCode>{1}</{0}clerkNationalCode>"
CITIZEN = "<{0}fullName>آنه محمدی</{0}fullName><{0}nationalCode>{1}</{0}nationalCode><{0}mobile>09121234567</{0}mobile>"
ORDER = (
    f"{HEAD}<{{0}}clientRequestId>{{2}}</{{0}}clientRequestId><{{0}}citizen>{CITIZEN}</{{0}}citizen>"
    "<{0}items><{0}item><{0}machine>loader</{0}machine><{0}hours>{hours}</{0}hours>{count}</{0}item></{0}items>"
    "<{0}date>{date}</{0}date><{0}start>{start}</{0}start><{0}place>خیابان امام</{0}place>{rest}"
)


def order(prefix: str = "", call: str = "a", **other: str) -> str:
    """Return what is in the operation's element; `other` may say hours, count, date, start and what is at the end."""
    said = {"hours": "4", "count": "", "date": "2026-11-25", "start": "08:00", "rest": ""} | other
    return ORDER.format(prefix, CLERK, call, **said)


def operation(inner: str, prefix: str = "", attributes: str = "") -> str:
    """Return the operation's element."""
    name, namespace = f"{prefix}SubmitMachineryRequest", f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    return f'<{name} {namespace}="{OURS}"{attributes}>{inner}</{name}>'


TYPED = f' xmlns:xsi="{XSI}" xmlns:xsd="{XSD}"'
TOOLKITS = {
    "PHP SoapClient": operation(order("ns1:", rest="<ns1:description></ns1:description>"), "ns1:"),
    "PHP SoapClient with null": operation(
        order("ns1:", rest='<ns1:description xsi:nil="true"/>'), "ns1:", f' xmlns:xsi="{XSI}"'
    ),
    "ASMX, WCF and Mono": operation(
        order(start="08:00:00.0000000+03:30", date="2026-11-25T00:00:00", rest="<description />"), "", TYPED
    ),
    "gSOAP": operation(
        order("ns1:", count="<ns1:count></ns1:count>", rest="<ns1:description></ns1:description>"),
        "ns1:",
        ' xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"'
        ' e:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"',
    ),
    "JAX-WS": operation(order("ns2:", date="2026-11-25+03:30", start="08:00:00", rest="<ns2:description/>"), "ns2:"),
    "Axis": operation(order(hours="4.0", rest=f'<description xsi:type="xsd:string" xsi:nil="1"{TYPED}/>')),
    "SOAP::Lite": operation(order().replace("<hours>", f'<hours xsi:type="xsd:int"{TYPED}>')),
    "zeep": operation(order("ns0:", start="08:00:00"), "ns0:"),
    "strong-soap": operation(order("ns1:", date="2026-11-25T00:00:00.000Z", rest="<ns1:description/>"), "ns1:"),
    "Delphi": operation(order(start="08:00:00.000", count="<count/>", rest="<description/>"), "", TYPED),
    "a clerk's keyboard": operation(order(date="۱۴۰۵-۰۹-۰۴", start="۸:۰۰", hours="۴")),
}


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12])
@pytest.mark.parametrize("toolkit", TOOLKITS)
async def test_an_order_is_the_same_whoever_writes_it(office: Office, toolkit: str, version: str) -> None:
    """Also by the id of its call: the plain form of it, sent afterwards, is answered as a repetition."""
    first = await office.wire.post(office.signer.signed(TOOLKITS[toolkit], version))
    plain = await office.wire.post(office.signer.signed(operation(order())))
    assert first.text("trackingCode") == plain.text("trackingCode")
    assert office.count("requests") == 1
