"""Photos that browsers show, and one kind that most of them do not."""

import pytest

from domain.actions.context import ActorContext
from domain.actions.documents.attach import attach_document
from tests.support.scenarios.expert_opinions import SECRETARY, asked_opinion
from tests.support.scenarios.sample_files import unchanged_file
from tests.support.staff_site import StaffSite, Visitor

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
HEIC = b"\x00\x00\x00\x18ftypheic" + bytes(32)


@pytest.mark.parametrize(("content", "name", "said"), [(PNG, "a.png", False), (HEIC, "a.heic", True)])
async def test_it_is_said_which_photo_is_only_taken_along(
    site: StaffSite, inside: Visitor, content: bytes, name: str, said: bool
) -> None:
    request = await asked_opinion(site)
    async with site.store.open_unit() as uow:
        kept = await attach_document(
            ActorContext(site.demo.desk, uow, SECRETARY), request.code, "plan", unchanged_file(name, content)
        )
    await inside.sign_in("expert")
    assert ("این عکس (HEIC) دریافت می‌شود" in await inside.get(f"/staff/requests/{request.code}")) == said
    response = await inside.client.get(f"/staff/requests/{request.code}/documents/{kept.id}")
    assert response.headers["Content-Disposition"].startswith("attachment" if said else "inline")
