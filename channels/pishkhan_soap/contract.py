"""The whole contract for a set of services: every operation by its element, the schema, the WSDL."""

import threading
from collections.abc import Mapping, Sequence
from functools import cached_property

from lxml import etree

from channels.pishkhan_soap import shapes
from channels.pishkhan_soap.operation import Operation
from channels.pishkhan_soap.operations import asking, following, money
from channels.pishkhan_soap.operations.declared import lookup_operation, submission_operation
from channels.pishkhan_soap.schema import NAMESPACE, SchemaRecord, collect_types
from channels.pishkhan_soap.wsdl import DEMO_ADDRESS, render_wsdl, render_xsd
from domain.language.service import Service
from domain.messages.catalogue import Catalogue


class Contract:
    """The operations for these services. Validation is by the XSD that is published, compiled once for each thread."""

    def __init__(self, services: Sequence[Service], catalogue: Catalogue) -> None:
        self.operations = _build_operations(services, catalogue)
        self.operations_by_tag: Mapping[str, Operation] = {
            f"{{{NAMESPACE}}}{operation.name}": operation for operation in self.operations
        }
        self._compiled_by_thread = threading.local()

    def render_wsdl(self, service_address: str = DEMO_ADDRESS) -> str:
        """Return the WSDL for clients that call this address."""
        return render_wsdl(self.operations, shapes.COUNTER_FAULT, service_address)

    def labels_for_tag(self, element_tag: str) -> Mapping[str, str]:
        """Return what the elements of a request are called in Persian, by their names; nothing of no operation."""
        return self._labels_by_tag.get(element_tag, {})

    @cached_property
    def _labels_by_tag(self) -> Mapping[str, Mapping[str, str]]:
        return {tag: _collect_labels(operation.request) for tag, operation in self.operations_by_tag.items()}

    @cached_property
    def _xsd_bytes(self) -> bytes:
        return render_xsd(self.operations, shapes.COUNTER_FAULT).encode()

    @property
    def compiled_schema(self) -> etree.XMLSchema:
        """The compiled schema of this thread: its list of errors is not for two threads at once."""
        thread_schema: etree.XMLSchema | None = getattr(self._compiled_by_thread, "schema", None)
        if thread_schema is None:
            thread_schema = self._compiled_by_thread.schema = etree.XMLSchema(etree.XML(self._xsd_bytes))
        return thread_schema


def _collect_labels(request_record: SchemaRecord) -> Mapping[str, str]:
    records = [schema_type for schema_type in collect_types([request_record]) if isinstance(schema_type, SchemaRecord)]
    return {member.name: member.label for schema_type in records for member in schema_type.members}


def _build_operations(services: Sequence[Service], catalogue: Catalogue) -> tuple[Operation, ...]:
    service_lookups = [
        (service, candidate) for service in services for candidate in service.lookups if candidate.soap_operation
    ]
    return (
        *asking.build_operations(services, catalogue),
        *(submission_operation(service, catalogue) for service in services),
        *(lookup_operation(service, lookup, catalogue) for service, lookup in service_lookups),
        *following.build_operations(services, catalogue),
        *money.OPERATIONS,
    )
