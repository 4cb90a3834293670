"""Own file of a driver or owner, a look-up: until when the papers hold, who drives the taxis, their share of leave,
open duties, rewards and violations.

Only the proved mobile of a registered driver or owner is answered, and only about itself: counter offices, which speak
for anybody, do not have it. Source: services.md, "Own file".
"""

from collections.abc import Sequence
from datetime import date

from domain.blocks.taxis import DRIVING_STATES, MOST_VEHICLES, list_open_duties, vehicles_of_mobile
from domain.language.lookups import Lookup, LookupAnswer, LookupContext
from domain.language.staff_notes import NoteSource
from domain.registries.declarations import DRIVER, REWARD, VEHICLE, VIOLATION, Registry
from domain.registries.rows import RegistryFilter, RegistryRow
from domain.registries.rules import ChargeState, RecordStatus
from domain.services.taxi_leave.staff_notes import find_share_notes
from domain.services.taxi_leave.vocabulary import TAXI_FILE_INTENT
from domain.values.calendar import spoken_day_text, to_tehran
from domain.values.identifiers import display_plate
from domain.values.languages import join_list

MOST_BRIEF_TAXIS = 2
"""Taxis that a text message tells of; a page tells of all."""
MOST_RECORDS = 1000
_PAST = "_over"
"""End of the name of the answer about a paper that has run out."""

PAPERS_OF = {registry.key: registry.expiries for registry in (DRIVER, VEHICLE)}
"""Registry of a driver or taxi → its dates that run out, by which the answers about them are called."""


async def describe_own_file(lookup: LookupContext) -> list[LookupAnswer]:
    """Return what the registries hold of the asker; where the mobile is no driver's or owner's, that it is none."""
    registries, mobile = lookup.uow.registries, lookup.asker_mobile
    drivers = await _list_own_drivers(lookup)
    vehicles = await vehicles_of_mobile(registries, mobile)
    if mobile is None or not (drivers or vehicles):
        return [("no_file", {})]
    shown_vehicles = vehicles[: MOST_BRIEF_TAXIS if lookup.is_brief else MOST_VEHICLES]
    answers = [answer for driver in drivers for answer in _describe_papers(lookup, driver, {})]
    for vehicle in shown_vehicles:
        answers += await _describe_taxi(lookup, vehicle)
    if len(shown_vehicles) < len(vehicles):
        answers.append(("more_taxis", {"count": len(vehicles) - len(shown_vehicles)}))
    return [*answers, *await _describe_records(lookup, drivers)]


async def _list_own_drivers(lookup: LookupContext) -> list[RegistryRow]:
    if lookup.asker_mobile is None:
        return []
    conditions = {"mobile": lookup.asker_mobile, "status": DRIVING_STATES}
    return await lookup.uow.registries.list_rows(RegistryFilter(DRIVER.key, conditions, limit=MOST_VEHICLES))


def _describe_papers(lookup: LookupContext, row: RegistryRow, facts: dict[str, str]) -> list[LookupAnswer]:
    """Return until when each paper of a row holds; those whose end nobody entered are left out."""
    today = to_tehran(lookup.now).date()
    ends = [(name, date.fromisoformat(row.values[name])) for name in PAPERS_OF[row.registry] if row.values[name]]
    return [
        (
            f"{name}{_PAST if end < today else ''}",
            {**facts, "day": spoken_day_text(end, today), "days_left": abs((end - today).days)},
        )
        for name, end in ends
    ]


async def _describe_taxi(lookup: LookupContext, vehicle: RegistryRow) -> list[LookupAnswer]:
    plate, registries = str(vehicle.values["plate"]), lookup.uow.registries
    driver_filter = RegistryFilter(DRIVER.key, {"vehicles": plate, "status": DRIVING_STATES}, limit=MOST_VEHICLES)
    driver_names = [str(row.values["name"]) for row in await registries.list_rows(driver_filter)]
    facts = {"plate": display_plate(plate)}
    answers: list[LookupAnswer] = [("drivers", {**facts, "names": join_list(driver_names)})] if driver_names else []
    answers += _describe_papers(lookup, vehicle, facts)
    source = NoteSource(lookup.uow, lookup.policy, lookup.now)
    answers += [("share", {**facts, **note.facts}) for note in (await find_share_notes(source, [plate]))[plate]]
    duties = await list_open_duties(registries, [plate], MOST_RECORDS)
    return [*answers, ("open_duties", {**facts, "count": len(duties)})] if duties else answers


async def _describe_records(lookup: LookupContext, drivers: Sequence[RegistryRow]) -> list[LookupAnswer]:
    """Return how many rewards and violations stand in the file of a driver, with their points, and unpaid fines."""
    if not drivers:
        return []
    rewards, violations = [await _list_records(lookup, registry, drivers) for registry in (REWARD, VIOLATION)]
    unpaid = [row for row in violations if row.values["fine"] and row.values["state"] in ChargeState.UNSETTLED]
    counted = (("rewards", rewards), ("violations", violations), ("unpaid_fines", unpaid))
    return [
        (name, {"count": len(rows), "points": sum(row.values["points"] for row in rows)})
        for name, rows in counted
        if rows
    ]


async def _list_records(lookup: LookupContext, registry: Registry, drivers: Sequence[RegistryRow]) -> list[RegistryRow]:
    codes = [row.values["national_code"] for row in drivers]
    conditions = {"driver": codes, "standing": RecordStatus.VALID}
    return await lookup.uow.registries.list_rows(RegistryFilter(registry.key, conditions, limit=MOST_RECORDS))


FILE_LOOKUP = Lookup(
    TAXI_FILE_INTENT,
    (),
    describe_own_file,
    answer_names=(
        *(f"{name}{ending}" for papers in PAPERS_OF.values() for name in papers for ending in ("", _PAST)),
        "drivers",
        "share",
        "open_duties",
        "more_taxis",
        "rewards",
        "violations",
        "unpaid_fines",
        "no_file",
    ),
)
