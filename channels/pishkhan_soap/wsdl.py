"""Writes the contract: a WSDL 1.1 with its XSD inside, document/literal wrapped, for SOAP 1.1 and 1.2 (WS-I BP).

`counter.wsdl` beside this file is what it writes for the services that the file has; a test keeps both equal, so that
no change of their declarations changes the contract unseen. The address is put in when it is served.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from channels.pishkhan_soap.operation import Operation
from channels.pishkhan_soap.schema import (
    NAMESPACE,
    Doc,
    SchemaElement,
    SchemaRecord,
    SchemaType,
    SimpleType,
    collect_types,
)

FAULT_NAME = "CounterFault"
"""The element in a fault's detail, its type, its message and its name in every operation."""

DEMO_ADDRESS = "http://127.0.0.1:8080/soap/pishkhan"
"""The address in the committed file: that of the demonstration."""

_ABOUT_DOC = Doc(
    "خدمات شهرداری برای دفاتر پیشخوان: ثبت درخواست، پیگیری، پرداخت در دفتر و گزارش کارکرد. "
    "همه فراخوان‌ها با WS-Security UsernameToken امضا می‌شوند.",
    "Municipal services for counter offices: submit requests, follow them, report payments at the counter, statements. "
    "Every call carries a WS-Security UsernameToken. Repeat a call with the same clientRequestId when no answer came.",
)
_WSDL_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="Counter" targetNamespace="{NAMESPACE}" xmlns:tns="{NAMESPACE}"
    xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/">
"""
_HTTP_TRANSPORT = "http://schemas.xmlsoap.org/soap/http"


def render_wsdl(operations: Sequence[Operation], fault: SchemaRecord, address: str = DEMO_ADDRESS) -> str:
    """Return the whole WSDL."""
    wsdl_parts = [
        _WSDL_HEAD,
        f"  <wsdl:documentation>{escape(_ABOUT_DOC.english)}\n{escape(_ABOUT_DOC.persian)}</wsdl:documentation>\n",
    ]
    wsdl_parts += ["  <wsdl:types>\n", _indent(render_xsd(operations, fault), 4), "  </wsdl:types>\n"]
    wsdl_parts += [
        _render_message(wsdl_name)
        for operation in operations
        for wsdl_name in (operation.name, operation.name + "Response")
    ]
    wsdl_parts += [_render_message(FAULT_NAME)]
    wsdl_parts += ['  <wsdl:portType name="Counter">\n', *map(_render_operation, operations), "  </wsdl:portType>\n"]
    wsdl_parts += [
        _render_binding("CounterSoap11", "soap", operations),
        _render_binding("CounterSoap12", "soap12", operations),
    ]
    wsdl_parts += ['  <wsdl:service name="CounterService">\n']
    for prefix, wsdl_name in (("soap", "CounterSoap11"), ("soap12", "CounterSoap12")):
        wsdl_parts += [
            f'    <wsdl:port name="{wsdl_name}" binding="tns:{wsdl_name}">\n',
            f"      <{prefix}:address location={quoteattr(address)}/>\n    </wsdl:port>\n",
        ]
    return "".join([*wsdl_parts, "  </wsdl:service>\n</wsdl:definitions>\n"])


def render_xsd(operations: Sequence[Operation], fault: SchemaRecord) -> str:
    """Return the schema alone, as bodies are validated by it."""
    records = [record for declaration in operations for record in (declaration.request, declaration.answer)] + [fault]
    member_types = [member.value_type for record in records for member in record.members]
    xsd_parts = [
        f'<xs:schema targetNamespace="{NAMESPACE}" xmlns:tns="{NAMESPACE}"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">\n',
        *(_indent(_render_type(declaration), 2) for declaration in collect_types(member_types)),
        *(_indent(_render_element(record), 2) for record in records),
        "</xs:schema>\n",
    ]
    return "".join(xsd_parts)


def _render_element(record: SchemaRecord) -> str:
    """Return a body's element with a type of its own: what «wrapped» means to the tools that read it."""
    sequence = _indent(_render_sequence(record), 2)
    return f'<xs:element name="{record.name}">\n{_indent(_annotate(record.doc), 2)}{sequence}</xs:element>\n'


def _render_type(schema_type: SchemaType) -> str:
    return _render_simple(schema_type) if isinstance(schema_type, SimpleType) else _render_complex(schema_type)


