"""Notes of leaves for officers: a taxi's share of days on the page of the taxi, its driver and its owner; that share,
and who else is off, where a leave is to be decided.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from domain.language.staff_notes import NamedRequest, NoteSource, StaffNote, StaffNotes
from domain.registries.declarations import VEHICLE
from domain.requests.request import RequestFilter, ServiceRequest
from domain.services.taxi_leave.days import count_days, first_day_of, last_day_of, taken_days
from domain.services.taxi_leave.leaves import count_used_days, iterate_leaves
from domain.services.taxi_leave.settings import COUNTS_FRIDAYS, DAYS_A_YEAR, SERVICE_KEY
from domain.values.calendar import first_day_of_year, spoken_day_text, to_jalali, to_tehran
from domain.values.identifiers import display_plate
from domain.values.text import persian_digits

MOST_OPEN_LEAVES = 500
"""Leaves under way that are looked through for those of the same days."""

MOST_NAMED = 8
"""Leaves to which one note leads; the number that it says is of all."""

GRANTED_STATES = frozenset({"approved", "in_effect"})


async def find_share_notes(source: NoteSource, plates: Collection[str]) -> Mapping[str, Sequence[StaffNote]]:
    """Return of each taxi how many days of the present year's it has taken, with the leaves that took them."""
    today = to_tehran(source.now).date()
    year, fridays = to_jalali(today)[0], COUNTS_FRIDAYS.value_in(source.policy)
    used_days: Counter[str] = Counter()
    leaves_by_plate: defaultdict[str, list[NamedRequest]] = defaultdict(list)
    async for leave in iterate_leaves(source.uow.requests, plates, since=first_day_of_year(today)):
        plate, days = str(leave.fields["plate"]), taken_days(leave)
        if days and (day_count := count_days(*days, fridays=fridays)[year]):
            used_days[plate] += day_count
            leaves_by_plate[plate].append(NamedRequest(leave.code, "period", _describe_days(days, today)))
    most_text, year_text = persian_digits(DAYS_A_YEAR.value_in(source.policy)), persian_digits(year)
    return {
        plate: [
            StaffNote(
                "share",
                {"year": year_text, "used": persian_digits(used_days[plate]), "most": most_text},
                leaves_by_plate[plate][:MOST_NAMED],
            )
        ]
        for plate in plates
    }


async def find_review_notes(source: NoteSource, leave: ServiceRequest) -> Sequence[StaffNote]:
    """Return what the leave makes of the taxi's share, and which other taxis are off, or would be, on its days."""
    fridays, most_days = COUNTS_FRIDAYS.value_in(source.policy), DAYS_A_YEAR.value_in(source.policy)
    wanted_days = count_days(first_day_of(leave.fields), last_day_of(leave.fields), fridays=fridays)
    used_days = await count_used_days(source.uow.requests, leave, fridays=fridays)
    share_notes = [
        StaffNote(
            "share_with",
            {
                "year": persian_digits(year),
                "used": persian_digits(used_days[year]),
                "most": persian_digits(most_days),
                "after": persian_digits(used_days[year] + day_count),
            },
        )
        for year, day_count in sorted(wanted_days.items())
    ]
    return [*share_notes, *await _find_others_off(source, leave)]


async def _find_others_off(source: NoteSource, leave: ServiceRequest) -> list[StaffNote]:
    first_day, last_day = first_day_of(leave.fields), last_day_of(leave.fields)
    today, named = to_tehran(source.now).date(), {"off": list[NamedRequest](), "asked": list[NamedRequest]()}
    open_filter = RequestFilter(SERVICE_KEY, open_only=True, limit=MOST_OPEN_LEAVES)
    for other_leave in await source.uow.requests.list_requests(open_filter):
        days = taken_days(other_leave)
        shares_days = days is not None and days[0] <= last_day and first_day <= days[1]
        if days and shares_days and other_leave.subject_key != leave.subject_key:
            facts = {"plate": display_plate(other_leave.fields["plate"]), **_describe_days(days, today)}
            kind = "off" if other_leave.state in GRANTED_STATES else "asked"
            named[kind].append(NamedRequest(other_leave.code, "taxi_period", facts))
    notes = [
        StaffNote(text_name, {"count": persian_digits(len(leaves))}, leaves[:MOST_NAMED])
        for text_name, leaves in named.items()
        if leaves
    ]
    return notes or [StaffNote("none_off")]


def _describe_days(days: tuple[date, date], today: date) -> dict[str, str]:
    """Return the first and the last day of a leave as people say them."""
    return dict(zip(("first", "last"), (spoken_day_text(day, today) for day in days), strict=True))


LEAVE_NOTES = StaffNotes(
    text_names=("share", "share_with", "off", "asked", "none_off", "period", "taxi_period"),
    registry=VEHICLE.key,
    find_row_notes=find_share_notes,
    find_review_notes=find_review_notes,
)
