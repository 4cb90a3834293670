"""The staff's accounts at their own site: added, changed, switched, given new passwords; substitutes."""

import re
from dataclasses import replace

import pytest

from domain.people.person import StaffMember
from domain.values.actors import Role
from tests.channels.admin.audit_reader import list_audited
from tests.support.pages.page_forms import read_version
from tests.support.staff_site import NEW_PASSWORD, OUTSIDE, StaffSite, Visitor, visitor

CIVIL = "/staff/users/one/civil"


async def member(site: StaffSite, username: str) -> StaffMember | None:
    """An account as it is now."""
    async with site.store.open_unit(write=False) as uow:
        return await uow.people.find_staff(username)


@pytest.fixture
async def admin(inside: Visitor) -> Visitor:
    """The administrator at the list of users."""
    await inside.sign_in("admin")
    await inside.get("/staff/users")
    return inside


def secret(page: str) -> str:
    """The password that a page tells."""
    found = re.search(r'class="card secret".*?<code dir="ltr">([^<]+)</code>', page, re.DOTALL)
    assert found
    return found[1]


async def test_somebody_is_added_and_signs_in(site: StaffSite, admin: Visitor) -> None:
    page = await admin.post(
        "/staff/users", 200, username="sara.n", full_name="سارا نوری", mobile="۰۹۱۲ ۱۱۱ ۲۲۳۳", role=["civil", "expert"]
    )
    kept = await member(site, "sara.n")
    assert kept
    assert (kept.roles, kept.mobile) == (frozenset({Role.CIVIL, Role.EXPERT}), "+989121112233")
    assert secret(page) not in await admin.get("/staff/users")
    async with visitor(site) as newcomer:
        await newcomer.sign_in("sara.n", secret(page))
        await newcomer.get("/staff", 303)
        assert "سارا نوری" in await newcomer.get("/staff/account")
        await newcomer.post(
            "/staff/account/password",
            new_password=NEW_PASSWORD,
            again=NEW_PASSWORD,
            proof_password=secret(page),
        )
        assert "سارا نوری" in await newcomer.get("/staff")


async def test_what_cannot_be_added_is_told(site: StaffSite, admin: Visitor) -> None:
    good = {"username": "sara", "full_name": "سارا", "role": "civil"}
    for change, field, status in (
        ({"username": "سارا"}, "username", 422),
        ({"username": "civil"}, "username", 409),
        ({"role": []}, "role", 422),
        ({"role": "citizen"}, "role", 422),
        ({"mobile": "12"}, "mobile", 422),
        ({"full_name": ""}, "full_name", 422),
        ({"username": "-x"}, "username", 422),
        ({"username": "x" * 41}, "username", 422),
    ):
        page = await admin.post("/staff/users", status, **good | change)
        assert f'id="add-{field}-problem"' in page, change
    assert await member(site, "sara") is None


async def test_roles_and_names_are_changed(site: StaffSite, admin: Visitor) -> None:
    seen = read_version(await admin.get(CIVIL))
    await admin.post(f"{CIVIL}/change", full_name="نام تازه", mobile="", role=["revenue", "civil"], version=seen)
    kept = await member(site, "civil")
    assert kept
    assert (kept.full_name, kept.roles) == ("نام تازه", frozenset({Role.CIVIL, Role.REVENUE}))
    page = await admin.get(CIVIL)
    assert re.search(r'value="revenue" checked', page)
    assert not re.search(r'value="expert" checked', page)
    assert 'aria-invalid="true"' in await admin.post(
        f"{CIVIL}/change", 422, full_name="نام", mobile="abc", role="civil"
    )
    await admin.get("/staff/users/one/nobody", 404)
    await admin.post("/staff/users/one/nobody/change", 404, full_name="کسی", role="civil")


async def test_the_last_administrator_stays(site: StaffSite, admin: Visitor) -> None:
    own = "/staff/users/one/admin"
    seen = read_version(await admin.get(own))
    page = await admin.post(f"{own}/change", 403, full_name="مدیر", role="civil", version=seen)
    assert "نقش‌های خودتان را خودتان عوض نمی‌کنید" in page
    assert "تنها مدیر سامانه" in await admin.post(f"{own}/switch", 409, active="no")
    other = read_version(await admin.get(CIVIL))
    await admin.post(f"{CIVIL}/change", full_name="دومی", role=["admin", "civil"], version=other)
    await admin.post(f"{own}/change", 403, full_name="مدیر", role="civil", version=seen)
    await admin.sign_in("civil")
    await admin.get(own)
    await admin.post(f"{own}/change", full_name="مدیر", role="civil", version=seen)
    kept = await member(site, "admin")
    assert kept
    assert kept.roles == {Role.CIVIL}


