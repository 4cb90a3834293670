"""The audit at the staff's site: its filters and pages, what each fact is called, and the state of the history."""

import re
from pathlib import Path

import pytest

from app.security.signing import Ed25519Signer
from channels.admin.user_agents import describe_browser
from channels.pishkhan_soap.contract import Contract
from domain.actions.history.sealing import Verification, seal_history, verify_history
from domain.actions.history.verifications import run_requested_verification
from domain.actions.staff.refusals import MOST_ROWS
from domain.authorization.rights import RIGHTS
from domain.messages.catalogue import Catalogue
from domain.requests.history import HistoryFault
from domain.services import SERVICES
from tests.channels.admin.audit_reader import count_denials, list_denial_facts
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import COLLEAGUE, StaffSite, Visitor
from tests.support.tables import each_row

ROOT = Path(__file__).parents[4]
SIGNER = Ed25519Signer("a secret of the tests")
NAMED_FACTS = (
    "گزارش: گزارش درآمد",
    "نوع: CSV",
    "دفتر ثبت: عوارض",
    "خدمت: کارکرد ماشین‌آلات",
    "نقش‌ها: واحد عمران، moon",
    "غایب: کارمند civil",
    "آورنده: کارمند revenue",
    "تغییر: نام و نام خانوادگی، نقش‌ها",
    "وضعیت: failed",
    "وضعیت: نرفت",
    "وضعیت: پرداخت شده",
    "نام: <b>",
)
"""Facts as the page has them: ids with a name by that, others as they are."""


def test_every_call_of_a_counter_that_no_service_declares_has_a_name() -> None:
    catalogue = Catalogue.load()
    named = {key.removeprefix("admin.audit.operations.") for key in catalogue.list_keys("admin.audit.operations.")}
    declared = {one.soap_operation for one in SERVICES}
    declared |= {one.soap_operation or "" for service in SERVICES for one in service.lookups}
    assert named == {one.name for one in Contract(SERVICES, catalogue).operations} - declared


def test_why_a_call_was_refused_is_told_without_facts_that_are_not_kept() -> None:
    catalogue = Catalogue.load()
    for code in ("authentication_failed", "replayed", "forbidden"):
        for key in catalogue.list_keys(f"details.{code}."):
            worded_anew = f"admin.audit.errors.{key.rpartition('.')[2]}" in catalogue
            assert worded_anew or not catalogue.fact_names(key), key


@pytest.mark.parametrize(
    ("error", "operation", "told"),
    [
        ("authentication_failed:UsernameToken", "GetBill", "دیدن قبض خطا: نام کاربری یا گذرواژه درست نیست."),
        ("authentication_failed:Created:clock", "Ping", "آزمون ارتباط خطا: ساعت رایانهٔ دفتر با ساعت شهرداری نمی‌خواند."),
        (
            "forbidden:officeCode:other_office",
            "SubmitMachineryRequest",
            "ثبت درخواست «کارکرد ماشین‌آلات» خطا: کد دفتر با نام کاربری این فراخوان یکی نیست.",
        ),
        ("replayed", "GetTaxiDuties", "عوارض تاکسی خطا: این پیام پیش‌تر پذیرفته شده است."),
        ("moon:a:b", "Moon", "Moon خطا: moon:a:b"),
    ],
)
async def test_a_refused_call_of_a_counter_is_told_in_words(
    site: StaffSite, inside: Visitor, error: str, operation: str, told: str
) -> None:
    facts = {"username": "office-1001", "operation": operation, "error": error}
    async with site.store.open_unit() as uow:
        await uow.audit.add_entry(site.clock.now(), "office:office-1001", "counter_refused", facts)
    await inside.sign_in("auditor")
    assert f"عملیات: {told}" in words(await inside.get("/staff/audit")).replace(" :", ":")


async def test_a_rule_of_commission_is_told_in_percent_and_an_office_by_its_software(
    site: StaffSite, inside: Visitor
) -> None:
    async with site.store.open_unit() as uow:
        await uow.audit.add_entry(
            site.clock.now(), "office:1001", "rule_added", {"share_bp": 250, "per_request": 1_000_000}
        )
    await inside.sign_in("auditor")
    page = words(await inside.get("/staff/audit"))
    assert "نرم‌افزار دفتر پیشخوان (۱۰۰۱)" in page
    assert "سهم (درصد): ۲٫۵" in page.replace(" :", ":")


def test_every_right_has_a_name() -> None:
    named = {key.removeprefix("admin.audit.rights.") for key in Catalogue.load().list_keys("admin.audit.rights.")}
    assert named == set(RIGHTS)


