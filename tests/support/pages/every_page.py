"""Something to see on every page of the running site, for whoever looks at all of them.

A page is asked for by its route (its plain form). A route without parts in its address needs no word here; one with
parts must be told of, and whoever adds such a route adds a line.
"""

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import StringIO

from app.jobs.import_jobs import process_import
from channels.admin.addresses import list_address as room
from channels.admin.tariffs.tariff_view import price_address as price
from domain.actions.context import ActorContext
from domain.actions.feedback.feedback import store_comment
from domain.actions.feedback.suggestions import take_suggestion_step
from domain.actions.offices import accounts
from domain.actions.offices.till_closing import close_till
from domain.actions.registries.import_jobs import add_import
from domain.actions.reports.declarations import REPORTS
from domain.actions.settings import setting_changes
from domain.actions.staff import own_account
from domain.actions.tariffs.price_changes import set_price
from domain.actions.tariffs.priced_subjects import list_priced
from domain.authorization.policy import may_use
from domain.feedback.suggestions import SuggestionProgress
from domain.messages.misread_texts import LabelState, MisreadReason, MisreadText, digest_misread
from domain.messages.records import InboundMessage, InboundState
from domain.people.sessions import IDLE_LIMIT, PROOF_FRESHNESS
from domain.registries.declarations import REGISTRIES, Registry
from domain.registries.rows import RegistryRow
from domain.registries.sheet import field_label, write_cell
from domain.reports.ports import StoredReport
from domain.requests.request import ServiceRequest
from domain.tariffs.tariff import PriceTerms
from domain.values.actors import STAFF_ROLES, SYSTEM, Role
from domain.values.calendar import jalali_period
from tests.channels.admin.fleet.test_calendar_pages import paid
from tests.channels.admin.requests.test_print_pages import handed_over
from tests.support.demo_site import MORNING, ORDER
from tests.support.municipality import actor
from tests.support.pages.calendar_visits import calendar_visits
from tests.support.pages.money_visits import (
    attempt_visits,
    card_refund_visits,
    ledger_visits,
    merged_bill_visits,
    settlement_visits,
    transfer_file_visits,
)
from tests.support.pages.page_visits import Looks, PageVisit, list_code_visits, list_settings_visits
from tests.support.pages.route_addresses import plain
from tests.support.scenarios import counter_tills, site_registries
from tests.support.scenarios.expert_opinions import (
    PAPERS,
    answered_opinion,
    asked_opinion,
    price_opinions,
    texted,
)
from tests.support.scenarios.refunds_due import cancelled, paid_twice
from tests.support.scenarios.site_members import at_site
from tests.support.scenarios.taxi_registries import DRIVER_CODE, PLATE
from tests.support.scenarios.taxi_requests import asked_leave
from tests.support.staff_site import StaffSite

_ONE = "/staff/requests/{code}"
STALE, ENDED = 2 * PROOF_FRESHNESS, 2 * IDLE_LIMIT
LONG = "دفتر پیشخوان میدان امام خمینی و خیابان‌های پیرامون"


async def list_page_visits(site: StaffSite) -> Looks:
    """Furnish every page, and say where each is; what is in no route's place stands under "besides"."""
    await site_registries.furnish(site)
    await price_opinions(site)
    for number in "23":
        await site_registries.give(
            site, "machines", {"code": f"L{number}", "type": "loader", "title": f"لودر {number}"}
        )
        await site_registries.give(
            site, "operators", {"code": f"O{number}", "title": f"راننده {number}", "skills": ["loader"]}
        )
    await texted(site, ORDER)
    await cancelled(site)
    told = await _work(site) | await _books(site) | await _house(site) | await _prices(site) | await _reports(site)
    told |= await _due_back(site) | _outside(site)
    told["besides"] = [*_refused(), *list_settings_visits(), *list_code_visits((await site.submitted()).code)]
    rights = {plain(one.path): one.right for one in site.admin.page_routes if one.method == "GET"}
    return told | {
        path: [PageVisit(path, find_busiest_role(site, path))]
        for path in rights
        if path not in told and "{" not in path
    }


def find_busiest_role(site: StaffSite, path: str) -> Role:
    """Role that may do most on a page and below it: there is most to see for them."""
    right = next(one.right for one in site.admin.page_routes if (one.method, plain(one.path)) == ("GET", path))
    steps = [one.right for one in site.admin.page_routes if one.method == "POST" and plain(one.path).startswith(path)]

    def offered(role: Role) -> int:
        return sum(may_use(one, at_site(role)) for one in steps)

    return max((one for one in sorted(STAFF_ROLES) if may_use(right, at_site(one))), key=offered)


