"""The whole contract for a set of services: every operation by its element, the schema, the WSDL."""

import threading
from collections.abc import Mapping, Sequence
from functools import cached_property

from lxml import etree

from channels.pishkhan_soap import asking, following, money, shapes
from channels.pishkhan_soap.declared import look_up_operation, submission
from channels.pishkhan_soap.operation import Operation
from channels.pishkhan_soap.schema import NAMESPACE, SchemaRecord, types_in
from channels.pishkhan_soap.wsdl import ADDRESS, wsdl, xsd
from domain.language.service import Service
from domain.messages.catalogue import Catalogue


class Contract:
    """The operations for these services. Validation is by the XSD that is published, compiled once for each thread."""

    def __init__(self, services: Sequence[Service], catalogue: Catalogue) -> None:
        self.operations = _operations(services, catalogue)
        self.by_tag: Mapping[str, Operation] = {f"{{{NAMESPACE}}}{one.name}": one for one in self.operations}
        self._compiled = threading.local()

    def wsdl(self, address: str = ADDRESS) -> str:
        """Return the WSDL for clients that call this address."""
        return wsdl(self.operations, shapes.FAULT, address)

    def labels(self, tag: str) -> Mapping[str, str]:
        """Return what the elements of a request are called in Persian, by their names; nothing of no operation."""
        return self._labels.get(tag, {})

    @cached_property
    def _labels(self) -> Mapping[str, Mapping[str, str]]:
        return {tag: _labels(one.request) for tag, one in self.by_tag.items()}

    @cached_property
    def _xsd(self) -> bytes:
        return xsd(self.operations, shapes.FAULT).encode()

    @property
    def schema(self) -> etree.XMLSchema:
        """The compiled schema of this thread: its list of errors is not for two threads at once."""
        found: etree.XMLSchema | None = getattr(self._compiled, "schema", None)
        if found is None:
            found = self._compiled.schema = etree.XMLSchema(etree.XML(self._xsd))
        return found


def _labels(request: SchemaRecord) -> Mapping[str, str]:
    records = [one for one in types_in([request]) if isinstance(one, SchemaRecord)]
    return {member.name: member.label for one in records for member in one.members}


def _operations(services: Sequence[Service], catalogue: Catalogue) -> tuple[Operation, ...]:
    looked_up = [(service, one) for service in services for one in service.lookups if one.soap_operation]
    return (
        *asking.operations(services, catalogue),
        *(submission(service, catalogue) for service in services),
        *(look_up_operation(service, lookup, catalogue) for service, lookup in looked_up),
        *following.OPERATIONS,
        *money.OPERATIONS,
    )
