"""Settings at the staff's site: rules, days, texts and their history; in force at once, also where they were read."""

import re
from datetime import date, time
from html import unescape

import pytest

from domain.actions.context import ActorContext
from domain.actions.fleet.booked_days import list_codes_booked_on
from domain.actions.requests.act import act_on_request
from domain.actions.settings.setting_changes import renew_settings
from domain.settings.records import SettingChange
from domain.values.actors import Role
from domain.values.text import persian_digits
from domain.values.tracking_codes import display_code, parse_code
from tests.support.demo_site import build_desk
from tests.support.municipality import actor
from tests.support.pages.page_forms import read_version
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import OUTSIDE, StaffSite, Visitor, visitor

HELP = "/staff/settings/texts/one/sms.help"
RULES = "/staff/settings/rules"


async def changes(site: StaffSite) -> list[SettingChange]:
    """Every change, newest first."""
    async with site.store.open_unit(write=False) as uow:
        return await uow.setting_changes.list_recent(None, 100)


@pytest.fixture
async def admin(inside: Visitor) -> Visitor:
    """The administrator, signed in."""
    await inside.sign_in("admin")
    return inside


async def confirm(admin: Visitor, group: str, status: int = 303, /, **form: str) -> str:
    """Set the rules of a group, as somebody who saw what they do."""
    return await admin.post(f"{RULES}/{group}", status, confirmed="yes", **form)


async def test_a_holiday_names_what_is_booked_on_it(site: StaffSite, admin: Visitor) -> None:
    request = await site.submitted()
    async with site.store.open_unit() as uow:
        await act_on_request(
            ActorContext(site.demo.desk, uow, actor(Role.CIVIL)), parse_code(request.code), "accept", {}
        )
    page = await admin.get("/staff/settings/days")
    await admin.post("/staff/settings/days", version=read_version(page), day="1405/09/05", kind="holiday", note="سیل")
    page = words(await admin.get("/staff/settings/days"))
    assert "سر جایش می‌ماند" in page
    assert persian_digits(" ".join(display_code(request.code).split())) in page
    async with site.store.open_unit(write=False) as uow:
        assert await list_codes_booked_on(uow, [date(2026, 11, 26), date(2026, 11, 27)]) == {
            date(2026, 11, 26): [request.code]
        }


async def test_a_rule_is_set_and_given_back(site: StaffSite, admin: Visitor) -> None:
    page = await admin.get("/staff/settings")
    assert "پیش‌فرض: ۲۱ تا ۸" in page
    await confirm(admin, "deadlines", version=read_version(page), payment_days="۵", settlement_banking_days="4")
    desk = site.demo.desk
    assert (desk.policy.payment_days, desk.policy.settlement_banking_days) == (5, 4)
    page = await admin.get("/staff/settings")
    assert re.search(r'name="payment_days" value="۵|name="payment_days" value="5', page)
    await confirm(admin, "deadlines", version=read_version(page), payment_days="", settlement_banking_days="4")
    assert (desk.policy.payment_days, desk.policy.settlement_banking_days) == (3, 4)
    made = [(one.name, one.before, one.value, one.by) for one in await changes(site)]
    assert made == [
        ("payment_days", 5, None, "staff:admin"),
        ("settlement_banking_days", 2, 4, "staff:admin"),
        ("payment_days", 3, 5, "staff:admin"),
    ]


async def test_what_a_change_does_is_shown_before_it_is_made(site: StaffSite, admin: Visitor) -> None:
    await site.submitted()
    page = await admin.get("/staff/settings")
    assert 'name="payment_days" value="۳"' in page, "the box holds the value in force"
    assert "قبض تا پایان این چند روز پس از صدور پرداخت می‌شود" in page
    form = {"office_hours": "۷ تا ۱۳", "quiet_hours": "۲۱ تا ۸"}
    page = await admin.post(f"{RULES}/hours", 200, version=read_version(page), **form)
    said = words(page)
    assert "هنوز چیزی ثبت نشده است" in said
    assert "مهلت ۱ درخواست باز که پیش‌تر حساب شده همان می‌ماند" in said
    assert "ساعت خاموشی پیامک" not in said, "what stays as it is is no change"
    assert await changes(site) == []
    await confirm(admin, "hours", version=read_version(page), **form)
    assert [change.name for change in await changes(site)] == ["office_hours"]
    kept = await admin.post(f"{RULES}/hours", version=read_version(await admin.get("/staff/settings")), **form)
    assert "done=settings_same" in kept


