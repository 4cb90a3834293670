"""Sheets brought to the staff's site: examined behind the page, shown with every fault, kept whole or not at all."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from openpyxl import load_workbook

from app.configuration.settings import Settings
from app.jobs import import_jobs
from app.jobs.import_jobs import process_import, run_waiting_imports
from app.processes.importing import FileImportResult, import_file
from app.processes.table_exports import ProcessExports
from channels.admin.addresses import list_address as address_of
from domain.actions.registries.import_jobs import forget_old_imports
from domain.audit.entries import AuditFilter
from domain.registries.declarations import REGISTRIES
from domain.registries.imports import IMPORT_RETENTION, MOST_FILE_BYTES, Import, ImportState
from domain.values.actors import Role
from domain.values.errors import Unavailable
from tests.support.scenarios.site_registries import furnish, give, rows, words
from tests.support.scenarios.taxi_registries import PLATE
from tests.support.staff_site import PASSWORD, StaffSite, Visitor, visitor

ROOM = "/staff/registries"
GOOD = f"پلاک,کد تاکسی,نوع تاکسی,ظرفیت\n{PLATE},114,خطی,5\n12ت347-59,901,ون,4\n"
BAD = GOOD + "12ت348-59,115,دوچرخه,4\n=1+1,903,ون,4\n"


@pytest.fixture
async def officer(site: StaffSite, inside: Visitor) -> Visitor:
    """The taxi officer's browser, in an organisation with taxis."""
    await furnish(site)
    await inside.sign_in("taxi_officer")
    return inside


async def bring(
    who: Visitor, content: str | bytes, name: str = "sheet.csv", status: int = 303, registry: str = "vehicle"
) -> str:
    """Bring a file; where that leads, or the page that says why not."""
    there = f"{address_of(REGISTRIES[registry])}/import"
    await who.get(there)
    form = FormData(quote_fields=False)
    form.add_field("csrf", who.csrf)
    form.add_field("file", io.BytesIO(content.encode() if isinstance(content, str) else content), filename=name)
    response = await who.client.post(there, data=form, headers=who.headers, allow_redirects=False)
    page = await response.text()
    assert response.status == status, page
    return response.headers["Location"] if status == 303 else page


async def worked(site: StaffSite, address: str) -> Import:
    """Do what is to be done with a file, and return how it stands."""
    number = int(address.rpartition("/")[2])
    await process_import(site.demo.desk, site.store, number)
    return await standing(site, address)


async def standing(site: StaffSite, address: str) -> Import:
    """State of a file."""
    async with site.store.open_unit(write=False) as uow:
        return await uow.registry_imports.get(int(address.rpartition("/")[2]))


async def keep(who: Visitor, address: str, status: int = 303, **said: str) -> str:
    """Have kept what the page shows; where that leads, or the page that says why not."""
    seen = re.search(r'name="version" value="([0-9a-f]{64})"', await who.get(address))
    return await who.post(f"{address}/keep", status, version=seen[1] if seen else "", **said)


async def plates(site: StaffSite) -> list[str]:
    """The plates of all vehicles."""
    return [one.values["plate"] for one in await rows(site, "vehicle")]


async def test_a_good_file_is_shown_and_then_kept(site: StaffSite, officer: Visitor) -> None:
    address = await bring(officer, GOOD)
    response = await officer.client.get(address, headers=officer.headers)
    assert response.headers["Refresh"] == f"2; url={address}"
    assert "<progress" in await response.text()
    assert len(await plates(site)) == 2
    await worked(site, address)
    response = await officer.client.get(address, headers=officer.headers)
    assert "Refresh" not in response.headers
    page = words(await officer.get(address))
    assert "ردیف ۲ تازه ۱ تغییریافته ۱ بی‌تغییر ۰ نادرست ۰" in page
    assert "ظرفیت — ← ۵" in page
    assert len(await plates(site)) == 2, "nothing is written before somebody says so"
    assert await keep(officer, address) == address
    assert (await worked(site, address)).state is ImportState.KEPT
    assert "نوشته شد" in words(await officer.get(address))
    assert "12ت347-59" in await plates(site)
    async with site.store.open_unit(write=False) as uow:
        vehicle = next(one for one in await rows(site, "vehicle") if one.values["plate"] == PLATE)
        (change,) = await uow.registries.list_changes("vehicle", vehicle.id)
    assert (change.changed_by, change.values_after) == ("staff:taxi_officer", {"capacity": 5})


