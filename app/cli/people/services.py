"""`pishkhan service show`: a service as its page shows it, with its figures."""

from typing import Annotated, Any

import typer

from app.cli.options import AsJson, ConfigPath
from app.cli.output import print_json, print_line, reporting_errors
from app.cli.session import CommandSession, run_in_session
from domain.actions.feedback.service_page import ServicePage, load_service_page
from domain.messages.catalogue import Catalogue


def show(
    service: Annotated[str, typer.Argument(metavar="KEY", help="Key of the municipal service.")],
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Show a service: its texts, views, comments and ratings."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        service_declaration = session.dependencies.engine.get_service(service)
        async with session.store.open_unit(write=False) as uow:
            return _build_service_view(
                session.dependencies.catalogue, await load_service_page(uow, service_declaration)
            )

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
        return
    print_line(f"{result['title']} ({result['key']}), {result['author']}, {result['date']}")
    print_line(f"views: {result['views']}")
    print_line("comments: " + ", ".join(f"{number} {state}" for state, number in result["comments"].items()))
    print_line(f"ratings: {result['rating']['count']}, average {result['rating']['average']}")


def _build_service_view(catalogue: Catalogue, page: ServicePage) -> dict[str, Any]:
    text_prefix = f"services.{page.service.key}"
    plain_texts = {name: catalogue.text(f"{text_prefix}.{name}") for name in ("title", "description", "author", "date")}
    text_lists = {name: catalogue.text_lines(f"{text_prefix}.{name}") for name in ("benefits", "steps")}
    return {
        "key": page.service.key,
        **plain_texts,
        **text_lists,
        "views": page.views,
        "comments": {state.value: number for state, number in page.opinion.comment_counts.items()},
        "rating": {"count": page.opinion.rating_count, "average": page.opinion.average_score},
    }
