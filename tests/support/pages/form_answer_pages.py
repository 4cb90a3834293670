"""Pages that answer a form, over everything that `every_page` furnished: what was refused, asked again or shown once.

They are looked at when all that is opened was, for one or the other changes something.
"""

from collections.abc import Mapping, Sequence
from itertools import chain

from channels.admin.addresses import list_address as room
from channels.admin.tariffs.tariff_view import price_address as price
from domain.actions.papers.printouts import list_issued_papers
from domain.actions.registries.duties import plan_duties
from domain.actions.tariffs.priced_subjects import list_priced
from domain.registries.declarations import DRIVER, DUTY, MACHINES, VEHICLE
from domain.requests.request import RequestFilter
from domain.values.actors import Role
from tests.channels.admin.registries.test_charge_pages import price as price_duties
from tests.support.municipality import actor
from tests.support.pages.every_page import ENDED, STALE
from tests.support.pages.page_visits import PageVisit
from tests.support.scenarios import site_registries
from tests.support.scenarios.taxi_registries import DRIVER_CODE
from tests.support.staff_site import PASSWORD, StaffSite

LONG = "نوشته‌ای که در این جا نمی‌گنجد و به هر حال باید در یک صفحهٔ باریک جا شود"
ORDER: Mapping[str, str] = {
    "citizen_mobile": "09121112233",
    "full_name": LONG,
    "national_code": "1234567890",
    "items-0-machine": "loader",
    "items-0-hours": "چهار",
    "date": "دیروز",
    "start": "۸",
    "place": LONG,
}
ENTERED: Mapping[str, str] = {
    **ORDER,
    "national_code": "0499370899",
    "items-0-hours": "۴",
    "date": "۱۴۰۵/۱۱/۰۵",
}
MEMBER: Mapping[str, str] = {"username": "سارا", "full_name": LONG, "mobile": "12", "role": "civil"}
SUBSTITUTE: Mapping[str, str] = {"absent": "civil", "deputy": "expert", "from": "فردا", "to": "دیروز"}


async def answers(site: StaffSite) -> Sequence[PageVisit]:
    """Say what is posted, by whom, and how that is answered."""
    for kind in ("line", "van"):
        await price_duties(site, kind, 4_000_000)
    return [*await _of_work(site), *await _of_rows(site), *await _of_money(site), *_of_the_house()]


async def _of_work(site: StaffSite) -> Sequence[PageVisit]:
    """A form of the desk that is refused, and one for another unit; requests that cannot be given; an old proof, asked
    for twice; and the way back into a session that ended meanwhile, up to where the form waits to be sent again.
    """
    async with site.store.open_unit(write=False) as uow:
        found = await uow.requests.list_requests(RequestFilter())
    owed = next(one for one in found if one.state == "awaiting_payment")
    printed, paper_kind = next(
        (one, kind) for one in found for kind in list_issued_papers(site.demo.desk, one, actor(Role.MANAGER))
    )
    of_two = " ".join(f"{one.code}:{one.revision}" for one in (owed, printed))
    back, ticked = f"/staff/requests/{owed.code}/refund", {"code": f"{owed.code}:{owed.revision}"}
    return [
        PageVisit("/staff/walk-in/machinery", Role.CIVIL, 422, form=ORDER),
        PageVisit("/staff/walk-in/machinery", Role.EXPERT, form=ENTERED),
        PageVisit("/staff/assign", Role.MANAGER, 409, form={"assignee": "taxi_officer", **ticked}),
        PageVisit("/staff/papers", Role.MANAGER, 409, form={"paper": paper_kind, "all": of_two}),
        PageVisit(back, Role.REVENUE, 401, idle=STALE, form={"iban": LONG}),
        PageVisit(back, Role.REVENUE, 401, idle=STALE, form={"iban": LONG, "proof_password": "wrong"}),
        PageVisit(back, Role.REVENUE, 401, idle=ENDED, form={"iban": LONG, "lost_file": "file"}),
        PageVisit(back, Role.REVENUE, idle=ENDED, form={"iban": LONG, "lost_file": "file", "proof_password": PASSWORD}),
    ]


