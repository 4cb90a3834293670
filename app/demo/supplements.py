"""Events of the demonstration besides the requests: duties are billed and paid, and people remark on services."""

import tomllib
from datetime import datetime
from functools import partial
from typing import Any

from app.demo import taxis
from app.demo.data import read_text
from app.demo.playing import Happening, Scene, SingleUnitStore, moderate_comment, receive_text
from app.demo.townsfolk import nth_citizen, read_lists
from domain.actions.bills import pay
from domain.actions.context import ActorContext
from domain.actions.feedback.suggestions import take_suggestion_step
from domain.actions.registries import charges, duties
from domain.bills.bill import PaymentMethod
from domain.blocks.billing import BillingContext
from domain.feedback.opinions import CommentFilter, CommentState
from domain.feedback.suggestions import SuggestionProgress
from domain.registries.declarations import DUTY
from domain.registries.rows import RegistryFilter
from domain.values.calendar import to_jalali

BILLED_VEHICLES, PAID_VEHICLES, WAIVED_VEHICLE = range(0, 30), range(0, 20), 30
"""Vehicles whose duty of this year is billed, those of them that paid it, and one that was waived."""

DUTIES_GENERATED_ON = -40
"""The working day on which the duties of the year are generated; the bills go out on the days after it."""

FIRST_REMARKER = 140
"""The number of the first citizen who remarks on a service without a request."""


def plan_happenings(scene: Scene) -> list[Happening]:
    """Return all of it with its times."""
    planned: list[Happening] = [(_moment_at(scene, DUTIES_GENERATED_ON, "07:40"), partial(_generate_duties, scene))]
    for vehicle in BILLED_VEHICLES:
        planned.append(
            (_moment_at(scene, DUTIES_GENERATED_ON + 1 + vehicle, "09:15"), partial(_bill_duty, scene, vehicle))
        )
    for vehicle in PAID_VEHICLES:
        planned.append(
            (_moment_at(scene, DUTIES_GENERATED_ON + 3 + vehicle, "11:20"), partial(_pay_duty, scene, vehicle))
        )
    planned.append((_moment_at(scene, DUTIES_GENERATED_ON + 5, "10:05"), partial(_waive_duty, scene, WAIVED_VEHICLE)))
    for remark_index, remark in enumerate(tomllib.loads(read_text("remarks.toml"))["remark"]):
        planned.append(
            (
                scene.timetable.read_moment(remark["at"]),
                partial(_enter_remark, scene, FIRST_REMARKER + remark_index, remark),
            )
        )
    planned.append((scene.now, partial(_count_views, scene)))
    return planned


def _moment_at(scene: Scene, day: int, hour: str) -> datetime:
    return scene.timetable.read_moment(f"{day} {hour}")


async def _generate_duties(scene: Scene) -> None:
    year, _, _ = to_jalali(scene.timetable.today)
    generated = await duties.generate_duties(
        scene.dependencies, SingleUnitStore(scene.uow), year, scene.staff_by_username["revenue"]
    )
    assert generated.made == taxis.VEHICLE_COUNT, "every kind of taxi has its tariff"  # noqa: S101 - our own data


async def _find_duty_id(scene: Scene, vehicle: int) -> int:
    [row] = await scene.uow.registries.list_rows(RegistryFilter(DUTY.key, {"vehicle": taxis.vehicle_plate(vehicle)}))
    return row.id


async def _bill_duty(scene: Scene, vehicle: int) -> None:
    billing_context = BillingContext(scene.dependencies.ids, scene.dependencies.policy, scene.clock.now())
    await charges.issue_row_bill(
        scene.uow, billing_context, DUTY, await _find_duty_id(scene, vehicle), scene.staff_by_username["revenue"].label
    )


async def _pay_duty(scene: Scene, vehicle: int) -> None:
    [bill] = await scene.uow.bills.list_of_subject(DUTY.key, await _find_duty_id(scene, vehicle))
    bill_ids, slip_number = (bill.bill_id, bill.payment_id), f"1405-{38000 + vehicle * 11}"
    await pay.record_payment(
        ActorContext(scene.dependencies, scene.uow, scene.staff_by_username["revenue"]),
        bill_ids,
        bill.amount,
        PaymentMethod.SLIP,
        slip_number,
    )


async def _waive_duty(scene: Scene, vehicle: int) -> None:
    reason, waived_by = read_lists()["waived"], scene.staff_by_username["revenue"].label
    await charges.waive_row(scene.uow, DUTY, await _find_duty_id(scene, vehicle), reason, waived_by, scene.clock.now())


async def _enter_remark(scene: Scene, citizen_number: int, remark: dict[str, Any]) -> None:
    await receive_text(scene, nth_citizen(citizen_number).mobile, remark["text"])
    [comment] = await scene.uow.feedback.list_comments(CommentFilter(limit=1))
    await moderate_comment(scene, comment.id, CommentState(remark["state"]), remark["answer"])
    for supporter_number in range(citizen_number + 1, citizen_number + 1 + remark.get("supporters", 0)):
        await receive_text(scene, nth_citizen(supporter_number).mobile, f"موافقم {comment.number}")
    context = ActorContext(scene.dependencies, scene.uow, scene.staff_by_username["manager"])
    for step in remark.get("steps", ()):
        await take_suggestion_step(context, comment.id, SuggestionProgress(step["progress"]), step["note"])


async def _count_views(scene: Scene) -> None:
    for service, view_count in read_lists()["page_views"].items():
        await scene.uow.service_views.count_views(service, view_count)
    for service, view_count in read_lists()["old_page_views"].items():
        await scene.uow.service_views.replace_earlier(service, view_count)
