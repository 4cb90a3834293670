"""Low ratings of some services alone, on every engine."""

from domain.feedback.opinions import Rating
from store.unit_of_work import SqlStore
from tests.support.factories import NOW, a_request


async def test_low_ratings_of_some_services(store: SqlStore) -> None:
    requests = [a_request(service=service) for service in ("machinery", "expert", "machinery", "taxi_leave")]
    async with store.open_unit() as uow:
        for request in requests:
            await uow.requests.add(request)
            await uow.feedback.add_rating(Rating(request.id, 1, None, "sms", NOW))

        async def found(before: int | None, limit: int, *services: str) -> list[int]:
            return [one.id for _, one in await uow.feedback.list_low_ratings(2, before, limit, services)]

        assert await found(None, 10, "machinery") == [requests[2].id, requests[0].id]
        assert await found(requests[2].id, 10, "machinery", "expert") == [requests[1].id, requests[0].id]
        assert await found(None, 1, "machinery", "taxi_leave") == [requests[3].id]
        assert await found(None, 10) == []
        assert len(await uow.feedback.list_low_ratings(2, None, 10)) == 4
