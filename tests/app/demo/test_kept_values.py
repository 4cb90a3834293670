"""Values kept beside the forms of the demonstration's requests are declared, value by value."""

from domain.actions.drafts.submitting import REPRESENTED
from domain.actions.requests.reopen import REOPENED_AS
from domain.engine.overdue import SLA_BROKEN
from domain.language.form_changes import UNREVIEWED_CHANGES
from domain.language.kept_fields import list_kept_fields
from domain.language.step_before import STEP_BEFORE
from domain.requests.request import RequestFilter
from domain.services import services_by_key
from store.unit_of_work import SqlStore

KEPT_BY_ACTIONS = (REPRESENTED, REOPENED_AS, SLA_BROKEN, STEP_BEFORE, UNREVIEWED_CHANGES)
"""Values kept of any request, whatever its service."""


async def test_each_kept_value_is_declared_and_reads_as_its_type(store: SqlStore) -> None:
    async with store.open_unit(write=False) as uow:
        requests = await uow.requests.list_requests(RequestFilter(limit=1000))
    services = services_by_key()
    assert {request.service for request in requests} == services.keys()
    for request in requests:
        fields_by_name = {
            field.name: field for field in (*list_kept_fields(services[request.service]), *KEPT_BY_ACTIONS)
        }
        assert request.data.keys() <= fields_by_name.keys(), request.service
        for name in request.data:
            fields_by_name[name].find(request)
