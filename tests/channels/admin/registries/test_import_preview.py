"""A sheet is kept as it was shown, row by row, for the person who confirms it; whatever happened meanwhile."""

import asyncio
from typing import Any

import pytest

from domain.actions.registries import importing
from domain.registries.imports import Import, ImportState, Tally
from domain.registries.rows import RegistryRow
from domain.values.errors import Conflict
from tests.channels.admin.registries.test_import_pages import GOOD, bring, keep, standing, worked
from tests.support.scenarios.site_registries import furnish, give, row, words
from tests.support.scenarios.taxi_registries import PLATE
from tests.support.staff_site import StaffSite, Visitor, visitor

SHEET = f"پلاک,ظرفیت\n{PLATE},5\n"


@pytest.fixture
async def officer(site: StaffSite, inside: Visitor) -> Visitor:
    """The taxi officer's browser, in an organisation with taxis."""
    await furnish(site)
    await inside.sign_in("taxi_officer")
    return inside


async def examined(site: StaffSite, officer: Visitor, content: str = SHEET) -> str:
    """Bring a file and have it examined; its address."""
    address = await bring(officer, content)
    await worked(site, address)
    return address


async def seats(site: StaffSite, seats: int) -> RegistryRow:
    """A colleague sets the capacity of the first vehicle."""
    (changed,) = await give(site, "vehicle", {"plate": PLATE, "capacity": seats})
    return changed


async def capacity(site: StaffSite) -> int | None:
    """The capacity of the first vehicle."""
    found: int | None = (await row(site, "vehicle", plate=PLATE)).values["capacity"]
    return found


async def test_other_numbers_are_shown_again_and_not_kept(site: StaffSite, officer: Visitor) -> None:
    address = await examined(site, officer, GOOD)
    await keep(officer, address)
    await give(site, "vehicle", {"plate": "12ت347-59", "taxi_code": "55", "type": "van"})
    assert (await worked(site, address)).state is ImportState.EXAMINED
    page = words(await officer.get(address))
    assert "داده‌ها عوض شده" in page
    assert "تازه ۰ تغییریافته ۲" in page
    assert await capacity(site) is None


async def test_what_a_colleague_set_meanwhile_is_not_overwritten_unseen(site: StaffSite, officer: Visitor) -> None:
    address = await examined(site, officer)
    assert "ظرفیت — ← ۵" in words(await officer.get(address))
    await seats(site, 7)
    await keep(officer, address)
    stands = await worked(site, address)
    assert (stands.state, stands.tally) == (ImportState.EXAMINED, Tally(rows=1, changed=1).as_json())
    page = words(await officer.get(address))
    assert "داده‌ها عوض شده" in page
    assert "ظرفیت ۷ ← ۵" in page
    assert await capacity(site) == 7
    await keep(officer, address)
    assert (await worked(site, address)).state is ImportState.KEPT
    assert await capacity(site) == 5


async def test_other_rows_that_change_bring_nothing_back(site: StaffSite, officer: Visitor) -> None:
    address = await examined(site, officer)
    await give(site, "vehicle", {"plate": "12ت346-59", "capacity": 7})
    await keep(officer, address)
    assert (await worked(site, address)).state is ImportState.KEPT


async def test_a_change_while_it_is_written_undoes_it_and_is_shown(
    site: StaffSite, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, really = await examined(site, officer), importing.store_import

    async def keep_later(**arguments: Any) -> Tally:
        await seats(site, 7)
        return await really(**arguments)

    await keep(officer, address)
    with monkeypatch.context() as patch:
        patch.setattr("app.processes.importing.store_import", keep_later)
        with pytest.raises(Conflict):
            await worked(site, address)
    assert await capacity(site) == 7
    assert (await standing(site, address)).state is ImportState.CONFIRMED, "it is taken up again"
    stands = await worked(site, address)
    assert stands.state is ImportState.EXAMINED
    assert "ظرفیت ۷ ← ۵" in words(await officer.get(address))


async def test_an_old_page_keeps_nothing_that_its_reader_never_saw(site: StaffSite, officer: Visitor) -> None:
    address = await examined(site, officer)
    shown = (await standing(site, address)).outcome_digest
    await keep(officer, address)
    await seats(site, 7)
    await worked(site, address)
    for old in (shown, ""):
        page = await officer.post(f"{address}/keep", 409, version=old)
        assert "کار این فایل در این فاصله پیش رفته است" in page
        assert "ظرفیت ۷ ← ۵" in words(page)
    assert (await worked(site, address)).state is ImportState.EXAMINED
    assert await capacity(site) == 7


async def test_of_two_who_saw_the_same_one_has_it_kept(site: StaffSite, officer: Visitor) -> None:
    address = await examined(site, officer)
    async with visitor(site) as colleague:
        await colleague.sign_in("taxi_officer")
        pressed = await asyncio.gather(keep(officer, address), keep(colleague, address), return_exceptions=True)
    assert sum(isinstance(one, AssertionError) for one in pressed) == 1
    assert (await worked(site, address)).state is ImportState.KEPT


@pytest.mark.parametrize("what", ["keep", "drop"])
async def test_a_refused_button_leads_back_to_the_page(site: StaffSite, officer: Visitor, what: str) -> None:
    address = await examined(site, officer)
    await keep(officer, address)
    sent = {"csrf": officer.csrf, "version": (await standing(site, address)).outcome_digest}
    response = await officer.client.post(f"{address}/{what}", data=sent, headers=officer.headers)
    assert response.status == 409
    assert "کار این فایل در این فاصله پیش رفته است" in await response.text()
    seconds, there = response.headers["Refresh"].split("; url=")
    assert (seconds, there) == ("2", address)
    await officer.get(there)


async def test_a_preview_of_before_digests_is_examined_again(site: StaffSite, officer: Visitor) -> None:
    address = await examined(site, officer)
    async with site.store.open_unit() as uow:
        old: Import = await uow.registry_imports.get(int(address.rpartition("/")[2]), lock=True)
        del old.outcome["digest"]
        await uow.registry_imports.save(old)
    await officer.get(address)
    await officer.post(f"{address}/keep", version="")
    assert (await worked(site, address)).state is ImportState.EXAMINED
    await keep(officer, address)
    assert (await worked(site, address)).state is ImportState.KEPT
