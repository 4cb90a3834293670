"""What the requests of the demonstration keep beside their forms is declared, value by value."""

from domain.actions.drafts.submitting import REPRESENTED
from domain.actions.requests.reopen import REOPENED_AS
from domain.engine.overdue import SLA_BROKEN
from domain.fields.stored import StoredFields
from domain.language.changes import UNREVIEWED_CHANGES
from domain.language.service import Service
from domain.requests.request import RequestFilter
from domain.services import services_by_key
from store.unit_of_work import SqlStore

KEPT_BY_ACTIONS = (REPRESENTED, REOPENED_AS, SLA_BROKEN, UNREVIEWED_CHANGES)
"""What is kept of any request, whatever its service."""


def list_kept_fields(service: Service) -> StoredFields:
    """What a service's requests may keep: what the staff are shown, what its effects keep, and what actions do."""
    by_effects = [field for effect in service.effects for field in (*effect.stores, *effect.may_store)]
    return (*by_effects, *service.stored_fields, *KEPT_BY_ACTIONS)


async def test_each_kept_value_is_declared_and_reads_as_its_type(store: SqlStore) -> None:
    async with store.open_unit(write=False) as uow:
        requests = await uow.requests.list_requests(RequestFilter(limit=1000))
    services = services_by_key()
    assert {request.service for request in requests} == services.keys()
    for request in requests:
        fields_by_name = {field.name: field for field in list_kept_fields(services[request.service])}
        assert request.data.keys() <= fields_by_name.keys(), request.service
        for name in request.data:
            fields_by_name[name].find(request)