async def test_every_fault_is_told_with_row_and_column(site: StaffSite, officer: Visitor) -> None:
    address = await bring(officer, BAD)
    await worked(site, address)
    page = words(await officer.get(address))
    assert "۴ کد تاکسی 115 این مقدار از آن «۱۲ت۳۴۶-۵۹» است." in page
    assert "۴ نوع تاکسی دوچرخه «دوچرخه» در فهرست نیست." in page
    assert "۵ پلاک =1+1" in page
    refused = await keep(officer, address, 409)
    assert "این فایل ردیف نادرست دارد" in refused
    report = await officer.client.get(f"{address}/report.csv", headers=officer.headers)
    cells = list(csv.reader(io.StringIO((await report.read()).decode("utf-8-sig"))))
    assert [one[:2] for one in cells[1:]] == [["4", "کد تاکسی"], ["4", "نوع تاکسی"], ["5", "پلاک"]]
    assert cells[3][3] == "'=1+1", "what looks like a formula runs nowhere"
    await keep(officer, address, skip="yes")
    assert (await worked(site, address)).state is ImportState.KEPT
    assert await plates(site) == [PLATE, "12ت346-59", "12ت347-59"]


async def test_a_file_can_be_dropped_and_is_forgotten(site: StaffSite, officer: Visitor) -> None:
    address = await bring(officer, BAD)
    await worked(site, address)
    await officer.post(f"{address}/drop")
    assert (await standing(site, address)).outcome == {}
    await officer.get(f"{address}/report.csv", 404)
    assert "پیش رفته است" in await keep(officer, address, 409)
    assert len(await plates(site)) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("رنگ,وزن\nسرخ,۲\n", "هیچ سرستون شناخته‌ای نیست"),
        ("کد تاکسی\n114\n", "ستون «پلاک» در فایل نیست"),
        (b"PK\x03\x04 no workbook", "خوانده نشد؛ آن را CSV یا XLSX ذخیره کنید"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "خوانده نشد؛ آن را CSV یا XLSX ذخیره کنید"),
    ],
)
async def test_what_is_no_such_sheet_is_refused(
    site: StaffSite, officer: Visitor, content: str | bytes, said: str
) -> None:
    address = await bring(officer, content)
    assert (await worked(site, address)).state is ImportState.REFUSED
    page = words(await officer.get(address))
    assert "پذیرفته نشد" in page
    assert said in page


async def test_what_is_too_much_or_nothing_is_refused_at_once(site: StaffSite, officer: Visitor) -> None:
    assert "این فایل خالی است" in await bring(officer, b"", status=422)
    page = await officer.post(f"{ROOM}/vehicle/import", 422)
    assert "فایلی انتخاب نشده" in page
    await bring(officer, b"x" * (MOST_FILE_BYTES + 1), status=413)
    await bring(officer, b"x" * (MOST_FILE_BYTES + 100_000), status=413)


async def test_too_many_rows_are_refused(site: StaffSite, officer: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_jobs, "MOST_ROWS", 3)
    address = await bring(officer, BAD)
    assert (await worked(site, address)).state is ImportState.REFUSED
    assert "بیش از ۳ ردیف دارد" in words(await officer.get(address))


async def test_wrong_rows_beside_nothing_new_offer_nothing_to_write(site: StaffSite, officer: Visitor) -> None:
    address = await bring(officer, "پلاک,نوع تاکسی\n۱۲ت۳۴۵-۵۹,خطی\n۱۲ت۳۹۹-۵۹,دوچرخه\n")
    await worked(site, address)
    page = await officer.get(address)
    assert "ردیف‌های درست آن چیز تازه‌ای ندارد" in page
    assert f"{address}/keep" not in page
    await officer.post(f"{address}/drop")


async def test_the_number_of_rows_alike_is_explained_once(officer: Visitor) -> None:
    assert "چندم در روز (میان ردیف‌های همانند" in words(await officer.get(f"{ROOM}/reward/import"))
    assert "همانند" not in await officer.get(f"{ROOM}/vehicle/import")


async def test_names_of_files_run_nothing(site: StaffSite, officer: Visitor) -> None:
    address = await bring(officer, GOOD, name="../../x<script>alert(1)</script>.csv")
    for page in (address, f"{ROOM}/vehicle/import"):
        assert "<script>alert" not in await officer.get(page)
    assert (await standing(site, address)).name == "script>.csv"


async def test_another_registrys_address_does_not_show_it(site: StaffSite, officer: Visitor) -> None:
    address = await bring(officer, GOOD)
    await officer.get(address.replace("/vehicle/", "/owner/"), 404)
    async with visitor(site) as stranger:
        await stranger.sign_in("civil")
        await stranger.get(address, 403)


