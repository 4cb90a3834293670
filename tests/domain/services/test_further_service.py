"""A further service by one declaration and its texts: tree pruning, as `docs/add-a-service.md` has it to the letter.

Nothing else of the project knows it. It is asked for, tracked, paid, cancelled and rated by SMS, entered and worked on
by the staff's actions, shown on the public page; and `check_services` finds whatever is planted in it.
"""

import tomllib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.actions.context import ActorContext
from domain.actions.feedback import service_page
from domain.actions.feedback.view_counting import ViewCounter
from domain.actions.messages import notify
from domain.actions.tariffs import price_changes
from domain.actions.walk_ins import entering
from domain.check import check_services
from domain.engine.personal_data import erase_personal_data
from domain.fields.form import Field
from domain.fields.types import Text
from domain.language.service import Notice, Service, State, Transition
from domain.language.summary_columns import SummaryColumns
from domain.messages.catalogue import Catalogue, load_shipped_texts
from domain.requests.request import Phase
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values.actors import Role
from domain.values.message_parts import count_parts
from scripts.structure import SOURCE_PACKAGES
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality, StandingClock, actor, build_desk, municipality
from tests.support.scenarios.further_service import FOLDER, PAGE, TEXTS, TREES, WORDS
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES
from tests.support.tables import each_row

ONE_SHOT = "هرس ۳ درخت شنبه خیابان امام، پلاک ۱۲"
RATE = 2_000_000
PRICE = RATE * 3 * 110 // 100


@pytest.fixture
async def town(database: Path) -> AsyncIterator[Municipality]:
    """A municipality that offers tree pruning beside machines, with a price."""
    clock = StandingClock()
    desk = build_desk(clock, services=(MACHINERY_WORK, TREES), texts=WORDS)
    async with municipality(database, desk, clock) as opened:
        async with opened.store.open_unit() as uow:
            await price_changes.add_tariff(
                ActorContext(desk, uow, actor(Role.REVENUE)),
                TREES.key,
                {"work": "pruning"},
                rate=RATE,
                unit="tree",
                vat_percent=10,
            )
        yield opened


async def test_one_text_asks_for_it(town: Municipality) -> None:
    heard = await town.say(CITIZEN, ONE_SHOT)
    assert heard.key == "services.tree_pruning.notices.submit"
    request = await town.request(heard.code)
    assert (request.service, request.fields) == (
        "tree_pruning",
        {"trees": 3, "date": "2026-11-28", "place": "خیابان امام، پلاک ۱۲"},
    )


async def test_it_is_asked_field_by_field(town: Municipality) -> None:
    assert "هرس درخت" in (await town.say(CITIZEN, "راهنما")).text
    assert (await town.say(CITIZEN, "راهنما هرس")).key == "sms.about.tree_pruning"
    assert (await town.say(CITIZEN, "هرس")).text == "چند درخت؟ (۱ تا ۵۰)"
    assert "۱ تا ۵۰" in (await town.say(CITIZEN, "هزار")).text
    asked = await town.says("سه", "پس‌فردا", "کوچه بهار")
    assert asked.text.startswith("هرس درخت:\n۳ درخت، پنج‌شنبه ۵ آذر\nکوچه بهار")
    assert (await town.say(CITIZEN, "۱")).codes


async def test_it_runs_to_its_end_by_sms(town: Municipality) -> None:
    code = await town.order(ONE_SHOT)
    assert (await town.do(code, "accept", Role.CIVIL)).state == "awaiting_payment"
    assert "۶٬۶۰۰٬۰۰۰" in (await town.say(CITIZEN, code)).text
    [bill] = await town.bills(code)
    assert (bill.amount, bill.bill_id in (await town.say(CITIZEN, f"قبض {code}")).text) == (PRICE, True)
    assert (await town.say(NEIGHBOUR, code)).key == "sms.status_of_other"
    await town.pay(code)
    assert (await town.do(code, "prune", Role.CIVIL)).phase is Phase.DONE
    assert (await town.say(CITIZEN, "۵")).key == "sms.rated"
    assert [event.event for event in await town.history(code)] == ["submit", "accept", "bill", "pay", "prune", "rate"]
    assert await town.keys() == [
        "submit",
        "bill",
        "awaiting_payment",
        "pay",
        "pay",
        "prune",
        "rated",
    ]


