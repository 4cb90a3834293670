"""Believable data of the demonstration: letters fit their kinds, answers their comments, nobody has a double."""

from collections import Counter
from collections.abc import Iterable, Mapping

from app.demo import taxis
from app.demo.data import read_rows
from app.demo.registers import CITIZEN_COUNT
from app.demo.townsfolk import nth_citizen, read_lists
from domain.feedback.opinions import CommentFilter, CommentState
from domain.fields.types import ReadingContext
from domain.fleet.resources import ResourceKind
from domain.registries.rows import RegistryFilter
from domain.requests.request import RequestFilter
from domain.services.expert.kinds import OPINION_KINDS, KindName
from domain.values.calendar import day_bounds, to_tehran
from store.unit_of_work import SqlStore
from tests.support.demo_dependencies import NOW

REASON, QUESTION = 50, 55
"""Signs that a text shows of a reason and of a question."""


def rows_of(pairs: Iterable[Mapping[str, str]], *names: str) -> set[tuple[str, ...]]:
    """The values of these names, as they stand together in the rows."""
    return {tuple(one[name] for name in names) for one in pairs}


async def test_reports_and_letters_fit_their_kinds(store: SqlStore) -> None:
    cases = {KindName().parse(one["kind"], ReadingContext(NOW)): one["cases"] for one in read_lists()["expertise"]}
    assert cases.keys() == OPINION_KINDS.keys()
    async with store.open_unit(write=False) as uow:
        requests = await uow.requests.list_requests(RequestFilter(service="expert", limit=1000))
    letters = [one for one in requests if "letter_text" in one.data]
    assert {one.fields["kind"] for one in letters} == OPINION_KINDS.keys()
    for one in requests:
        data, kind = one.data, one.fields["kind"]
        assert ("area" in data) == ("report" in data and kind not in {"tree_felling", "other"})
        if "report" in data:
            said = (one.fields["text"], data["report"], str(data.get("area", "")))
            assert said in rows_of(cases[kind], "ground", "report", "area")
        if one in letters:
            assert (data["report"], data["letter_text"]) in rows_of(cases[kind], "report", "answer")


async def test_comments_fit_their_scores_and_answers(store: SqlStore) -> None:
    told = {
        (one["opinion"], int(one["opinion_score"]), one["thanks"])
        for all_ in read_lists()["opinions"].values()
        for one in all_
    }
    async with store.open_unit(write=False) as uow:
        found = set()
        for one in await uow.feedback.list_comments(CommentFilter(state=CommentState.PUBLISHED, limit=100)):
            rating = await uow.feedback.find_rating(one.request_id) if one.request_id else None
            if rating:
                found.add((one.text, rating.score, one.answer or ""))
    assert found == told


async def test_records_fit_what_was_reported(store: SqlStore) -> None:
    said = rows_of(read_lists()["praises"], "praise", "reward") | rows_of(
        read_lists()["complaints"], "complaint", "violation"
    )
    async with store.open_unit(write=False) as uow:
        reports = {
            one.code: one for one in await uow.requests.list_requests(RequestFilter(service="taxi_report", limit=1000))
        }
        records = [
            row
            for key in ("reward", "violation")
            for row in await uow.registries.list_rows(RegistryFilter(key, limit=100))
        ]
    assert {(reports[row.values["source"]].fields["text"], row.values["kind"]) for row in records} <= said


def test_what_is_told_by_text_is_told_whole() -> None:
    words = read_lists()
    assert all(len(one["unfit"]) <= REASON for one in words["machines"])
    assert all(len(one["refusal"]) <= REASON and len(one["question"]) <= QUESTION for one in words["expertise"])
    assert all(len(one["dismissal"]) <= REASON for one in words["complaints"])


def test_no_two_people_are_called_the_same() -> None:
    names = [row["full_name"] for name in ("citizens.csv", "staff.csv") for row in read_rows(name)]
    names += [row["title"] for row in read_rows("operators.csv")] + [
        row["manager"] for row in read_rows("agencies.csv")
    ]
    names += [nth_citizen(number).name for number in range(CITIZEN_COUNT)]
    names += [taxis.main_driver(number).name for number in range(taxis.VEHICLE_COUNT)]
    names += [taxis.second_driver(number).name for number in range(len(taxis.SECOND_DRIVEN))]
    names += {taxis.vehicle_owner(vehicle).name for vehicle in range(taxis.OWNER_DRIVEN_COUNT, taxis.VEHICLE_COUNT)}
    assert [name for name, times in Counter(names).items() if times > 1] == []


async def test_there_is_a_visit_and_a_job_of_a_machine_today(store: SqlStore) -> None:
    async with store.open_unit(write=False) as uow:
        booked = await uow.fleet.list_between(*day_bounds(to_tehran(NOW).date()))
    assert {resource.kind for booking, resource in booked if booking.request_id} == set(ResourceKind)