async def _work(site: StaffSite) -> dict[str, Sequence[PageVisit]]:
    """Requests in every unit: fresh, asked back, priced, paid, done; with papers, printed and not."""
    opinion, letter, leave = await asked_opinion(site, *PAPERS), await answered_opinion(site), await _permitted(site)
    works, waits = await handed_over(site), await paid(site)
    asked, owed = await site.submitted(), await site.submitted(full_name="سیدمحمدحسین حسینی‌گمیشانی‌نژاد")
    await site.demo.act(asked.code, "ask", Role.CIVIL, {"question": "کوچه چند متر است؟"})
    for step, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await site.demo.act(owed.code, step, role)
    seen = [
        (asked.code, Role.CIVIL),
        (waits.code, Role.CIVIL),
        (owed.code, Role.REVENUE),
        (works, Role.MANAGER),
        (works, Role.AUDITOR),
        (opinion.code, Role.SECRETARIAT),
        (letter.code, Role.EXPERT),
        (leave.code, Role.TAXI_OFFICER),
    ]
    document = (await _documents(site, opinion))[0]
    found = {
        "/staff": [PageVisit("/staff", role) for role in sorted(STAFF_ROLES)],
        "/staff/requests": [
            PageVisit("/staff/requests?q=توماج", Role.MANAGER),
            PageVisit("/staff/requests?q=ت", Role.CIVIL, 422),
        ],
        _ONE: [PageVisit(f"/staff/requests/{code}", role) for code, role in seen],
        f"{_ONE}/documents/{{id}}": [PageVisit(f"/staff/requests/{opinion.code}/documents/{document}", Role.EXPERT)],
    }
    return found | await _printed(site, works, waits, letter, leave) | await calendar_visits(site, waits, opinion)


async def _printed(
    site: StaffSite, works: str, paid_for: ServiceRequest, letter: ServiceRequest, leave: ServiceRequest
) -> dict[str, Sequence[PageVisit]]:
    """Papers, and what verifies them."""
    sheets = [
        (works, "delivery_form", Role.CIVIL),
        (letter.code, "letter", Role.SECRETARIAT),
        (paid_for.code, "receipt", Role.MANAGER),
        (leave.code, "permit", Role.TAXI_OFFICER),
    ]
    tokens = [(await site.request(works)).data["delivery_token"], letter.data["letter_token"]]
    one = f"{_ONE}/print/{{kind}}"
    return {
        f"{one}.html": [PageVisit(f"/staff/requests/{code}/print/{kind}.html", role) for code, kind, role in sheets],
        f"{one}.pdf": [PageVisit(f"/staff/requests/{letter.code}/print/letter.pdf", Role.SECRETARIAT)],
        "/verify/{token}": [
            *(PageVisit(f"/verify/{one}") for one in tokens),
            PageVisit(f"/verify/{'0' * 32}", status=404),
        ],
    }


async def _documents(site: StaffSite, request: ServiceRequest) -> list[int]:
    async with site.store.open_unit(write=False) as uow:
        return [one.id for one in await uow.documents.list_of_request(request.id)]


async def _permitted(site: StaffSite) -> ServiceRequest:
    """A leave with its permit."""
    request = await asked_leave(site)
    for step in ("take", "approve"):
        await site.demo.act(request.code, step, Role.TAXI_OFFICER)
    return request


async def _books(site: StaffSite) -> dict[str, Sequence[PageVisit]]:
    """A row in every registry, and a sheet brought for each."""
    about = {"driver": DRIVER_CODE, "date": "2026-11-20"}
    await site_registries.give(site, "duty", {"vehicle": PLATE, "year": 1405, "amount": 2_500_000})
    await site_registries.give(site, "reward", about | {"kind": "honesty", "text": "کیف مسافر را بازگرداند"})
    await site_registries.give(site, "violation", about | {"kind": "unsafe", "fine": 500_000})
    await site_registries.give(
        site, "maintenance", {"machine": "L2", "begun": "2026-11-20", "kind": "tyre", "cost": 420_000_000}
    )
    told: dict[str, Sequence[PageVisit]] = {}
    for registry in REGISTRIES.values():
        told |= await _book(site, registry)
    told[f"{room(REGISTRIES['driver'])}"] = [
        PageVisit(f"{room(REGISTRIES['driver'])}{query}", Role.TAXI_OFFICER) for query in ("", "?status=active&q=ایری")
    ]
    return told