async def test_a_kept_value_that_means_nothing_any_more_is_not_shown_as_in_force(
    site: StaffSite, admin: Visitor
) -> None:
    async with site.store.open_unit() as uow:
        await uow.setting_changes.add(SettingChange("payment_days", 3, 9999, "staff:admin", site.clock.now()))
    page = await admin.get("/staff/settings")
    assert 'name="payment_days" value="۳"' in page
    said = words(await admin.post(f"{RULES}/deadlines", 200, version=read_version(page), payment_days="5"))
    assert "۹۹۹۹" not in said


async def test_a_service_says_which_of_its_requests_a_rule_moves(site: StaffSite, admin: Visitor) -> None:
    await site.submitted()
    version = read_version(await admin.get("/staff/settings"))
    form = {"refund_unused_hours": "no", "max_machines": "4"}
    said = words(await admin.post(f"{RULES}/machinery", 200, version=version, **form))
    assert "۱ درخواست باز این خدمت هم با مقدار تازه پیش می‌رود" in said
    assert "۱ درخواست باز این خدمت همان‌گونه که پذیرفته شده می‌ماند" in said
    said = words(await admin.post(f"{RULES}/money", 200, version=version, refund_limit="60,000,000"))
    assert "۰ مورد بیش از سقف تازه است" in said
    assert "۵۰٬۰۰۰٬۰۰۰ ۶۰٬۰۰۰٬۰۰۰" in said


async def test_hours_and_choices_are_set(site: StaffSite, admin: Visitor) -> None:
    page = await admin.get("/staff/settings")
    hours = {"quiet_hours": "۲۲ تا ۷", "thursday_hours": "8-12", "office_hours": "۷:۳۰ تا ۱۳"}
    await confirm(admin, "hours", version=read_version(page), **hours)
    found = site.demo.desk.calendar.work_hours
    assert found.quiet == (time(22), time(7))
    assert (found.thursday, found.office) == ((time(8), time(12)), (time(7, 30), time(13)))
    page = await admin.get("/staff/settings")
    assert 'value="۲۲ تا ۷"' in page
    await confirm(admin, "hours", version=read_version(page), **hours | {"thursday_hours": "بسته"})
    assert site.demo.desk.calendar.work_hours.thursday is None
    page = await admin.get("/staff/settings")
    await confirm(admin, "money", version=read_version(page), rounding_mode="up", tariffs_need_approval="yes")
    page = await admin.get("/staff/settings")
    await confirm(admin, "machinery", version=read_version(page), refund_unused_hours="no", max_machines="4")
    policy = site.demo.desk.policy
    assert (policy.rounding_mode, policy.tariffs_need_approval) == ("up", True)
    assert policy.service_values == {"refund_unused_hours": False, "max_machines": 4}


@pytest.mark.parametrize(
    ("group", "field", "typed"),
    [
        ("hours", "office_hours", "۱۴ تا ۸"),
        ("hours", "office_hours", "بسته"),
        ("hours", "quiet_hours", "شب"),
        ("money", "rounding_step", "1500"),
        ("money", "rounding_mode", "sideways"),
        ("limits", "loop_guard", "0"),
        ("deadlines", "payment_days", "400"),
        ("taxi_leave", "leave_counts_fridays", "maybe"),
        ("machinery", "max_machines", "<b>"),
    ],
)
async def test_a_rule_that_cannot_be_is_told(
    site: StaffSite, admin: Visitor, group: str, field: str, typed: str
) -> None:
    page = await admin.get("/staff/settings")
    page = await admin.post(f"{RULES}/{group}", 422, version=read_version(page), **{field: typed})
    assert f'id="{field}-problem"' in page
    assert "<b>" not in page
    assert await changes(site) == []


