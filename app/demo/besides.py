"""What happens in the demonstration besides the requests: duties are billed and paid, and people remark on services."""

import tomllib
from datetime import datetime
from functools import partial
from typing import Any

from app.demo import taxis
from app.demo.data import read
from app.demo.playing import Happening, OneUnit, Scene, judge, text_in
from app.demo.townsfolk import citizen, lists
from domain.actions.bills import pay
from domain.actions.registries import charges, duties
from domain.bills.bill import PaymentMethod
from domain.blocks.billing import BillingContext
from domain.feedback.opinions import CommentFilter, CommentState
from domain.registries.declarations import DUTY
from domain.registries.rows import RegistryFilter
from domain.values.calendar import to_jalali

BILLED, PAID, WAIVED = range(0, 30), range(0, 20), 30
"""Vehicles whose duty of this year is billed, those of them that paid it, and one that was let off."""

DUTIES_FROM = -40
"""The working day on which the duties of the year are generated; the bills go out on the days after it."""

REMARKERS = 140
"""The number of the first citizen who remarks on a service without a request."""

VIEWS = {"machinery": 57, "expert": 41, "taxi_leave": 33, "taxi_report": 18}
"""How often the page of each service was seen."""


def happenings(scene: Scene) -> list[Happening]:
    """Return all of it with its times."""
    found: list[Happening] = [(_at(scene, DUTIES_FROM, "07:40"), partial(_generate, scene))]
    for vehicle in BILLED:
        found.append((_at(scene, DUTIES_FROM + 1 + vehicle, "09:15"), partial(_bill, scene, vehicle)))
    for vehicle in PAID:
        found.append((_at(scene, DUTIES_FROM + 3 + vehicle, "11:20"), partial(_pay, scene, vehicle)))
    found.append((_at(scene, DUTIES_FROM + 5, "10:05"), partial(_waive, scene, WAIVED)))
    for number, told in enumerate(tomllib.loads(read("remarks.toml"))["remark"]):
        found.append((scene.days.moment(told["at"]), partial(_remark, scene, REMARKERS + number, told)))
    found.append((scene.now, partial(_views, scene)))
    return found


def _at(scene: Scene, day: int, hour: str) -> datetime:
    return scene.days.moment(f"{day} {hour}")


async def _generate(scene: Scene) -> None:
    year, _, _ = to_jalali(scene.days.today)
    made = await duties.generate(scene.desk, OneUnit(scene.uow), year, scene.staff["revenue"])
    assert made.made == taxis.VEHICLES, "every kind of taxi has its tariff"  # noqa: S101 - our own data


async def _duty(scene: Scene, vehicle: int) -> int:
    [row] = await scene.uow.registries.find(RegistryFilter(DUTY.key, {"vehicle": taxis.plate(vehicle)}))
    return row.id


async def _bill(scene: Scene, vehicle: int) -> None:
    till = BillingContext(scene.desk.ids, scene.desk.policy, scene.clock.now())
    await charges.bill_for(scene.uow, till, DUTY, await _duty(scene, vehicle), scene.staff["revenue"].label)


async def _pay(scene: Scene, vehicle: int) -> None:
    [bill] = await scene.uow.bills.of_subject(DUTY.key, await _duty(scene, vehicle))
    ids, slip = (bill.bill_id, bill.payment_id), f"1405-{38000 + vehicle * 11}"
    await pay.record(scene.desk, scene.uow, ids, bill.amount, PaymentMethod.SLIP, slip, scene.staff["revenue"])


async def _waive(scene: Scene, vehicle: int) -> None:
    reason, by = lists()["waived"], scene.staff["revenue"].label
    await charges.waive(scene.uow, DUTY, await _duty(scene, vehicle), reason, by, scene.clock.now())


async def _remark(scene: Scene, number: int, told: dict[str, Any]) -> None:
    await text_in(scene, citizen(number).mobile, told["text"])
    [comment] = await scene.uow.feedback.comments(CommentFilter(limit=1))
    await judge(scene, comment.id, CommentState(told["state"]), told["answer"])


async def _views(scene: Scene) -> None:
    for service, number in VIEWS.items():
        for _ in range(number):
            await scene.uow.service_views.add(service)