async def _book(site: StaffSite, registry: Registry) -> dict[str, Sequence[PageVisit]]:
    base, desk = room(registry), site.demo.desk
    row, brings = (await site_registries.rows(site, registry.key))[0], find_busiest_role(site, f"{base}/import")
    sheet, many = _sheet(site, registry, row), 2 if registry.key == "vehicle" else 1  # one that waits is enough
    async with site.store.open_unit() as uow:
        sheets = [
            await add_import(ActorContext(desk, uow, actor(brings)), registry, f"{registry.key}.csv", sheet)
            for _ in range(many)
        ]
    await process_import(desk, site.store, sheets[0].id)
    return {
        f"{base}/{{id}}": [PageVisit(f"{base}/{row.id}", find_busiest_role(site, f"{base}/{{id}}"))],
        f"{base}/{{id}}/edit": [PageVisit(f"{base}/{row.id}/edit", find_busiest_role(site, f"{base}/{{id}}/edit"))],
        f"{base}/import/{{id}}": [
            *(PageVisit(f"{base}/import/{one.id}", brings) for one in sheets),
            PageVisit(f"{base}/import/{sheets[0].id}", Role.AUDITOR),
        ],
        f"{base}/import/{{id}}/report.csv": [PageVisit(f"{base}/import/{sheets[0].id}/report.csv", brings)],
    }


def _sheet(site: StaffSite, registry: Registry, row: RegistryRow) -> bytes:
    """A sheet with the row as it is, and one in which nothing is right."""
    catalogue = site.demo.desk.catalogue
    columns = {one.name: field_label(catalogue, registry, one.name) for one in registry.fields}
    there = [str(write_cell(one, row.values[one.name], catalogue) or "") for one in registry.fields]
    out = StringIO()
    csv.writer(out).writerows([list(columns.values()), there, ["نادرست"] * len(columns)])
    return out.getvalue().encode()


_FIXED_VISITS: dict[str, Sequence[PageVisit]] = {
    "/staff/account/factor.svg": [PageVisit("/staff/account/factor.svg", Role.TAXI_OFFICER)],
    "/staff/misread-texts": [
        *(PageVisit("/staff/misread-texts", role) for role in (Role.SECRETARIAT, Role.AUDITOR)),
        PageVisit("/staff/misread-texts?state=labelled", Role.SECRETARIAT),
    ],
    "/staff/comments/council": [
        PageVisit("/staff/comments/council", Role.AUDITOR),
        PageVisit("/staff/comments/council?progress=accepted", Role.CIVIL),
    ],
}


async def _suggest(site: StaffSite) -> None:
    """A suggestion that came now, and one that was accepted."""
    async with site.store.open_unit() as uow:
        context = ActorContext(site.demo.desk, uow, actor(Role.CITIZEN))
        await store_comment(context, LONG, service="machinery", is_suggestion=True)
        accepted = await store_comment(context, "لودر دوم بخرید", service="machinery", is_suggestion=True)
        await take_suggestion_step(
            context.acting_as(actor(Role.MANAGER)), accepted.id, SuggestionProgress.ACCEPTED, "از بودجهٔ آذر"
        )


async def _house(site: StaffSite) -> dict[str, Sequence[PageVisit]]:
    """An office, a day that was declared, texts, users, the own account with an authenticator that is begun."""
    desk, office = site.demo.desk, "/staff/offices/one/{code}"
    async with site.store.open_unit() as uow:
        context = ActorContext(desk, uow, SYSTEM)
        await accounts.add_office(context, site.vault, "1001", LONG)
        for share in (2_500, 250):
            await accounts.add_commission_rule(context, office="1001", share_bp=share, valid_from=date(2027, 3, 21))
        await setting_changes.declare_day(context, date(2026, 12, 1), False, "روز شهرستان")
        await own_account.begin_enrolment(context, site.vault, "taxi_officer")
    await site.enrolled("manager")
    await _till(site)
    await _came(site)
    ones, till = ("", "/statement", "/statement/lines.csv", "/statement/payments.csv"), "/staff/offices/one/1001/till"
    return {
        f"{office}/till": [
            PageVisit(till, Role.AUDITOR),
            PageVisit(f"{till}?year=1405&day=امروز", Role.REVENUE),
            PageVisit(f"{till}?month=9", Role.REVENUE, 422),
        ],
        **{f"{office}{one}": [PageVisit(f"/staff/offices/one/1001{one}", Role.MANAGER)] for one in ones},
        "/staff/users/one/{username}": [PageVisit("/staff/users/one/civil", Role.ADMIN)],
        "/staff/settings/texts/one/{key}": [PageVisit("/staff/settings/texts/one/sms.help", Role.ADMIN)],
        "/staff/comments": [PageVisit(f"/staff/comments{query}", Role.MANAGER) for query in ("", "?state=every")],
        **_FIXED_VISITS,
        "/staff/messages/received": [
            *(PageVisit("/staff/messages/received", role) for role in (Role.MANAGER, Role.AUDITOR, Role.ADMIN)),
            PageVisit("/staff/messages/received?mobile=12", Role.MANAGER, 422),
        ],
        "/staff/account": [PageVisit("/staff/account", role) for role in (Role.TAXI_OFFICER, Role.MANAGER)],
    }


