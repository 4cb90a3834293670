"""`pishkhan check` finds in a stranger's declaration what would fail later, and says where it is and what to do."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from domain.blocks.asking import REASON, StoreReason
from domain.blocks.charging import IssueBill
from domain.check import check_services
from domain.check.declared.forms import ASKING_CHANNELS
from domain.check.explanations import EXPLANATIONS, explain_flaw
from domain.check.flaws import Flaw
from domain.check.texts.unused_texts import list_unused_texts
from domain.fields.form import Field
from domain.fields.stored import StoredFields, stored_text
from domain.fields.types import Choice, Integer, Text
from domain.language.intents import Keyword
from domain.language.locks import FieldLock
from domain.language.service import Effect, Guard, Notice, Service, State, StepContext, Transition, Trigger
from domain.messages.catalogue import Catalogue
from domain.requests.request import Phase, RequestFilter, ServiceRequest
from domain.services import SERVICES
from domain.tariffs.tariff import PricedSubject
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role
from scripts.structure import parse_file
from tests.support.scenarios.further_service import TREES, WORDS
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES
from tests.support.tables import each_row

ROOT = Path(__file__).parents[3]
CIVIL = frozenset({Role.CIVIL})


def found(service: Service, **tables: Any) -> set[str]:
    """Check the further service beside those of today, some tables of its texts worded otherwise."""
    own = {**WORDS["services"][TREES.key], **tables}
    texts = Catalogue.load({**WORDS, "services": {TREES.key: own}})
    return {f"{flaw.kind}: {flaw.subject}" for flaw in check_services([*SHIPPED_SERVICES.values(), service], texts)}


def changed(name: str, **changes: Any) -> Service:
    """Change every step of that name."""
    steps = (replace(step, **changes) if step.name == name else step for step in TREES.transitions)
    return replace(TREES, transitions=tuple(steps))


def and_field(**changes: Any) -> Service:
    """Ask for a note besides."""
    return replace(TREES, form=(*TREES.form, replace(Field("note", Text(20)), **changes)))


PERMIT_TOKEN = stored_text("permit_token")


@dataclass(frozen=True, slots=True)
class IssuePermit(Effect):
    """Keeps a token that no paper is known to bear."""

    stores: ClassVar[StoredFields] = (PERMIT_TOKEN,)

    async def apply_effect(self, context: StepContext) -> None:
        """Keep it."""


async def list_others(uow: UnitOfWork, service: str) -> list[ServiceRequest]:
    """Read the requests of everybody."""
    return await uow.requests.list_requests(RequestFilter(service=service))


@dataclass(frozen=True, slots=True)
class FirstOfAll(Guard):
    """Counts, by way of a function of its module, and holds nothing."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look at everybody's."""
        return not await list_others(context.uow, context.request.service)


def count_all(requests: list[ServiceRequest]) -> int:
    """Count what was read: a list that is called as a repository is."""
    return len(requests)


@dataclass(frozen=True, slots=True)
class FirstByLocalName(Guard):
    """Counts, by way of a repository under a name of its own, and holds nothing."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look at everybody's."""
        repository = context.uow.requests
        return not count_all(await repository.list_requests(RequestFilter(service=context.request.service)))


@dataclass(frozen=True, slots=True)
class BillByHand(Effect):
    """Makes a bill, says that it may be undone, and brings nothing back."""

    is_undoable: ClassVar[bool] = True
    issues_bill: ClassVar[bool] = True

    async def apply_effect(self, context: StepContext) -> None:
        """Make it."""


@dataclass(frozen=True, slots=True)
class FirstOfItsPlace(FirstOfAll):
    """Counts, and holds what it counts."""

    locks: ClassVar = (FieldLock("place"),)


