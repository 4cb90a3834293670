"""Files are added to requests by those whom they concern, once each, and are what their bytes say."""

import hashlib

import pytest

from domain.actions.documents.capacity import MOST_DOCUMENTS
from domain.values.actors import Role
from domain.values.errors import DocumentRejected, Forbidden, InvalidField, NotAllowedNow, NotFound, TooLarge
from domain.values.files import MAX_DOCUMENT_BYTES
from tests.support.municipality import CITIZEN, NEIGHBOUR, actor
from tests.support.scenarios.expert_unit import ASKING, OFFICER, PHOTO, SECRETARY, Experts

PDF = b"%PDF-1.7\n"


async def test_a_file_is_kept_with_what_its_bytes_say(experts: Experts) -> None:
    code = await experts.town.order(ASKING)
    [document] = await experts.add(code, "deed", content=PDF, name="C:\\مدارک\\سند  من.jpg", by=OFFICER)
    assert (document.field, document.name, document.media_type) == ("deed", "سند من.jpg", "application/pdf")
    assert (document.size, document.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    assert (document.added_by, document.at) == ("staff:ahmadi", experts.town.clock.at)
    async with experts.town.store.open_unit(write=False) as uow:
        assert await uow.documents.get_content(document.sha256) == PDF
        assert await uow.documents.list_of_request((await experts.town.request(code)).id) == [document]


async def test_it_is_an_event_that_moves_nothing(experts: Experts) -> None:
    code = await experts.town.order(ASKING)
    await experts.add(code, "deed", by=actor(Role.CITIZEN))
    event = (await experts.town.history(code))[-1]
    assert (event.event, event.actor_kind, event.from_state, event.to_state) == (
        "attach",
        "citizen",
        "submitted",
        "submitted",
    )
    assert event.payload == {
        "field": "deed",
        "name": "a.jpg",
        "sha256": hashlib.sha256(PHOTO).hexdigest(),
        "size": len(PHOTO),
    }


async def test_the_same_file_again_changes_nothing(experts: Experts) -> None:
    code = await experts.town.order(ASKING)
    [first] = await experts.add(code, "deed")
    assert await experts.add(code, "deed", name="b.jpg", by=SECRETARY) == [first]
    [other] = await experts.add(code, "plan")
    assert (other.sha256, other.id != first.id) == (first.sha256, True)
    assert [one.event for one in await experts.town.history(code)] == ["submit", "attach", "attach"]
    assert experts.town.rows("SELECT count(*) FROM contents") == [(1,)]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SECRETARIAT, Role.EXPERT, Role.REVENUE, Role.CLERK])
async def test_whoever_takes_steps_may_add(experts: Experts, role: Role) -> None:
    code = await experts.town.order(ASKING)
    await experts.town.brought_by(code)
    assert len(await experts.add(code, "deed", by=actor(role))) == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN, Role.CIVIL, Role.TAXI_OFFICER])
async def test_others_may_not(experts: Experts, role: Role) -> None:
    code = await experts.town.order(ASKING)
    with pytest.raises(Forbidden):
        await experts.add(code, "deed", by=actor(role))


async def test_a_citizen_adds_to_own_requests_alone(experts: Experts) -> None:
    code = await experts.town.order(ASKING, CITIZEN)
    with pytest.raises(NotFound, match="code"):
        await experts.add(code, "deed", by=actor(Role.CITIZEN, NEIGHBOUR))


async def test_only_papers_that_the_service_knows(experts: Experts) -> None:
    code = await experts.town.order(ASKING)
    with pytest.raises(InvalidField, match="field:unknown_paper"):
        await experts.add(code, "passport")
    work = await experts.town.submit()
    with pytest.raises(InvalidField, match="field:unknown_paper"):
        await experts.add(work.code, "photo", by=actor(Role.CIVIL))


async def test_only_photos_and_pdf_and_not_too_large(experts: Experts) -> None:
    code = await experts.town.order(ASKING)
    with pytest.raises(DocumentRejected):
        await experts.add(code, "deed", content=b"MZ\x90\x00", name="deed.pdf")
    with pytest.raises(TooLarge):
        await experts.add(code, "deed", content=PDF + b"x" * MAX_DOCUMENT_BYTES)
    assert len(await experts.town.history(code)) == 1


async def test_a_request_has_room_for_so_many(experts: Experts) -> None:
    code = await experts.town.order(ASKING)
    for number in range(MOST_DOCUMENTS):
        await experts.add(code, "visit_photo", content=PHOTO + bytes([number]))
    with pytest.raises(TooLarge, match="too_many_documents"):
        await experts.add(code, "deed")
    assert len(await experts.add(code, "visit_photo", content=PHOTO + b"\x00")) == 1


async def test_not_after_the_end(experts: Experts) -> None:
    code = await experts.town.order(ASKING)
    [deed] = await experts.add(code, "deed")
    await experts.town.do(code, "cancel", Role.MANAGER)
    with pytest.raises(NotAllowedNow):
        await experts.add(code, "plan")
    assert await experts.add(code, "deed") == [deed], "its answer was lost: it is there"