async def test_it_is_cancelled_by_sms_before_and_after_the_payment(town: Municipality) -> None:
    code = await town.order(ONE_SHOT)
    assert (await town.say(CITIZEN, f"لغو {code}")).key == "services.tree_pruning.notices.cancel"
    paid = await town.order(ONE_SHOT)
    await town.do(paid, "accept", Role.CIVIL)
    await town.pay(paid)
    assert (await town.say(CITIZEN, f"لغو {paid}")).key == "sms.offer.cancel"
    assert (await town.request(paid)).state == "paid"
    assert (await town.say(CITIZEN, "بله")).key == "services.tree_pruning.notices.cancel"
    assert (await town.request(paid)).state == "cancelled"
    assert [one.amount for one in await town.refunds(paid)] == [PRICE]


async def test_staff_enter_it_and_wait_for_the_money_in_vain(town: Municipality) -> None:
    by, form = actor(Role.CIVIL), {"trees": "۲", "date": "1405/09/10", "place": "میدان شهدا"}
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, by)
        outcome = await entering.enter_walk_in(context, "tree_pruning", form, CITIZEN)
        await notify.announce_outcome(context, outcome)
    code = outcome.request.code
    await town.do(code, "accept", Role.CIVIL, trees="4")
    assert (await town.bills(code))[-1].amount == RATE * 4 * 110 // 100
    town.advance(days=7)
    await town.run_timers()
    assert (await town.request(code)).state == "expired"
    assert (await town.keys())[:2] == ["submit", "bill"]


async def test_its_page_is_there_and_a_low_rating_reopens_it(town: Municipality) -> None:
    code = await town.order(ONE_SHOT)
    await town.do(code, "accept", Role.CIVIL)
    await town.do(code, "waive", Role.REVENUE, reason="مدرسه")
    await town.do(code, "prune", Role.CIVIL)
    await town.say(CITIZEN, "نظر هرس بد بود")
    again = (await town.says("۲", "بله")).codes[-1]
    assert (await town.request(again)).fields == (await town.request(code)).fields
    seen = await service_page.visit_service_page(
        town.desk, town.store, "tree_pruning", view_counter=ViewCounter(town.store)
    )
    assert (seen.views, seen.opinion.average_score, sum(seen.opinion.comment_counts.values())) == (1, 2.0, 1)
    old = await town.request(code)
    erase_personal_data(TREES, old)
    assert old.fields == {"trees": 3, "date": "2026-11-28"}


# What `pishkhan check` proves of it


def flaws(service: Service, texts: dict[str, Any] = WORDS) -> list[str]:
    """Faults of the declaration."""
    own_file = f"services/{TREES.key}/texts/fa.toml"
    others = [table for file_name, table in load_shipped_texts().items() if file_name != own_file]
    catalogue = Catalogue([*others, texts])
    return [str(one) for one in check_services([*SHIPPED_SERVICES.values(), service], catalogue)]


async def test_the_help_menu_has_room_for_it(town: Municipality) -> None:
    heard = await town.say(CITIZEN, "راهنما")
    assert count_parts(heard.text) <= town.desk.catalogue.part_budget("sms.help")
    assert town.desk.catalogue.text("intents.tree_pruning") in heard.text


def test_nothing_is_wrong_with_it() -> None:
    assert flaws(TREES) == []


def without(service: Service, *names: str) -> Service:
    """Take steps away."""
    return replace(service, transitions=tuple(one for one in service.transitions if one.name not in names))


def changed(name: str, **changes: Any) -> Service:
    """Change every step of that name."""
    steps = (replace(one, **changes) if one.name == name else one for one in TREES.transitions)
    return replace(TREES, transitions=tuple(steps))


def unguarded() -> Service:
    """Let trees be pruned whether the bill is paid or not."""
    steps = (replace(one, guards=()) if one.name in {"pay", "prune"} else one for one in TREES.transitions)
    return replace(TREES, transitions=tuple(steps))