async def test_who_comes_second_is_told(site: StaffSite, admin: Visitor) -> None:
    page = await admin.get("/staff/settings")
    old = read_version(page)
    await confirm(admin, "deadlines", version=old, payment_days="5")
    assert "در این فاصله" in await confirm(admin, "deadlines", 409, version=old, payment_days="7")
    assert site.demo.desk.policy.payment_days == 5
    await confirm(admin, "machinery", version=old, max_machines="4")
    await confirm(admin, "moon", 404, version=old)
    before = await changes(site)
    for strange in ({"version": "x"}, {"version": ""}, {}):
        page = await confirm(admin, "machinery", 409, max_machines="4", **strange)
        assert "در این فاصله" in page
        assert read_version(page) != old
        await confirm(admin, "machinery", 409, max_machines="5", **strange)
    assert await changes(site) == before


async def test_a_day_is_declared_and_forgotten(site: StaffSite, admin: Visitor) -> None:
    page = await admin.get("/staff/settings/days")
    day = date(2026, 12, 1)
    assert site.demo.desk.calendar.is_working_day(day)
    await admin.post(
        "/staff/settings/days", version=read_version(page), day="1405/09/10", kind="holiday", note="سوگواری <b>"
    )
    assert not site.demo.desk.calendar.is_working_day(day)
    page = await admin.get("/staff/settings/days")
    assert "سه‌شنبه ۱۰ آذر ۱۴۰۵" in page
    assert "سوگواری &lt;b&gt;" in page
    number = read_version(page)
    await admin.post(f"/staff/settings/days/{day}/forget", version=number)
    assert site.demo.desk.calendar.is_working_day(day)
    await admin.post(f"/staff/settings/days/{day}/forget", 404, version=number)
    await admin.post("/staff/settings/days/tomorrow/forget", 404)
    wrong = await admin.post("/staff/settings/days", 422, version=number, day="آن روز", kind="holiday")
    assert 'aria-invalid="true"' in wrong
    assert [(one.before, one.value) for one in await changes(site)] == [("holiday", None), (None, "holiday")]


async def test_who_declares_a_day_second_is_told(site: StaffSite, admin: Visitor) -> None:
    way, day = "/staff/settings/days", date(2026, 12, 1)
    old = read_version(await admin.get(way))
    await admin.post(way, version=old, day="1405/09/10", kind="holiday", note="سوگواری")
    page = await admin.post(way, 409, version=old, day="1405/09/10", kind="working", note="کار")
    assert "در این فاصله" in page
    assert 'value="کار"' in page
    assert "سوگواری" in page, "what the other one declared"
    assert not site.demo.desk.calendar.is_working_day(day)
    assert "در این فاصله" in await admin.post(f"{way}/{day}/forget", 409, version=old)
    await admin.post(way, version=old, day="1405/09/11", kind="holiday")
    before = await changes(site)
    await admin.post(way, 409, day="1405/09/12", kind="holiday")
    assert await changes(site) == before
    await admin.post(way, version=read_version(page), day="1405/09/10", kind="working", note="کار")
    assert site.demo.desk.calendar.is_working_day(day)


async def test_a_text_is_worded_anew_everywhere(site: StaffSite, admin: Visitor) -> None:
    page = await admin.get(HELP)
    wording = "پیشخوان ما؛ شماره را بفرستید:\n{menu}"
    await admin.post(HELP, version=read_version(page), text=wording)
    assert site.demo.desk.catalogue.text("sms.help") == wording
    assert site.demo.desk.catalogue.part_budget("sms.help") == 4
    page = await admin.get("/staff/settings/texts?which=changed")
    assert "پیشخوان ما؛" in page
    assert "sms.choose" not in page
    old = read_version(await admin.get(HELP))
    wording = "پیشخوان شما؛ شماره را بفرستید:\n{menu}"
    await admin.post(HELP, version=old, text=wording)
    page = await admin.post(f"{HELP}/reset", 409, version=old)
    assert "چیزی ثبت نشد." in page
    assert "در این فاصله" in page
    assert "پیشخوان شما؛" in page, "what stands there now"
    assert site.demo.desk.catalogue.text("sms.help") == wording
    await admin.post(f"{HELP}/reset", version=read_version(page))
    assert "شهرداری گمیشان" in site.demo.desk.catalogue.text("sms.help")
    title = "/staff/settings/texts/one/admin.comments.title"
    await admin.post(title, version=read_version(await admin.get(title)), text="نظرهای مردم")
    assert "<h1>نظرهای مردم</h1>" in await comments_page(site)