async def _came(site: StaffSite) -> None:
    """Texts that came in, one for each thing that may become of them, and one of a sender with a long name."""
    desk, silences = site.demo.desk, ("loop", "twice")
    became = [(one, None) for one in InboundState] + [(InboundState.SILENT, one) for one in silences]
    first = InboundMessage(
        id=0,
        channel="sms",
        provider="kavenegar",
        provider_id=None,
        fingerprint="",
        sender="+989121112233",
        mobile="+989121112233",
        recipient="30001405",
        text=LONG,
        received_at=MORNING,
    )
    async with site.store.open_unit() as uow:
        for number, (state, reason) in enumerate(became, 1):
            await uow.inbox.add(
                replace(first, id=desk.ids.new_id(), fingerprint=str(number), state=state, reason=reason or state.name)
            )
        lone = replace(first, id=desk.ids.new_id(), sender="s" * 40, mobile=None, text="", channel="bale")
        await uow.inbox.add(lone)
        for reason in MisreadReason:
            await uow.misread_texts.add(_misread(desk.ids.new_id(), reason))
    await _suggest(site)


def _misread(misread_id: int, reason: MisreadReason) -> MisreadText:
    """A text with everything that is masked, kept for that reason; one of them is labelled."""
    text = f"{LONG} {{mobile}} {{number6}} {{plate}} {{name}} {reason}"
    return MisreadText(
        id=misread_id,
        digest=digest_misread(text),
        text=text,
        reason=reason,
        read_as="machinery",
        count=1,
        first_at=MORNING,
        last_at=MORNING,
        state=LabelState.LABELLED if reason is MisreadReason.CORRECTED else LabelState.OPEN,
        label="track" if reason is MisreadReason.CORRECTED else None,
    )


async def _till(site: StaffSite) -> None:
    """Days of the office's till: closed twice and changed since, closed with a difference, and a bill paid twice."""
    bill, desk, by = await counter_tills.a_bill_to_pay(site), site.demo.desk, actor(Role.REVENUE)
    await counter_tills.report(site, bill, "1")
    for day, declared, note in ((24, 1_000_000_000, LONG), (24, bill.amount, ""), (23, 70_000, LONG)):
        async with site.store.open_unit() as uow:
            await close_till(ActorContext(desk, uow, by), "1001", date(2026, 11, day), declared, note)
    await counter_tills.report(site, bill, "2")


async def _prices(site: StaffSite) -> dict[str, Sequence[PageVisit]]:
    """Prices of every service: set ahead, set twice for a day, from so many hours on, and one price waits for a second
    person."""
    desk = site.demo.desk
    terms = PriceTerms("machinery", {"machine": "loader"}, "hour", 4_000_000, 2, 10, date(2026, 12, 22))
    policy = desk.policy
    async with site.store.open_unit() as uow:
        for rate in (35_000_000, 3_500_000):
            await set_price(
                ActorContext(desk, uow, actor(Role.REVENUE)),
                replace(terms, rate=rate, valid_from=date(2027, 3, 21)),
                far_meant=True,
            )
        band = {**terms.dimensions, "from": "8"}
        await set_price(ActorContext(desk, uow, actor(Role.REVENUE)), replace(terms, dimensions=band), far_meant=True)
    desk.apply_settings(1, replace(policy, tariffs_need_approval=True), desk.calendar, {})
    async with site.store.open_unit() as uow:
        await set_price(ActorContext(desk, uow, actor(Role.REVENUE)), terms, far_meant=True)
    desk.apply_settings(2, policy, desk.calendar, {})
    ones = {key: dict(found[0].dimensions) for key, found in list_priced(desk).items()}
    return {
        "/staff/tariffs/{service}": [
            *(PageVisit(price(key, what), Role.REVENUE) for key, what in ones.items()),
            PageVisit(price("machinery", band), Role.REVENUE),
            PageVisit(price("machinery", band | {"from": "99"}), Role.REVENUE, 422),
        ],
        "/staff/tariffs": [PageVisit("/staff/tariffs", role) for role in (Role.REVENUE, Role.MANAGER)],
    }


