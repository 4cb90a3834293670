"""`pishkhan service show`: a service as its page shows it, with its figures."""

from typing import Annotated, Any

import typer

from app.cli.options import AsJson, Config
from app.cli.output import emit_json, say, told
from app.cli.session import CommandSession, in_session
from domain.actions.feedback.service_page import ServicePage, page_of
from domain.messages.catalogue import Catalogue


def show(
    service: Annotated[str, typer.Argument(metavar="KEY", help="Key of the municipal service.")],
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Show a service: its texts, views, comments and ratings."""

    async def work(session: CommandSession) -> dict[str, Any]:
        declared = session.desk.engine.service(service)
        async with session.store.unit(write=False) as uow:
            return _view(session.desk.catalogue, await page_of(uow, declared))

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
        return
    say(f"{shown['title']} ({shown['key']}), {shown['author']}, {shown['date']}")
    say(f"views: {shown['views']}")
    say("comments: " + ", ".join(f"{number} {state}" for state, number in shown["comments"].items()))
    say(f"ratings: {shown['rating']['count']}, average {shown['rating']['average']}")


def _view(catalogue: Catalogue, page: ServicePage) -> dict[str, Any]:
    texts = f"services.{page.service.key}"
    plain = {name: catalogue.text(f"{texts}.{name}") for name in ("title", "description", "author", "date")}
    lists = {name: catalogue.lines(f"{texts}.{name}") for name in ("benefits", "steps")}
    return {
        "key": page.service.key,
        **plain,
        **lists,
        "views": page.views,
        "comments": {state.value: number for state, number in page.opinion.comments.items()},
        "rating": {"count": page.opinion.ratings, "average": page.opinion.average},
    }