LOOP = (
    Transition("on", ("submitted",), "priced", trigger=Trigger.AUTOMATIC),
    Transition("back", ("priced",), "submitted", trigger=Trigger.AUTOMATIC),
)
PLANTED: dict[str, tuple[Callable[[], Service], str]] = {
    "a bill without a price": (
        lambda: changed("reject", effects=(StoreReason(), IssueBill())),
        "lacks_kept_value: reject: quote",
    ),
    "a reason that nobody must give": (
        lambda: changed("reject", inputs=(replace(REASON, required=False),)),
        "effect_lacks_input: reject.reason",
    ),
    "words that the history would not show": (
        lambda: changed("reject", inputs=(replace(REASON, is_note=False),)),
        "words_not_noted: reject.reason",
    ),
    "a token of no paper": (lambda: changed("prune", effects=(IssuePermit(),)), "secret_shown: permit_token"),
    "a token that no step makes": (
        lambda: replace(TREES, printables=(replace(TREES.printables[0], token_field=PERMIT_TOKEN),)),
        "token_never_kept: permit_token",
    ),
    "steps for ever": (lambda: replace(TREES, transitions=(*TREES.transitions, *LOOP)), "endless_steps: submitted"),
    "a form's guard that counts and holds nothing": (
        lambda: replace(TREES, submit_guards=(*TREES.submit_guards, FirstOfAll())),
        "reads_unlocked: FirstOfAll",
    ),
    "a step's guard that counts and holds nothing": (
        lambda: changed("prune", guards=(FirstOfAll(),)),
        "reads_unlocked: FirstOfAll",
    ),
    "a guard that counts by a local name": (
        lambda: changed("prune", guards=(FirstByLocalName(),)),
        "reads_unlocked: FirstByLocalName",
    ),
    "a bill that undoing would leave": (
        lambda: changed("accept", effects=(BillByHand(),), undo_minutes=10),
        "undo_lasts: accept",
    ),
    "a reopening's guard that counts and holds nothing": (
        lambda: replace(TREES, reopen_guard=FirstOfAll()),
        "reads_unlocked: FirstOfAll",
    ),
    "a channel that is none": (lambda: and_field(deferred_in=frozenset({"fax"})), "unknown_channel: note: fax"),
    "a source that is none": (lambda: and_field(autofill="person.shoe_size"), "unknown_source: note: person.shoe_size"),
    "a stand-in that is none": (lambda: and_field(alternatives=("sketch",)), "unknown_field: sketch"),
    "a field that only a command line asks for": (
        lambda: and_field(deferred_in=ASKING_CHANNELS),
        "nobody_asked: note",
    ),
    "a choice among nothing": (lambda: and_field(type=Choice()), "no_choices: note"),
    "a name that is none": (lambda: and_field(name="Notiz 2"), "bad_name: Notiz 2"),
    "two fields of one name": (lambda: and_field(name="place"), "double_field: place"),
    "an operation of another service": (
        lambda: replace(TREES, soap_operation="SubmitTaxiLeave"),
        "operation_twice: SubmitTaxiLeave",
    ),
    "an operation that is no name": (lambda: replace(TREES, soap_operation="هرس"), "bad_operation: هرس"),
    "a unit without words": (
        lambda: replace(TREES, priced_items=(PricedSubject({"work": "pruning"}, "tree", (1,)),)),
        "no_text: admin.tariffs.units.tree",
    ),
    "a sample that is never priced": (
        lambda: replace(TREES, priced_items=(PricedSubject({"work": "pruning"}, "hour", (90,), max_amount=50),)),
        "sample_beyond: work=pruning",
    ),
    "a band as a thing": (
        lambda: replace(TREES, priced_items=(PricedSubject({"work": "pruning", "from": "5"}, "hour", (9,)),)),
        "band_declared: from=5, work=pruning",
    ),
    "a word of a command": (
        lambda: replace(TREES, keywords=(Keyword(replace(TREES.keywords[0].intent, certain_words=("قبض",))),)),
        "word_of_two_intents: 'قبض' stands for 'pay' and for 'tree_pruning'",
    ),
    "more trees than a text has room for": (
        lambda: replace(TREES, form=(Field("trees", Integer(1, 10**40)), *TREES.form[1:])),
        "over_budget: services.tree_pruning.notices.unit_paid needs 2 parts, may have 1",
    ),
}


@each_row("fault", PLANTED)
def test_each_planted_fault_is_named(fault: str) -> None:
    plant, flaw = PLANTED[fault]
    assert flaw in found(plant())


def test_a_guard_that_holds_what_it_counts_is_none() -> None:
    assert not any("reads_unlocked" in flaw for flaw in found(changed("prune", condition=FirstOfItsPlace())))


STATES = WORDS["services"][TREES.key]["states"]
NOTICES = WORDS["services"][TREES.key]["notices"]


@pytest.mark.parametrize(
    ("table", "texts", "unfilled"),
    [
        ("states", STATES | {"submitted": "در نوبت {nobody_knows}"}, "states.submitted: nobody_knows"),
        ("status", {"submitted": "{code} {amount}"}, "status.submitted: amount"),
        ("status", {"paid": "{code} {letter_number}"}, "status.paid: letter_number"),
        ("notices", NOTICES | {"cancel": "{code} {reason}"}, "notices.cancel: reason"),
        ("summary", "{trees} {mobile}", "summary: mobile"),
        ("title", "هرس {trees}", "title: trees"),
        ("lookups", {"price": {"summary": "هر {trees}"}}, "lookups.price.summary: trees"),
    ],
)
def test_a_placeholder_where_none_is_filled(table: str, texts: Any, unfilled: str) -> None:
    assert f"unfilled: services.tree_pruning.{unfilled}" in found(TREES, **{table: texts})