async def test_who_has_lost_the_right_meanwhile_keeps_nothing(site: StaffSite, officer: Visitor) -> None:
    address = await bring(officer, GOOD)
    await worked(site, address)
    await keep(officer, address)
    async with site.store.open_unit() as uow:
        member = await uow.people.find_staff("taxi_officer")
        assert member
        member.active = False
        await uow.people.save_staff(member)
    assert (await worked(site, address)).state is ImportState.REFUSED
    assert len(await plates(site)) == 2


async def a_colleague(site: StaffSite) -> None:
    """Employ a second taxi officer, by the name of the manager's account."""
    async with site.store.open_unit() as uow:
        member = await uow.people.find_staff("manager")
        assert member
        member.roles = frozenset({Role.TAXI_OFFICER})
        await uow.people.save_staff(member)


async def test_who_confirmed_answers_for_what_was_written(site: StaffSite, officer: Visitor) -> None:
    await a_colleague(site)
    address = await bring(officer, GOOD)
    await worked(site, address)
    async with visitor(site) as colleague:
        await colleague.sign_in("manager")
        await keep(colleague, address)
    kept = await worked(site, address)
    assert (kept.state, kept.by, kept.decided_by) == (ImportState.KEPT, "taxi_officer", "manager")
    assert "تأیید: کارمند manager" in words(await officer.get(address))
    async with site.store.open_unit(write=False) as uow:
        vehicle = next(one for one in await rows(site, "vehicle") if one.values["plate"] == PLATE)
        (change,) = await uow.registries.list_changes("vehicle", vehicle.id)
        confirmed = await uow.audit.list_entries(AuditFilter(what="import_confirmed"))
        written = await uow.audit.list_entries(AuditFilter(what="import"))
    assert change.changed_by == "staff:manager"
    assert [(one.actor, one.detail["brought_by"]) for one in confirmed] == [("staff:manager", "taxi_officer")]
    assert [one.actor for one in written] == ["staff:manager"]


async def test_who_dropped_a_file_is_kept(site: StaffSite, officer: Visitor) -> None:
    await a_colleague(site)
    address = await bring(officer, GOOD)
    async with visitor(site) as colleague:
        await colleague.sign_in("manager")
        await colleague.get(address)
        await colleague.post(f"{address}/drop")
    assert (await standing(site, address)).decided_by == "manager"
    assert "کنار گذاشتن: کارمند manager" in words(await officer.get(address))
    async with site.store.open_unit(write=False) as uow:
        assert [one.actor for one in await uow.audit.list_entries(AuditFilter(what="import_dropped"))] == [
            "staff:manager"
        ]


