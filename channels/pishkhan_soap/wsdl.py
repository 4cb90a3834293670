"""Writes the contract: a WSDL 1.1 with its XSD inside, document/literal wrapped, for SOAP 1.1 and 1.2 (WS-I BP).

`counter.wsdl` beside this file is what it writes for the services of this project; a test keeps both alike, so that no
change of a declaration changes the contract unseen. The address is put in when it is served.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from channels.pishkhan_soap.operation import Operation
from channels.pishkhan_soap.schema import NAMESPACE, Doc, SchemaElement, SchemaRecord, Simple, Type, types_in

FAULT = "CounterFault"
"""The element in a fault's detail, its type, its message and its name in every operation."""

ADDRESS = "http://127.0.0.1:8080/soap/pishkhan"
"""The address in the committed file: that of the demonstration."""

_ABOUT = Doc(
    "خدمات شهرداری برای دفاتر پیشخوان: ثبت درخواست، پیگیری، پرداخت در دفتر و گزارش کارکرد. "
    "همه فراخوان‌ها با WS-Security UsernameToken امضا می‌شوند.",
    "Municipal services for counter offices: submit requests, follow them, report payments at the counter, statements. "
    "Every call carries a WS-Security UsernameToken. Repeat a call with the same clientRequestId when no answer came.",
)
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="Counter" targetNamespace="{NAMESPACE}" xmlns:tns="{NAMESPACE}"
    xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/">
"""
_HTTP = "http://schemas.xmlsoap.org/soap/http"


def wsdl(operations: Sequence[Operation], fault: SchemaRecord, address: str = ADDRESS) -> str:
    """Return the whole WSDL."""
    parts = [_HEAD, f"  <wsdl:documentation>{escape(_ABOUT.en)}\n{escape(_ABOUT.fa)}</wsdl:documentation>\n"]
    parts += ["  <wsdl:types>\n", _indented(xsd(operations, fault), 4), "  </wsdl:types>\n"]
    parts += [_message(name) for one in operations for name in (one.name, one.name + "Response")]
    parts += [_message(FAULT)]
    parts += ['  <wsdl:portType name="Counter">\n', *map(_port_operation, operations), "  </wsdl:portType>\n"]
    parts += [_binding("CounterSoap11", "soap", operations), _binding("CounterSoap12", "soap12", operations)]
    parts += ['  <wsdl:service name="CounterService">\n']
    for prefix, name in (("soap", "CounterSoap11"), ("soap12", "CounterSoap12")):
        parts += [
            f'    <wsdl:port name="{name}" binding="tns:{name}">\n',
            f"      <{prefix}:address location={quoteattr(address)}/>\n    </wsdl:port>\n",
        ]
    return "".join([*parts, "  </wsdl:service>\n</wsdl:definitions>\n"])


def xsd(operations: Sequence[Operation], fault: SchemaRecord) -> str:
    """Return the schema alone, as bodies are validated by it."""
    shapes = [shape for one in operations for shape in (one.request, one.answer)] + [fault]
    inner = [member.type for shape in shapes for member in shape.members]
    lines = [
        f'<xs:schema targetNamespace="{NAMESPACE}" xmlns:tns="{NAMESPACE}"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">\n',
        *(_indented(_type(one), 2) for one in types_in(inner)),
        *(_indented(_element(shape), 2) for shape in shapes),
        "</xs:schema>\n",
    ]
    return "".join(lines)


def _element(shape: SchemaRecord) -> str:
    """Return a body's element with a type of its own: what «wrapped» means to the tools that read it."""
    body = _indented(_sequence(shape), 2)
    return f'<xs:element name="{shape.name}">\n{_indented(_annotation(shape.doc), 2)}{body}</xs:element>\n'


def _type(one: Type) -> str:
    return _simple(one) if isinstance(one, Simple) else _complex(one)


def _complex(record: SchemaRecord) -> str:
    body = _sequence(record).removeprefix("<xs:complexType>\n").removesuffix("</xs:complexType>\n")
    return f'<xs:complexType name="{record.name}">\n{_indented(_annotation(record.doc), 2)}{body}</xs:complexType>\n'


def _sequence(record: SchemaRecord) -> str:
    members = "".join(map(_member, record.members))
    return f"<xs:complexType>\n  <xs:sequence>\n{_indented(members, 4)}  </xs:sequence>\n</xs:complexType>\n"


def _member(member: SchemaElement) -> str:
    least = "" if member.required else ' minOccurs="0"'
    most = f' maxOccurs="{member.most or "unbounded"}"' if member.many else ""
    head = f'<xs:element name="{member.name}" type="tns:{member.type.name}"{least}{most}'
    if member.doc is None:
        return f"{head}/>\n"
    return f"{head}>\n{_indented(_annotation(member.doc), 2)}</xs:element>\n"


def _simple(simple: Simple) -> str:
    facets = "".join(f"    <xs:{name} value={quoteattr(value)}/>\n" for name, value in simple.facets)
    return (
        f'<xs:simpleType name="{simple.name}">\n{_indented(_annotation(simple.doc), 2)}'
        f'  <xs:restriction base="{simple.base}">\n{facets}  </xs:restriction>\n</xs:simpleType>\n'
    )


def _annotation(doc: Doc) -> str:
    texts = (("en", doc.en), ("fa", doc.fa))
    lines = "".join(
        f'  <xs:documentation xml:lang="{language}">{escape(text)}</xs:documentation>\n' for language, text in texts
    )
    return f"<xs:annotation>\n{lines}</xs:annotation>\n"


def _message(name: str) -> str:
    part = "fault" if name == FAULT else "parameters"
    return f'  <wsdl:message name="{name}">\n    <wsdl:part name="{part}" element="tns:{name}"/>\n  </wsdl:message>\n'


def _port_operation(one: Operation) -> str:
    return (
        f'    <wsdl:operation name="{one.name}">\n'
        f"      <wsdl:documentation>{escape(one.request.doc.en)}\n{escape(one.request.doc.fa)}</wsdl:documentation>\n"
        f'      <wsdl:input message="tns:{one.name}"/>\n'
        f'      <wsdl:output message="tns:{one.name}Response"/>\n'
        f'      <wsdl:fault name="{FAULT}" message="tns:{FAULT}"/>\n'
        "    </wsdl:operation>\n"
    )


def _binding(name: str, prefix: str, operations: Iterable[Operation]) -> str:
    bound = "".join(map(partial(_bound, prefix), operations))
    return (
        f'  <wsdl:binding name="{name}" type="tns:Counter">\n'
        f'    <{prefix}:binding style="document" transport="{_HTTP}"/>\n{bound}  </wsdl:binding>\n'
    )


def _bound(prefix: str, one: Operation) -> str:
    return (
        f'    <wsdl:operation name="{one.name}">\n'
        f'      <{prefix}:operation soapAction="{action(one.name)}" style="document"/>\n'
        f'      <wsdl:input><{prefix}:body use="literal"/></wsdl:input>\n'
        f'      <wsdl:output><{prefix}:body use="literal"/></wsdl:output>\n'
        f'      <wsdl:fault name="{FAULT}"><{prefix}:fault name="{FAULT}" use="literal"/></wsdl:fault>\n'
        "    </wsdl:operation>\n"
    )


def action(name: str) -> str:
    """Return the SOAPAction of an operation: clients send it, nobody reads it (the body decides)."""
    return f"{NAMESPACE}:{name}"


def _indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}" if line.strip() else line for line in text.splitlines(keepends=True))