async def test_texts_are_grouped_by_service_and_moment_with_a_sample(admin: Visitor) -> None:
    page = await admin.get("/staff/settings/texts")
    assert 'href="/staff/settings/texts?table=services.taxi_leave">مرخصی تاکسی</a>' in page
    said = words(await admin.get("/staff/settings/texts?table=services.taxi_leave"))
    assert said.index("پیام به شهروند در هر اقدام") < said.index("پس از «پذیرش»") < said.index("پاسخ پیگیری")
    assert "مرخصی 868 536 289 پذیرفته شد: شنبه ۱۴ آذر تا دوشنبه ۱۶ آذر، داخل شهر. مجوز ۱۴۰۵/۴۸" in said


async def test_a_preview_shows_sample_and_parts_and_keeps_nothing(site: StaffSite, admin: Visitor) -> None:
    way = "/staff/settings/texts/one/services.taxi_leave.notices.consent"
    page = await admin.get(way)
    assert "بلندترین صورت: ۱ بخش؛ مجاز: ۲" in words(page)
    form = {"text": "مالک با مرخصی {code} موافق است. " + "درخواست شما بررسی می‌شود. " * 3, "preview": "yes"}
    page = await admin.post(way, 200, version=read_version(page), **form)
    assert "مالک با مرخصی 868 536 289 موافق است." in words(page)
    assert "بلندترین صورت: ۲ بخش؛ مجاز: ۲" in words(page)
    assert "هنوز چیزی ثبت نشده است" in words(page)
    assert "مالک با مرخصی {code} موافق است." in page, "what was typed stays in its box"
    assert await changes(site) == []
    page = await admin.post(way, 422, version=read_version(page), **form | {"text": "ن" * 200})
    assert 'role="alert"' in page


@pytest.mark.parametrize(("typed", "status"), [({"text": "{menu}", "preview": "yes"}, 200), ({"text": "{menu"}, 422)])
async def test_who_looks_again_is_still_told_of_a_change_since(
    site: StaffSite, admin: Visitor, typed: dict[str, str], status: int
) -> None:
    old, wording = read_version(await admin.get(HELP)), "پیشخوان ما؛ شماره را بفرستید:\n{menu}"
    await admin.post(HELP, version=old, text=wording)
    page = await admin.post(HELP, status, version=old, **typed)
    await admin.post(HELP, 409, version=read_version(page), text="شماره را بفرستید:\n{menu}")
    assert site.demo.desk.catalogue.text("sms.help") == wording


async def test_texts_of_several_tables_are_told_apart(admin: Visitor) -> None:
    said = words(await admin.get("/staff/settings/texts?q=notices.submit"))
    for table in ("کارکرد ماشین‌آلات", "مرخصی تاکسی"):
        assert f"{table}، پیام به شهروند در هر اقدام" in said


async def test_parts_are_counted_with_every_fact_that_may_be_typed(admin: Visitor) -> None:
    page = unescape(await admin.get("/staff/settings/texts/one/errors.expired_dialogue"))
    assert '"phone": "+۹۸' in page


async def comments_page(site: StaffSite) -> str:
    """The page of comments as the manager sees it."""
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        return await manager.get("/staff/comments")


@pytest.mark.parametrize(
    "typed", ["", "{menu", "{menu} {code}", "{}", "{menu!r}", "{menu:x}", "ن" * 500, "م" * 2001, "{menu.real}"]
)
async def test_a_text_that_fails_its_proof_is_told_and_stays_in_its_box(
    site: StaffSite, admin: Visitor, typed: str
) -> None:
    page = await admin.get(HELP)
    before = site.demo.desk.catalogue.text("sms.help")
    page = await admin.post(HELP, 422, version=read_version(page), text=typed)
    assert 'role="alert"' in page
    assert typed in unescape(page)
    assert site.demo.desk.catalogue.text("sms.help") == before
    assert await changes(site) == []