async def _due_back(site: StaffSite) -> dict[str, Sequence[PageVisit]]:
    """Money that must go back, on the list and on the pages of a fine and a duty, which have their receipts; that of a
    cancelled request is there before.
    """
    looks = [PageVisit("/staff/refunds", role) for role in (Role.REVENUE, Role.MANAGER, Role.AUDITOR)]
    told: dict[str, Sequence[PageVisit]] = {
        "/staff/refunds": [
            *looks,
            PageVisit("/staff/refunds?page=x", Role.REVENUE, 422),
            *await card_refund_visits(site),
        ],
        **await transfer_file_visits(site),
        **await attempt_visits(site),
        **await merged_bill_visits(site),
        **await ledger_visits(site),
        **await settlement_visits(site),
    }
    for key in ("violation", "duty"):
        base, row = room(REGISTRIES[key]), (await site_registries.rows(site, key))[0].id
        await paid_twice(site, key, row)
        for kind in ("html", "pdf"):
            told[f"{base}/{{id}}/print/receipt.{kind}"] = [
                PageVisit(f"{base}/{row}/print/receipt.{kind}", Role.REVENUE)
            ]
    return told


async def _reports(site: StaffSite) -> dict[str, Sequence[PageVisit]]:
    """Each report, narrowed down and misunderstood, and one that was kept."""
    kept, one = StoredReport(7, "manager", *jalali_period(1405, 8), "m.xlsx", 3, MORNING), "/staff/reports/{name}"
    async with site.store.open_unit() as uow:
        await uow.reports.save_report(kept, b"abc")
    return {
        one: [
            *(PageVisit(f"/staff/reports/{key}", Role.MANAGER) for key in REPORTS),
            PageVisit("/staff/reports/civil?month=9", Role.CIVIL),
            PageVisit("/staff/reports/revenue?from=دیروزها", Role.REVENUE, 422),
        ],
        f"{one}.{{kind}}": [PageVisit("/staff/reports/civil.csv", Role.CIVIL)],
        "/staff/reports/kept/{id}": [PageVisit("/staff/reports/kept/7", Role.MANAGER)],
    }


def _outside(site: StaffSite) -> dict[str, Sequence[PageVisit]]:
    """The door, the forms of every service, and what is for everybody."""
    return {
        "/": [PageVisit("/")],
        "/staff/walk-in/{service}": [
            PageVisit(f"/staff/walk-in/{key}", Role.CIVIL) for key, one in site.demo.desk.services.items() if one.form
        ],
        "/services/{key}": [
            *(PageVisit(f"/services/{key}") for key in site.demo.desk.services),
            PageVisit("/services/machinery?received=yes"),
        ],
        "/services/{key}/request/offline": [PageVisit("/services/machinery/request/offline")],
        "/offline": [PageVisit("/offline")],
        "/services/{key}/price": [
            PageVisit("/services/machinery/price"),
            PageVisit("/services/machinery/price?machine=loader&hours=2.5"),
            PageVisit("/services/machinery/price?machine=loader&hours=900", status=422),
            PageVisit("/services/expert/price?kind=subdivision"),
            PageVisit("/services/expert/price?kind=other", status=404),
        ],
        "/demo/phone": [PageVisit("/demo/phone"), PageVisit("/demo/phone?mobile=12", status=422)],
        "/demo/chat": [PageVisit("/demo/chat"), PageVisit("/demo/chat?mobile=12", status=422)],
        "/staff/sign-in": [PageVisit("/staff/sign-in")],
        "/staff/second-factor": [PageVisit("/staff/second-factor", Role.CIVIL)],
    }


def _refused() -> Sequence[PageVisit]:
    """Refused values: nothing there, no right, and a proof that has grown old."""
    vehicles = room(REGISTRIES["vehicle"])
    return [
        PageVisit("/no-such-page", status=404),
        PageVisit("/services/none", status=404),
        PageVisit("/staff/none", status=404),
        PageVisit("/staff/requests/123456786", Role.CIVIL, 404),
        PageVisit("/staff/users", Role.CIVIL, 403),
        PageVisit(f"{vehicles}/export", Role.TAXI_OFFICER, 401, idle=STALE),
    ]