async def _of_rows(site: StaffSite) -> Sequence[PageVisit]:
    """Rows that are refused, or that a colleague has changed meanwhile, and a file that was forgotten."""
    driver = await site_registries.row(site, DRIVER.key, national_code=DRIVER_CODE)
    machine = await site_registries.row(site, MACHINES.key, code="L2")
    lost = {"version": "9", "name": LONG, "status": "active"}
    return [
        PageVisit(f"{room(MACHINES)}/new", Role.CIVIL, 422, form={"title": LONG}),
        PageVisit(f"{room(VEHICLE)}/new", Role.TAXI_OFFICER, 422, form={"plate": LONG}),
        PageVisit(f"{room(DRIVER)}/{driver.id}/edit", Role.TAXI_OFFICER, 409, form=lost),
        PageVisit(f"{room(VEHICLE)}/import", Role.TAXI_OFFICER, 422, form={}),
        PageVisit(f"{room(MACHINES)}/{machine.id}/back/1", Role.CIVIL, 404, form={}),
    ]


async def _of_money(site: StaffSite) -> Sequence[PageVisit]:
    """A price that is refused and one that is looked at, a till that is not closed, and the duties of a year."""
    loader = price("machinery", dict(list_priced(site.demo.desk)["machinery"][0].dimensions))
    terms = {"rate": "۵٬۰۰۰٬۰۰۰", "minimum": "۲", "vat_percent": "۱۰", "valid_from": "۱۴۰۶/۰۱/۱۵"}
    preview, duties = loader.replace("?", "/preview?", 1), f"{room(DUTY)}/generate"
    till = "/staff/offices/one/1001/till"
    revenue = actor(Role.REVENUE)
    sum_of_year = (await plan_duties(site.demo.desk, site.store, 1405, revenue)).amount
    years = {("چهار", 0): 422, ("۱۴۰۴", 0): 200, ("۱۴۰۵", 7): 409, ("۱۴۰۵", sum_of_year): 200}  # no price in 1404
    return [
        PageVisit(loader, Role.REVENUE, 422, form=terms | {"rate": "ارزان"}),
        PageVisit(loader, Role.REVENUE, 409, form=terms | {"far": "yes"}),
        PageVisit(preview, Role.REVENUE, form=terms),
        PageVisit(till, Role.REVENUE, 422, form={"day": "امروز", "amount": LONG}),
        PageVisit(till, Role.REVENUE, 409, form={"day": "۱۴۰۵/۰۹/۰۳", "amount": "۷", "note": LONG, "version": "1"}),
        *(
            PageVisit(duties, Role.REVENUE, status, form={"year": year, "shown": str(amount)})
            for (year, amount), status in years.items()
        ),
    ]


def _of_the_house() -> Sequence[PageVisit]:
    """Forms of the administrator and the manager that are refused."""
    house, rules = "/staff/settings", {"version": "0"}
    forms: Mapping[Role, Mapping[str, Mapping[str, str]]] = {
        Role.ADMIN: {
            "/staff/users": MEMBER,
            "/staff/users/one/civil/change": {"role": "civil"},
            f"{house}/rules/hours": rules | {"office_hours": "۱۴ تا ۸"},
            f"{house}/days": rules | {"day": LONG},
            f"{house}/texts/one/sms.help": rules | {"text": "{nothing}"},
        },
        Role.MANAGER: {
            "/staff/users/substitutes": SUBSTITUTE,
            "/staff/offices": {"code": "۱۲ ۳۴", "name": LONG},
            "/staff/offices/one/1001/networks": {"network": "300.1.1.1"},
            "/staff/offices/one/1001/name": {"name": ""},
            "/staff/offices/commission": {"per_request": LONG},
        },
    }
    account, office, stale = "/staff/users/one/civil/change", "/staff/offices/one/1001", {"version": "0"}
    return [
        *chain.from_iterable(_refused(role, found) for role, found in forms.items()),
        PageVisit(account, Role.ADMIN, 409, form={"full_name": LONG, "role": "revenue"} | stale),
        PageVisit(f"{office}/name", Role.MANAGER, 409, form={"name": LONG} | stale),
        PageVisit(f"{office}/networks", Role.MANAGER, 409, form={"network": "192.0.2.0/24"} | stale),
        PageVisit("/staff/offices/commission", Role.MANAGER, 409, form={"share": "۲", "valid_from": "امروز"}),
        PageVisit(f"{house}/texts/one/sms.help/reset", Role.ADMIN, 409, form={}),
        *(PageVisit(f"/staff/account/{path}", Role.MANAGER, 409, form={}) for path in ("factor", "factor/confirm")),
        PageVisit("/staff/account/sessions/end", Role.MANAGER, 404, form={}),
    ]


def _refused(role: Role, forms: Mapping[str, Mapping[str, str]]) -> Sequence[PageVisit]:
    return [PageVisit(path, role, 422, form=form) for path, form in forms.items()]