def _render_complex(record: SchemaRecord) -> str:
    sequence = _render_sequence(record).removeprefix("<xs:complexType>\n").removesuffix("</xs:complexType>\n")
    return f'<xs:complexType name="{record.name}">\n{_indent(_annotate(record.doc), 2)}{sequence}</xs:complexType>\n'


def _render_sequence(record: SchemaRecord) -> str:
    members = "".join(map(_render_member, record.members))
    return f"<xs:complexType>\n  <xs:sequence>\n{_indent(members, 4)}  </xs:sequence>\n</xs:complexType>\n"


def _render_member(member: SchemaElement) -> str:
    min_occurs = "" if member.required else ' minOccurs="0"'
    max_occurs = f' maxOccurs="{member.max_occurs or "unbounded"}"' if member.repeated else ""
    opening_tag = f'<xs:element name="{member.name}" type="tns:{member.value_type.name}"{min_occurs}{max_occurs}'
    if member.doc is None:
        return f"{opening_tag}/>\n"
    return f"{opening_tag}>\n{_indent(_annotate(member.doc), 2)}</xs:element>\n"


def _render_simple(simple: SimpleType) -> str:
    facets = "".join(
        f"    <xs:{facet_name} value={quoteattr(facet_value)}/>\n" for facet_name, facet_value in simple.facets
    )
    return (
        f'<xs:simpleType name="{simple.name}">\n{_indent(_annotate(simple.doc), 2)}'
        f'  <xs:restriction base="{simple.xsd_base}">\n{facets}  </xs:restriction>\n</xs:simpleType>\n'
    )


def _annotate(doc: Doc) -> str:
    texts = (("en", doc.english), ("fa", doc.persian))
    annotations = "".join(
        f'  <xs:documentation xml:lang="{language}">{escape(text)}</xs:documentation>\n' for language, text in texts
    )
    return f"<xs:annotation>\n{annotations}</xs:annotation>\n"


def _render_message(name: str) -> str:
    part_name = "fault" if name == FAULT_NAME else "parameters"
    return (
        f'  <wsdl:message name="{name}">\n    <wsdl:part name="{part_name}" element="tns:{name}"/>\n  </wsdl:message>\n'
    )


def _render_operation(operation: Operation) -> str:
    return (
        f'    <wsdl:operation name="{operation.name}">\n'
        f"      <wsdl:documentation>{escape(operation.request.doc.english)}\n"
        f"{escape(operation.request.doc.persian)}</wsdl:documentation>\n"
        f'      <wsdl:input message="tns:{operation.name}"/>\n'
        f'      <wsdl:output message="tns:{operation.name}Response"/>\n'
        f'      <wsdl:fault name="{FAULT_NAME}" message="tns:{FAULT_NAME}"/>\n'
        "    </wsdl:operation>\n"
    )


def _render_binding(name: str, prefix: str, operations: Iterable[Operation]) -> str:
    bound_operations = "".join(map(partial(_bind_operation, prefix), operations))
    return (
        f'  <wsdl:binding name="{name}" type="tns:Counter">\n'
        f'    <{prefix}:binding style="document" transport="{_HTTP_TRANSPORT}"/>\n{bound_operations}  </wsdl:binding>\n'
    )


def _bind_operation(prefix: str, operation: Operation) -> str:
    return (
        f'    <wsdl:operation name="{operation.name}">\n'
        f'      <{prefix}:operation soapAction="{soap_action(operation.name)}" style="document"/>\n'
        f'      <wsdl:input><{prefix}:body use="literal"/></wsdl:input>\n'
        f'      <wsdl:output><{prefix}:body use="literal"/></wsdl:output>\n'
        f'      <wsdl:fault name="{FAULT_NAME}"><{prefix}:fault name="{FAULT_NAME}" use="literal"/></wsdl:fault>\n'
        "    </wsdl:operation>\n"
    )


def soap_action(operation_name: str) -> str:
    """Return the SOAPAction of an operation: clients send it, nobody reads it (the body decides)."""
    return f"{NAMESPACE}:{operation_name}"


def _indent(text: str, indent_width: int) -> str:
    return "".join(f"{' ' * indent_width}{line}" if line.strip() else line for line in text.splitlines(keepends=True))