async def test_the_second_of_two_administrators_is_told(site: StaffSite, admin: Visitor) -> None:
    seen = read_version(await admin.get(CIVIL))
    async with visitor(site) as other:
        await other.sign_in("admin")
        await other.get(CIVIL)
        his = {"full_name": "نام او", "mobile": "09121112233", "role": ["civil", "expert"]}
        await other.post(f"{CIVIL}/change", **his, version=seen)
    mine = {"full_name": "نام من", "mobile": "", "role": "civil"}
    page = await admin.post(f"{CIVIL}/change", 409, **mine, version=seen)
    assert "مدیر دیگری این حساب را تغییر داد" in page
    assert 'value="نام من"' in page, "what was typed is not lost"
    now = page.split('<div class="note">')[1].split("</div></dl>")[0]
    assert re.findall(r"<dd><bdi>(.*?)</bdi>", now) == ["نام او", "09121112233", "واحد عمران، واحد کارشناسی"]
    kept = await member(site, "civil")
    assert kept
    assert (kept.full_name, kept.mobile) == ("نام او", "+989121112233")
    await admin.post(f"{CIVIL}/change", 409, **mine)
    await admin.post(f"{CIVIL}/change", **mine, version=read_version(page))
    kept = await member(site, "civil")
    assert kept
    assert (kept.full_name, kept.roles, kept.mobile) == ("نام من", frozenset({Role.CIVIL}), None)
    assert (await list_audited(site)).count(("staff:admin", "staff_changed")) == 2


async def test_switching_off_ends_the_sessions(site: StaffSite, admin: Visitor) -> None:
    async with visitor(site) as civil:
        await civil.sign_in("civil")
        await civil.get("/staff")
        await admin.get(CIVIL)
        await admin.post(f"{CIVIL}/switch", active="no")
        await civil.get("/staff", 303)
        await civil.sign_in("civil", status=401)
        await admin.post(f"{CIVIL}/switch", active="yes")
        await civil.sign_in("civil")
        await admin.post(f"{CIVIL}/sessions")
        await civil.get("/staff", 303)


async def test_a_new_password_takes_the_place_of_the_old(site: StaffSite, admin: Visitor) -> None:
    async with visitor(site) as civil:
        await civil.sign_in("civil")
        await admin.get(CIVIL)
        page = await admin.post(f"{CIVIL}/password", 200)
        await civil.get("/staff", 303)
        await civil.sign_in("civil", status=401)
        await civil.sign_in("civil", secret(page))


async def test_a_new_password_leaves_the_second_factor_in_place(site: StaffSite, admin: Visitor) -> None:
    factor = await site.enrolled("civil")
    await admin.get(CIVIL)
    made = secret(await admin.post(f"{CIVIL}/password", 200))
    async with visitor(site, OUTSIDE) as civil:
        assert await civil.sign_in("civil", made) == "/staff/second-factor?next=%2Fstaff"
        await civil.get("/staff", 303)
        await civil.get("/staff/second-factor")
        await civil.post("/staff/second-factor", 401, code="123456")
        await civil.post("/staff/second-factor", code=site.code_of(factor))
        await civil.get("/staff/account")


async def test_an_administrator_unlocks_an_account(site: StaffSite, admin: Visitor) -> None:
    async with visitor(site, OUTSIDE) as guesser, visitor(site) as inside:
        for who in (guesser, inside):
            for _ in range(5):
                await who.sign_in("civil", "wrong", 401)
            await who.sign_in("civil", "wrong", 429)
        page = await admin.get(CIVIL)
        assert ("از بیرون سازمان" in page, "203.0.113.9" in page, f"{CIVIL}/unlock" in page) == (True, True, True)
        assert await admin.post(f"{CIVIL}/unlock") == f"{CIVIL}?done=unlocked"
        assert f"{CIVIL}/unlock" not in await admin.get(f"{CIVIL}?done=unlocked")
        await guesser.sign_in("civil", "wrong", 401)
        assert await inside.sign_in("civil") == "/staff"
    assert ("staff:admin", "unlocked") in await list_audited(site)
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        await manager.get(CIVIL)
        await manager.post(f"{CIVIL}/unlock", 403)


async def test_a_lost_second_factor_is_taken_away(site: StaffSite, admin: Visitor) -> None:
    await site.enrolled("civil")
    assert f"{CIVIL}/factor" in await admin.get(CIVIL)
    await admin.post(f"{CIVIL}/factor")
    assert f"{CIVIL}/factor" not in await admin.get(CIVIL)
    async with visitor(site, OUTSIDE) as civil:
        await civil.sign_in("civil", status=401)
    await admin.post(f"{CIVIL}/factor", 404)