LOST = State("lost", Phase.IN_PROGRESS)
ASTRAY = Transition("lose", ("paid",), "lost", frozenset({Role.CIVIL}))
PLANTED: dict[str, tuple[Callable[[], Service], set[str]]] = {
    "unreachable state": (
        lambda: without(TREES, "reject"),
        {"unreachable: rejected"},
    ),
    "dead end": (
        lambda: replace(TREES, states=(*TREES.states, LOST), transitions=(*TREES.transitions, ASTRAY)),
        {
            "dead_end: lost",
            "no_text: services.tree_pruning.states.lost",
            "no_text: services.tree_pruning.actions.lose",
        },
    ),
    "role-less action": (lambda: changed("prune", roles=frozenset()), {"no_role: prune"}),
    "unpaid work": (unguarded, {"given_unpaid: prune"}),
    "work before any bill": (lambda: changed("prune", source_states=("submitted", "paid")), {"given_unpaid: prune"}),
    "state that is none": (lambda: changed("reject", target_state="refused"), {"unknown_state: refused"}),
    "nothing in the rows of queues": (lambda: replace(TREES, summary=SummaryColumns()), {"no_summary: summary"}),
    "missing notice": (
        lambda: changed("reject", notices=(Notice("sorry"),)),
        {"no_text: services.tree_pruning.notices.sorry"},
    ),
    "missing field text": (
        lambda: replace(TREES, form=(*TREES.form, Field("kind", Text(20)))),
        {
            "no_text: services.tree_pruning.fields.kind.label",
            "no_text: services.tree_pruning.fields.kind.prompt",
        },
    ),
    "missing state map": (lambda: replace(TREES, version=2), {"no_state_map: version 1"}),
    "wrong state map": (
        lambda: replace(
            TREES, version=2, state_maps={1: {"paid": "waiting"}}, former_states={1: {"paid": Phase.IN_PROGRESS}}
        ),
        {"state_map_into_nowhere: paid -> waiting"},
    ),
    "map of a version to come": (
        lambda: replace(TREES, state_maps={7: {}}),
        {"state_map_of_no_version: version 7"},
    ),
}


@each_row("fault", PLANTED)
def test_each_planted_fault_is_found(fault: str) -> None:
    plant, found = PLANTED[fault]
    assert set(flaws(plant())) == {f"tree_pruning: {one}" for one in found}


def test_what_its_texts_lack_is_found() -> None:
    texts = tomllib.loads(TEXTS)
    own = texts["services"]["tree_pruning"]
    del own["benefits"], own["actions"]["prune"]
    own["notices"]["free"] = "ن" * 140
    own["notices"]["reject"] = "درخواست {code} {unheard_of}"
    assert set(flaws(TREES, texts)) == {
        "tree_pruning: no_text: services.tree_pruning.benefits",
        "tree_pruning: no_text: services.tree_pruning.actions.prune",
        "tree_pruning: over_budget: services.tree_pruning.notices.free needs 3 parts, may have 2",
        "tree_pruning: unbounded_placeholder: services.tree_pruning.notices.reject: longest.unheard_of",
        "tree_pruning: unfilled: services.tree_pruning.notices.reject: unheard_of",
    }


def test_a_word_of_another_service_is_found() -> None:
    keyword = replace(TREES.keywords[0], intent=replace(TREES.keywords[0].intent, certain_words=("هرس", "ماشین")))
    assert flaws(replace(TREES, keywords=(keyword,))) == ["tree_pruning: word_of_two_services: ماشین"]


def no_shared_file() -> Iterator[str]:
    """Shared files that speak of it."""
    root = PAGE.parents[1]
    for package in SOURCE_PACKAGES:
        for path in (root / package).rglob("*"):
            name = path.relative_to(root).as_posix()
            if path.suffix not in {".py", ".toml", ".html"} or name.startswith(f"{FOLDER}/"):
                continue
            if "tree_pruning" in path.read_text("utf-8"):
                yield name


def test_nothing_else_of_the_project_knows_it() -> None:
    assert list(no_shared_file()) == []