def test_a_field_that_may_be_empty_fills_no_text() -> None:
    """A citizen who leaves it out would be answered that something went wrong."""
    service = and_field(required=False)
    assert "unfilled: services.tree_pruning.notices.submit: note" in found(
        service, notices=NOTICES | {"submit": "{code} {note}"}
    )


@pytest.mark.parametrize(
    ("name", "leaf", "flaw"),
    [
        ("pay_soon", NOTICES["pay_soon"]["text"], "reminder_of_other_class"),
        ("pay_soon", {"text": "مهلت {code}", "class": "reminder"}, "stop_unsaid"),
        ("cancel", "درخواست {code} لغو شد. لغو۱۱", "stops_nothing"),
        ("cancel", {"text": "{code}\nلغو۱۱", "class": "receipt"}, "stops_nothing"),
    ],
)
def test_a_text_says_whether_it_can_be_stopped(name: str, leaf: Any, flaw: str) -> None:
    assert f"{flaw}: services.tree_pruning.notices.{name}" in found(TREES, notices=NOTICES | {name: leaf})


def test_more_services_than_a_text_can_name() -> None:
    intent = TREES.keywords[0].intent
    more = [
        replace(TREES, key=f"trees_{number}", keywords=(Keyword(replace(intent, name=f"tree_{number}")),))
        for number in range(30)
    ]
    names = {f"tree_{number}": "هرس درختان کهن‌سال" for number in range(30)}
    for number, service in enumerate(more):
        words = (f"هرس {number}",)
        more[number] = replace(service, keywords=(Keyword(replace(service.keywords[0].intent, certain_words=words)),))
    flaws = check_services(more, Catalogue.load({"intents": names}))
    assert any(flaw.kind == "over_budget" and flaw.subject.startswith("sms.help needs") for flaw in flaws)


def test_texts_that_nothing_asks_for_are_named() -> None:
    stale = {"services": {"machinery": {"notices": {"acept": "…"}, "status": {"nowhere": "…"}}}}
    assert list(list_unused_texts(SERVICES, Catalogue.load(stale))) == [
        "services.machinery.notices.acept",
        "services.machinery.status.nowhere",
    ]
    assert list(list_unused_texts([*SHIPPED_SERVICES.values(), TREES], Catalogue.load(WORDS))) == []


def test_a_service_of_one_state_is_no_fault() -> None:
    """No false alarm: what is handed in and done at once."""
    alone = replace(
        TREES,
        states=(State("submitted", Phase.DONE),),
        transitions=(),
        printables=(),
        stored_fields=(),
        changeable=(),
    )
    assert found(alone) == set()


def test_a_flaw_says_where_it_is_and_what_to_do() -> None:
    silent = changed("reject", notices=(Notice("sorry"),))
    [missing] = check_services([*SHIPPED_SERVICES.values(), silent], Catalogue.load(WORDS))
    assert str(missing) == "tree_pruning: no_text: services.tree_pruning.notices.sorry"
    assert explain_flaw(Flaw("no_text", "fishing", "services.fishing.notices.sorry")) == (
        "fishing: no_text: services.fishing.notices.sorry: the text services.fishing.notices.sorry is missing: add it"
        " to your file of texts"
    )
    lacking = explain_flaw(Flaw("no_text", "machinery", "services.machinery.states.lost"))
    assert lacking.endswith("add it to services/machinery/texts/fa.toml")
    assert "BillsSettled" in explain_flaw(Flaw("given_unpaid", "machinery", "hand_over"))


def kinds_of_flaws() -> set[str]:
    """Every kind of flaw that the code makes: those that it names, and the reasons for which a step lasts."""
    calls = (
        node
        for path in (ROOT / "domain").rglob("*.py")
        for node in ast.walk(parse_file(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Flaw"
    )
    written = {str(first.value) for call in calls if isinstance(first := call.args[0], ast.Constant)}
    return written | {"undo_ended", "undo_money", "undo_delivered", "undo_lasts"}


@pytest.mark.source
def test_every_kind_of_flaw_is_explained() -> None:
    assert kinds_of_flaws() == set(EXPLANATIONS)
