"""Plan of one round, drawn from a seed: who texts what, what the panel does wrong, where the server dies."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from tests.e2e.support.program_runs import Death
from tests.fakes.kavenegar import Fault

HOURS = 4
"""Hours for which every machine is wished for."""

ORDER = f"ماشین لودر {HOURS} ساعت {{day}} ساعت {{hour}} خیابان امام جنب پارک"
MACHINERY = "services.machinery."


@dataclass(frozen=True, slots=True)
class Says:
    """A citizen texts; `{code}`, `{day}` and `{hour}` are filled in. The reply has this key; `event` joins the
    history.
    """

    words: str
    key: str
    event: str = ""


@dataclass(frozen=True, slots=True)
class Does:
    """The staff takes a step at the command line; these keys are told to the citizen, these events join the history."""

    action: str
    by: str
    told: tuple[str, ...]
    events: tuple[str, ...]
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pays:
    """Revenue records the citizen's bank slip."""

    told: tuple[str, ...] = (f"{MACHINERY}notices.pay",)
    events: tuple[str, ...] = ("pay",)


Act = Says | Does | Pays

_ORDERS = Says(ORDER, f"{MACHINERY}notices.submit", "submit")
_CANCELS = Says("لغو {code}", f"{MACHINERY}notices.cancel", "cancel")


def _step(action: str, *given: str) -> Does:
    return Does(action, "civil", (f"{MACHINERY}notices.{action}",), (action,), given)


_PRICES = Does("price", "revenue", (f"{MACHINERY}notices.bill",), ("price", "bill"))
_FORM = {
    "ماشین": "items",
    "لودر": "items_hours",
    "۴": "date",
    "{day}": "start",
    "{hour}": "place",
}

STORIES: Mapping[str, tuple[Act, ...]] = MappingProxyType(
    {
        "asks": (
            Says("راهنما", "sms.help"),
            Says("سلام بر شما", "sms.courtesy.greeting"),
            Says("درخواست‌ها", "sms.no_requests"),
        ),
        "orders": (_ORDERS, Says("پیگیری {code}", f"{MACHINERY}status.submitted")),
        "cancels": (_ORDERS, _CANCELS, Says("لغو {code}", "errors.already_done")),
        "fills_in": (
            *(Says(words, f"{MACHINERY}fields.{asked}.prompt") for words, asked in _FORM.items()),
            Says("روستای قلعه", f"{MACHINERY}summary"),
            Says("تایید", f"{MACHINERY}notices.submit", "submit"),
        ),
        "is_refused": (_ORDERS, _step("reject", "--set", "reason=سند نیاورد")),
        "is_billed": (_ORDERS, _step("accept"), _PRICES),
        "gives_up": (_ORDERS, _step("accept"), _PRICES, _CANCELS),
        "is_served": (
            _ORDERS,
            _step("accept"),
            _PRICES,
            Says("قبض {code}", "sms.pay"),
            Pays(),
            _step("schedule"),
            _step("hand_over", "--set", "early=yes"),
            _step("complete"),
            Says("امتیاز {code} ۵", "sms.rated", "rate"),
        ),
    }
)
"""The lives that citizens lead; each begins at most one request."""

_WEIGHTS = {"asks": 3, "orders": 4, "cancels": 4, "fills_in": 2, "is_refused": 2, "gives_up": 2, "is_served": 1}


@dataclass(frozen=True, slots=True)
class Blow:
    """The server is killed from outside, so many seconds after it was begun."""

    seconds: float

    def __str__(self) -> str:
        return f"blow@{self.seconds:.2f}s"


End = Death | Blow