async def test_substitutes_are_named(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("manager")
    way = "/staff/users/substitutes"
    await inside.get(way)
    days = {"from": "امروز", "to": "فردا"}
    await inside.post(way, absent="civil", deputy="expert", **days)
    page = await inside.get(way)
    assert "۱۴۰۵/۰۹/۰۴" in page
    assert "switch on" in page
    for wrong in ({"deputy": "civil"}, {"to": "دیروز"}, {"absent": "nobody"}, {"from": ""}):
        form = {"absent": "civil", "deputy": "expert", **days} | wrong
        assert 'aria-invalid="true"' in await inside.post(way, 422, **form)
    assert "تنها مدیر سامانه" in await inside.post(way, 403, absent="admin", deputy="manager", **days)
    async with site.store.open_unit(write=False) as uow:
        (made,) = await uow.people.list_substitutions(site.clock.at.date())
    assert (made.absent, made.deputy, made.made_by) == ("civil", "expert", "staff:manager")


async def test_a_substitute_of_one_who_became_an_administrator_is_no_administrator(
    site: StaffSite, inside: Visitor
) -> None:
    way, named = "/staff/users/substitutes", {"absent": "civil", "deputy": "expert", "from": "امروز"}
    await inside.sign_in("manager")
    await inside.get(way)
    await inside.post(way, **named, to="فردا")
    async with site.store.open_unit() as uow:
        civil = await uow.people.find_staff("civil")
        assert civil
        await uow.people.save_staff(replace(civil, roles=civil.roles | {Role.ADMIN}))
    async with visitor(site) as expert:
        await expert.sign_in("expert")
        await expert.get("/staff/users", 403)
        await expert.get("/staff/fleet")
    page = await inside.get(way)
    assert ("بدون نقش مدیر سامانه" in page, f"{way}/end" in page) == (True, True), "it is still the manager's to end"
    await inside.post(f"{way}/end", **named | {"from": "2026-11-24"})
    assert "تعیین نشده است" in await inside.get(way)


async def test_a_substitute_is_ended_at_once(site: StaffSite, inside: Visitor) -> None:
    way = "/staff/users/substitutes"
    await inside.sign_in("admin")
    await inside.get(way)
    for days in ({"from": "امروز", "to": "فردا"}, {"from": "فردا", "to": "پس فردا"}):
        await inside.post(way, absent="civil", deputy="expert", **days)
    async with visitor(site) as expert:
        await expert.sign_in("expert")
        await expert.get("/staff/fleet")
        page = await inside.get(way)
        assert ("پایان همین حالا" in page, ">لغو<" in page) == (True, True)
        whose = {"absent": "civil", "deputy": "expert"}
        await inside.post(f"{way}/end", **whose, **{"from": "2026-11-24"})
        await expert.get("/staff/fleet", 403)
    page = await inside.get(way)
    assert ("پایان همین حالا</button>" in page, ">لغو<" in page) == (False, True)
    await inside.post(f"{way}/end", **whose, **{"from": "2026-11-25"})
    assert "تعیین نشده است" in await inside.get(way)
    assert 'role="alert"' in await inside.post(f"{way}/end", 404, **whose, **{"from": "2026-11-25"})
    assert (await list_audited(site)).count(("staff:admin", "substitute_ended")) == 2
    assert "پایان جانشینی" in await inside.get("/staff/audit")


async def test_an_administrators_substitute_is_ended_by_an_administrator(site: StaffSite, inside: Visitor) -> None:
    way, named = "/staff/users/substitutes", {"absent": "admin", "deputy": "civil", "from": "امروز"}
    await inside.sign_in("admin")
    await inside.get(way)
    await inside.post(way, **named, to="امروز")
    assert f"{way}/end" in await inside.get(way)
    async with visitor(site) as auditor:
        await auditor.sign_in("auditor")
        assert "پایان همین حالا" not in await auditor.get(way)
        await auditor.post(f"{way}/end", 403, **named)
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        assert f"{way}/end" not in await manager.get(way)


async def test_nobody_is_offered_as_an_own_substitute_nor_becomes_it(site: StaffSite, inside: Visitor) -> None:
    way, days = "/staff/users/substitutes", {"from": "امروز", "to": "فردا"}
    await inside.sign_in("manager")
    offered = (await inside.get(way)).split('name="deputy"')[1].split("</select>")[0]
    assert ('value="expert"' in offered, 'value="manager"' in offered) == (True, False)
    page = await inside.post(way, 403, absent="revenue", deputy="manager", **days)
    assert "کسی خودش را جانشین همکارش نمی‌کند" in page
    assert "ناظر جانشین واحدها نمی‌شود" in await inside.post(way, 403, absent="revenue", deputy="auditor", **days)
    assert (await list_audited(site)).count(("staff:manager", "denied")) == 2
    await inside.get("/staff/refunds")
    await inside.get("/staff/tariffs")
    async with site.store.open_unit(write=False) as uow:
        assert await uow.people.list_substitutions(site.clock.at.date()) == []