async def test_what_was_dropped_while_it_was_examined_stays_dropped(
    site: StaffSite, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = await bring(officer, "foo,bar\n1,2\n")

    async def dropped_meanwhile(*given: Any) -> FileImportResult:
        await officer.post(f"{address}/drop")
        return await import_file(*given)

    monkeypatch.setattr("app.jobs.import_jobs.import_file", dropped_meanwhile)
    stands = await worked(site, address)
    assert (stands.state, stands.decided_by, stands.problem) == (ImportState.DROPPED, "taxi_officer", None)


async def test_the_work_runs_in_processes_of_its_own(site: StaffSite, officer: Visitor, database: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{database}")
    address = await bring(officer, GOOD)
    assert await run_waiting_imports(settings, site.demo.desk, site.store) == 1
    assert (await standing(site, address)).state is ImportState.EXAMINED
    await keep(officer, address)
    assert await run_waiting_imports(settings, site.demo.desk, site.store) == 1
    assert (await standing(site, address)).state is ImportState.KEPT
    assert "12ت347-59" in await plates(site)
    assert await run_waiting_imports(settings, site.demo.desk, site.store) == 0


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Processes that die before they come to anything; the imports whose work they had begun."""
    begun: list[int] = []

    async def die(_work: object, _settings: object, number: int) -> bool:
        begun.append(number)
        return False

    monkeypatch.setattr(import_jobs, "run_in_process", die)
    return begun


async def test_work_that_is_cut_off_is_begun_again_and_given_up_in_the_end(
    site: StaffSite, officer: Visitor, dying: list[int], database: Path
) -> None:
    address = await bring(officer, GOOD)
    await run_waiting_imports(Settings(database_url=f"sqlite:///{database}"), site.demo.desk, site.store)
    assert len(dying) == import_jobs.MOST_TRIES
    assert (await standing(site, address)).state is ImportState.FAILED
    assert "سه بار نیمه‌کاره ماند" in words(await officer.get(address))


async def test_a_confirmed_file_outlives_a_database_that_is_away(
    site: StaffSite, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("database")

    address = await bring(officer, GOOD)
    await worked(site, address)
    await keep(officer, address)
    with monkeypatch.context() as patch:
        patch.setattr(import_jobs, "import_file", away)
        with pytest.raises(Unavailable):
            await worked(site, address)
    assert (await standing(site, address)).state is ImportState.CONFIRMED
    assert (await worked(site, address)).state is ImportState.KEPT


async def test_files_that_nobody_confirms_are_forgotten(site: StaffSite, officer: Visitor) -> None:
    address = await bring(officer, BAD)
    await worked(site, address)
    site.clock.at += IMPORT_RETENTION
    assert await forget_old_imports(site.demo.desk, site.store) == 1
    await officer.sign_in("taxi_officer")
    await officer.get(address, 404)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.MANAGER])
async def test_who_reads_a_registry_reads_what_was_brought_and_changes_nothing(
    site: StaffSite, officer: Visitor, role: Role
) -> None:
    address = await bring(officer, BAD)
    await worked(site, address)
    base = address.rpartition("/")[0]
    async with visitor(site) as reader:
        await reader.sign_in(role.value)
        assert f'href="{base}"' in await reader.get(f"{ROOM}/vehicle")
        for there in (base, address):
            page = await reader.get(there)
            assert "<form method" not in page.partition("<main")[2]
            assert "فایل‌های آورده‌شده" in page
        told = words(await reader.get(address))
        assert "۴ نوع تاکسی دوچرخه «دوچرخه» در فهرست نیست." in told
        assert "درست کنید" not in told, "who only reads is not told what to do"
        assert "report.csv" not in await reader.get(address), "sheets are taken along with a fresh proof, as exports"
        await reader.get(f"{address}/report.csv", 403)
        for way in (base, f"{address}/keep", f"{address}/drop"):
            await reader.post(way, 403, skip="yes")
    assert (await standing(site, address)).state is ImportState.EXAMINED
    for stranger in ("civil", "expert", "admin"):
        await officer.sign_in(stranger)
        await officer.get(address, 403)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_an_export_needs_a_fresh_proof_and_runs_no_formula(site: StaffSite, officer: Visitor, kind: str) -> None:
    await give(site, "agency", {"licence_number": "P-9", "name": "=cmd|' /C calc'!A0"})
    site.clock.at += IMPORT_RETENTION / 600
    page = await officer.get(f"{ROOM}/agency/export", 401)
    assert 'name="next" value="/staff/registries/agency/export"' in page
    assert await officer.post("/staff/proof", next=f"{ROOM}/agency/export", proof_password=PASSWORD)
    assert f"{ROOM}/agency/export/{kind}" in await officer.get(f"{ROOM}/agency/export")
    response = await officer.client.get(f"{ROOM}/agency/export/{kind}", headers=officer.headers)
    assert response.headers["Content-Disposition"] == f'attachment; filename="agency.{kind}"'
    content = await response.read()
    if kind == "csv":
        cells = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    else:
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        cells = [[str(one.value) for one in line] for line in sheet.iter_rows()]
    assert cells[0][:2] == ["شماره پروانه", "نام شرکت"]
    assert cells[2][1] == "'=cmd|' /C calc'!A0"


async def test_what_is_exported_is_imported_again_as_the_same(site: StaffSite, officer: Visitor) -> None:
    response = await officer.client.get(f"{ROOM}/vehicle/export/xlsx", headers=officer.headers)
    address = await bring(officer, await response.read(), name="vehicle.xlsx")
    await worked(site, address)
    page = words(await officer.get(address))
    assert "بی‌تغییر ۲" in page
    assert "همه از پیش همین‌گونه است" in page
    seen = (await standing(site, address)).outcome_digest
    assert "چیزی را تغییر نمی‌دهد" in await officer.post(f"{address}/keep", 409, version=seen)


async def test_exports_are_made_by_processes_of_their_own(site: StaffSite, database: Path) -> None:
    await furnish(site)
    exports = ProcessExports(Settings(database_url=f"sqlite:///{database}"))
    async with exports.export_registry(REGISTRIES["owner"], "csv") as file:
        assert "آنه محمدی" in file.read_text("utf-8-sig")
    assert not file.parent.exists()
    broken = ProcessExports(Settings(database_url=f"sqlite:///{database}.elsewhere/none.db"))
    with pytest.raises(Unavailable, match="export"):
        async with broken.export_registry(REGISTRIES["owner"], "csv"):
            raise AssertionError("there is nothing to give")