@dataclass(frozen=True, slots=True)
class Receipts:
    """Receipts of the panel for a text it took: statuses in this order, each `copies` times; at once, or at the end of
    the round."""

    statuses: tuple[int, ...]
    copies: int = 1
    late: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A round. `deliveries` tells how often each text is delivered at once and how often again after it was taken,
    `staff_deaths` where commands die; both are gone through again and again.
    """

    seed: int
    stories: tuple[str, ...]
    day: str = "فردا"
    hour: str = "۸"
    ends: tuple[End, ...] = ()
    faults: tuple[Fault, ...] = ()
    late: tuple[float, ...] = ()
    dedupes: bool = True
    remembers: bool = True
    receipts: tuple[Receipts, ...] = (Receipts(()),)
    deliveries: tuple[tuple[int, int], ...] = ((1, 0),)
    staff_deaths: tuple[Death | None, ...] = (None,)
    seals: bool = False
    farewell: bool = field(default=True)
    """Whether the server of the round before is stopped in order, rather than killed."""

    def __str__(self) -> str:
        faults = [fault.kind for fault in self.faults] + ["late"] * len(self.late)
        panel = "" if self.dedupes else ", doubles" if self.remembers else ", doubles and forgets"
        return f"{' '.join(self.stories)} | {' '.join(map(str, self.ends))} | {' '.join(faults)}{panel}"


_STEPS = {
    "inbound_open": 3,
    "inbound": 3,
    "claim": 3,
    "accepted": 3,
    "mark": 3,
    "mark_open": 3,
    "asked": 2,
    "receipt_open": 4,
    "seal": 1,
    "commit": 30,
    "committed": 30,
}
"""The steps at which a server dies, and at which of their times at the latest."""

_FAULTS = (
    Fault("status", 409),
    Fault("status", 402),
    Fault("slow", 0.3),
    Fault("slow", 1.2),
    Fault("cut_after_accept"),
    Fault("cut_before_accept"),
    Fault("garbage"),
    Fault("http_500"),
)
_RECEIPTS = (
    Receipts(()),
    Receipts((10,)),
    Receipts((10,), copies=3),
    Receipts((4, 10)),
    Receipts((11,)),
    Receipts((10, 11)),
    Receipts((11, 10, 4), copies=2),
    Receipts((10,), late=True),
    Receipts((11, 10), copies=2, late=True),
)


def drawn(seed: int) -> Plan:
    """The round of a seed."""
    chance = random.Random(seed)
    dedupes = chance.random() < 0.7
    return Plan(
        seed,
        stories=tuple(chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=chance.randint(2, 4))),
        day=chance.choice(("فردا", "پس‌فردا")),
        hour=chance.choice(("۸", "۹", "۱۰", "۱۳")),
        ends=tuple(_ends(chance)),
        faults=tuple(chance.choices(_FAULTS, k=chance.randint(0, 4))),
        late=tuple(chance.uniform(0.9, 2.0) for _ in range(chance.choice((0, 0, 0, 1)))),
        dedupes=dedupes,
        remembers=dedupes or chance.random() < 0.5,
        receipts=tuple(chance.choices(_RECEIPTS, k=7)),
        deliveries=tuple(_deliveries(chance)),
        staff_deaths=tuple(_staff_deaths(chance)),
        seals=chance.random() < 0.3,
        farewell=chance.random() < 0.5,
    )


def _ends(chance: random.Random) -> Iterator[End]:
    for _ in range(chance.randint(1, 3)):
        if chance.random() < 0.35:
            yield Blow(chance.uniform(0.05, 1.0))
        else:
            step, latest = chance.choice(list(_STEPS.items()))
            yield Death(step, chance.randint(1, latest))


def _deliveries(chance: random.Random) -> Iterator[tuple[int, int]]:
    for _ in range(5):
        yield chance.choice((1, 1, 1, 2, 3)), chance.choice((0, 0, 0, 1))


def _staff_deaths(chance: random.Random) -> Sequence[Death | None]:
    """One command in four dies at a commit, some of them of units that only read."""
    dying = [Death(step, at) for step in ("commit", "committed") for at in (1, 2, 3)]
    return [chance.choice(dying) if chance.random() < 0.25 else None for _ in range(5)]