async def test_the_audit_is_read_newest_first_and_filtered(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil", "wrong", 401)
    await inside.sign_in("civil")
    await inside.get("/staff")
    await inside.get("/staff/users", 403)
    await inside.sign_in("auditor")
    page = await inside.get("/staff/audit")
    titles = re.findall(r"<li>\s*<p><strong>([^<]+)</strong>", page)
    shared = "ورود از مرورگری که از آن همکار دیگری هم وارد می‌شود"
    assert titles == [shared, "ورود", "اجازه داده نشد", "ورود", "ورود ناموفق"]
    assert "اجازه: <bdi>دیدن کاربران</bdi>" in page
    assert "روش: <bdi>باز کردن صفحه</bdi>" in page
    for query, count in {
        "what=denied": 1,
        "actor=civil": 3,
        "actor=staff:auditor": 2,
        "actor=nobody": 0,
        "day=1405/09/03": 5,
        "day=1405/09/02": 0,
        "actor=civil&what=signed_in&day=1405/09/03": 1,
    }.items():
        page = await inside.get(f"/staff/audit?{query}")
        assert len(re.findall(r"<li>\s*<p><strong>", page)) == count, query
    page = await inside.get("/staff/audit?day=never", 422)
    assert ("مانند ۱۴۰۵/۰۹/۰۱" in page, "«فردا»" in page) == (True, False), "what was is looked for"


async def test_a_denial_names_what_it_is_about_and_alike_ones_are_one_row(site: StaffSite, inside: Visitor) -> None:
    first, second = (await site.submitted()).code, (await site.submitted()).code
    await inside.sign_in("admin")
    for code in (first, first, second, first):
        await inside.get(f"/staff/requests/{code}", 403)
    facts = await list_denial_facts(site)
    assert [(one["path"], one["address"]) for one in facts] == [
        (f"/staff/requests/{first}", COLLEAGUE),
        (f"/staff/requests/{second}", COLLEAGUE),
    ]
    assert await count_denials(site) == 4
    await inside.post("/staff/refunds/refund", 403, bill_id="1234567890", payment_id="55")
    assert (await list_denial_facts(site))[-1]["about"] == "1234567890، 55"
    for number in range(MOST_ROWS + 5):
        await inside.get(f"/staff/requests/{number:09}", 403)
    assert len(await list_denial_facts(site)) == MOST_ROWS + 1, "who asks for many things cannot fill the disk"
    assert await count_denials(site) == 5 + MOST_ROWS + 5
    page = await inside.get("/staff/audit?what=denied")
    assert ("دربارهٔ" in page, f"/staff/requests/{first}" in page) == (True, True)


async def test_what_a_stranger_writes_is_shown_as_it_is(site: StaffSite, inside: Visitor) -> None:
    agents = ["0001-01-01T00:00:00+23:00", "0001-01-01", "9999-12-31T23:59:59-12:00", "20261125", "2026-11-25"]
    for agent in agents:
        inside.headers["User-Agent"] = agent
        await inside.sign_in("civil", "wrong", 401)
    del inside.headers["User-Agent"]
    await inside.sign_in("auditor")
    page = await inside.get("/staff/audit")
    assert all(agent in page for agent in agents)


async def test_refusals_that_are_alike_are_shown_with_their_number(site: StaffSite, inside: Visitor) -> None:
    for _ in range(3):
        await inside.sign_in("civil", "wrong", 401)
    await inside.sign_in("nobody", "wrong", 401)
    await inside.sign_in("auditor")
    page = await inside.get("/staff/audit?what=sign_in_refused")
    assert len(re.findall(r"<li>\s*<p><strong>", page)) == 2
    assert page.count("چند بار: <bdi>۳</bdi>") == 1
    assert page.count("آخرین بار: <bdi>") == 1


async def test_rules_and_what_is_priced_are_called_by_their_service(site: StaffSite, inside: Visitor) -> None:
    async with site.store.open_unit() as uow:
        await uow.audit.add_entry(site.clock.now(), "staff:admin", "setting_changed", {"name": "max_machines"})
        facts = {"service": "expert", "kind": "boundary", "per": "square_metre", "rate": 2000}
        await uow.audit.add_entry(site.clock.now(), "staff:revenue", "tariff_withdrawn", facts)
    await inside.sign_in("auditor")
    page = await inside.get("/staff/audit")
    texts = site.demo.desk.catalogue.text
    for key in ("services.machinery.rules.max_machines", "choices.kind.boundary", "choices.per.square_metre"):
        assert f"<bdi>{texts(key)}</bdi>" in page


async def test_the_audit_is_paged(site: StaffSite, inside: Visitor) -> None:
    async with site.store.open_unit() as uow:
        for number in range(51):
            await uow.audit.add_entry(site.clock.now(), "system:test", "import", {"name": f"<b>{number}."})
    await inside.sign_in("auditor")
    page = await inside.get("/staff/audit?actor=system:test")
    assert "&lt;b&gt;50." in page
    assert "&lt;b&gt;0." not in page
    older = page.partition('class="older"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "&lt;b&gt;0." in await inside.get(older)


async def test_a_verification_is_asked_for_and_its_result_kept(site: StaffSite, inside: Visitor) -> None:
    await site.submitted()
    await inside.sign_in("auditor")
    page = await inside.get("/staff/audit")
    assert "هنوز مهری نیست" in page
    await inside.post("/staff/audit/verify")
    assert "در جریان است" in await inside.get("/staff/audit")
    assert "در جریان است" in await inside.post("/staff/audit/verify", 409)
    await seal_history(site.demo.desk, site.store, SIGNER)
    assert await run_requested_verification(site.demo.desk, site.store, lambda: verify_history(site.store, SIGNER))
    assert not await run_requested_verification(site.demo.desk, site.store, lambda: verify_history(site.store, SIGNER))
    page = await inside.get("/staff/audit")
    assert "درست و دست‌نخورده" in page
    assert "<dd>۰</dd>" in page
    assert "/staff/audit/verify" in page


async def test_faults_are_shown_and_audited(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("admin")
    await inside.get("/staff/audit")
    await inside.post("/staff/audit/verify")

    async def damaged() -> Verification:
        return Verification([HistoryFault("event_edited", "123456786", 2)] * 150, 1, 2, 0, 2)

    assert await run_requested_verification(site.demo.desk, site.store, damaged)
    page = await inside.get("/staff/audit")
    assert "۱۵۰ نادرستی" in page
    assert page.count("اقدامی دستکاری شده") == 100
    assert "نادرستی در تاریخچه" in page


def test_every_fault_has_a_name() -> None:
    catalogue = Catalogue.load()
    named = {key.rpartition(".")[2] for key in catalogue.list_keys("admin.audit.fault_kinds.")}
    kinds = set()
    for path in (ROOT / "domain/requests/history.py", ROOT / "domain/actions/history/sealing.py"):
        kinds |= set(re.findall(r'Fault\("([a-z_]+)"', path.read_text("utf-8")))
    assert named == kinds


@pytest.mark.parametrize("username", ["manager", "civil"])
async def test_others_ask_for_no_verification(site: StaffSite, inside: Visitor, username: str) -> None:
    await inside.sign_in(username)
    await inside.get("/staff/account")
    await inside.post("/staff/audit/verify", 403)


LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
PHONE = "Mozilla/5.0 (Linux; Android 13; SM-A536E) AppleWebKit/537.36 (KHTML, like Gecko) "


@each_row(
    ("agent", "shown"),
    [
        (f"{LINUX}Chrome/140.0.0.0 Safari/537.36", "Chrome، Linux"),
        (f"{LINUX}HeadlessChrome/140.0.0.0 Safari/537.36", "Chrome، Linux"),
        (f"{PHONE}SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36", "Samsung Internet، Android"),
        (f"{LINUX}Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge، Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox، Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari، iOS",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_short_and_a_stranger_as_it_says(agent: str, shown: str) -> None:
    assert describe_browser(agent) == shown


async def test_ids_in_facts_are_named_where_there_is_a_name(site: StaffSite, inside: Visitor) -> None:
    facts = {"report": "revenue", "kind": "csv", "registry": "duty", "service": "machinery", "roles": ["civil", "moon"]}
    people = {"absent": "civil", "brought_by": "staff:revenue", "changed": ["full_name", "roles"], "name": "<b>"}
    async with site.store.open_unit() as uow:
        await uow.audit.add_entry(site.clock.now(), "system:test", "export", facts | people | {"state": "failed"})
        await uow.audit.add_entry(site.clock.now(), "system:test", "message_retried", {"state": "failed"})
        await uow.audit.add_entry(site.clock.now(), "system:test", "charge_entered", {"state": "paid"})
    inside.headers["User-Agent"] = f'{LINUX}Chrome/140.0 Safari/537.36 "<i>'
    await inside.sign_in("auditor")
    page = await inside.get("/staff/audit?actor=system:test")
    said = words(page).replace(" :", ":")
    for told in NAMED_FACTS:
        assert told in said, told
    page = await inside.get("/staff/audit?what=signed_in")
    assert 'title="Mozilla/5.0 (X11; Linux x86_64)' in page
    assert "مرورگر: Chrome، Linux" in words(page).replace(" :", ":")
    account = await inside.get("/staff/account")
    assert "Chrome، Linux" in words(account)
    assert "&#34;&lt;i&gt;" in account