@pytest.mark.parametrize(
    "gap", ["{code.__class__}", "{code[0]}", "{0}", "{}", "{code!r}", "{code:{code}}", "{secret}", "{% x %}", "{{7*7}}"]
)
async def test_a_text_calls_up_nothing_but_its_named_gaps(site: StaffSite, admin: Visitor, gap: str) -> None:
    """An expression that a template language would reckon is refused, or said as it stands (ASVS 5.0, 1.3.7)."""
    key = "services.taxi_leave.notices.consent"
    way, text = f"/staff/settings/texts/one/{key}", site.demo.desk.catalogue.text(key)
    page = await admin.get(way)
    form = {"csrf": admin.csrf, "version": read_version(page), "text": f"{text} {gap}"}
    answer = await admin.client.post(way, data=form, headers=admin.headers, allow_redirects=False)
    catalogue = site.demo.desk.catalogue
    if answer.status == 303:
        said = catalogue.render(key, dict.fromkeys(catalogue.list_fact_names(key), "x"))
        assert said.endswith((gap, "{7*7}"))
    else:
        assert (answer.status, catalogue.text(key)) == (422, text)


async def test_a_text_may_not_cut_what_citizens_write(site: StaffSite, admin: Visitor) -> None:
    key = "services.expert.summary"
    way = f"/staff/settings/texts/one/{key}"
    text = site.demo.desk.catalogue.text(key)
    assert "{text:200}" in text
    page = await admin.get(way)
    assert "{place:40}" in await admin.post(
        way, 422, version=read_version(page), text=text.replace("{text:200}", "{text}")
    )
    await admin.post(way, version=read_version(page), text=text.replace("{text:200}", "{text:180}"))
    assert "{text:180}" in site.demo.desk.catalogue.text(key)


async def test_what_the_proofs_reckon_with_is_no_text(admin: Visitor) -> None:
    await admin.get("/staff/settings/texts/one/limits.question", 404)
    await admin.get("/staff/settings/texts/one/no.such.text", 404)


async def test_a_list_is_written_line_by_line(site: StaffSite, admin: Visitor) -> None:
    way = "/staff/settings/texts/one/services.machinery.steps"
    page = await admin.get(way)
    await admin.post(way, version=read_version(page), text="نخست\n\n دوم \nسوم")
    assert site.demo.desk.catalogue.text_lines("services.machinery.steps") == ["نخست", "دوم", "سوم"]


async def test_the_history_tells_who_changed_what(site: StaffSite, admin: Visitor) -> None:
    page = await admin.get("/staff/settings")
    await confirm(admin, "hours", version=read_version(page), quiet_hours="۲۲ تا ۶")
    await admin.post("/staff/settings/days", version=read_version(page), day="1405/09/10", kind="holiday")
    page = await admin.get("/staff/settings/changes")
    for shown in ("۲۱ تا ۸", "۲۲ تا ۶", "ساعت خاموشی پیامک", "سه‌شنبه ۱۰ آذر ۱۴۰۵", "مانند تقویم", "کارمند admin"):
        assert shown in page


async def test_another_process_takes_it_up(site: StaffSite, admin: Visitor) -> None:
    other = build_desk(site.clock)
    assert await renew_settings(other, site.store)
    page = await admin.get("/staff/settings")
    await confirm(admin, "deadlines", version=read_version(page), payment_days="9")
    await admin.post("/staff/settings/days", version=read_version(page), day="1405/09/10", kind="holiday")
    assert other.policy.payment_days == 3
    assert await renew_settings(other, site.store)
    assert other.policy.payment_days == 9
    assert not other.calendar.is_working_day(date(2026, 12, 1))
    assert not await renew_settings(other, site.store)


async def test_others_read_and_the_outside_changes_nothing(site: StaffSite, admin: Visitor) -> None:
    async with visitor(site) as auditor:
        await auditor.sign_in("auditor")
        for path in ("/staff/settings", "/staff/settings/days", HELP, "/staff/settings/changes"):
            page = await auditor.get(path)
            assert 'method="post" action="/staff/settings' not in page or "disabled" in page
        await auditor.post(f"{RULES}/deadlines", 403, payment_days="1")
    secret = await site.enrolled("admin")
    async with visitor(site, OUTSIDE) as outside:
        await outside.sign_in("admin")
        await outside.get("/staff/second-factor")
        await outside.post("/staff/second-factor", code=site.code_of(secret))
        await outside.get("/staff/settings")
        await outside.post(f"{RULES}/deadlines", 403, payment_days="1", version="0")
    assert await changes(site) == []
