"""`pishkhan demo load|reset`: the demonstration municipality, and what a newcomer should try first."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from shutil import which

from rich.console import RenderableType

from app.cli.options import AsJson, Config
from app.cli.output import emit_json, show, told, waiting
from app.cli.session import CommandSession, in_session
from app.demo import loading
from app.demo.printing import printed
from app.demo.summary import Summary
from app.wiring import build_vault


def load(as_json: AsJson = False, config: Config = None) -> None:
    """Load the demonstration into an empty database, and tell what to text; loaded already, nothing changes."""
    _tell(config, as_json, loading.load)


def reset(as_json: AsJson = False, config: Config = None) -> None:
    """Empty the whole database and load the demonstration again; in demo mode only."""
    _tell(config, as_json, loading.reset)


def _tell(config: Path | None, as_json: bool, change: Callable[..., Awaitable[Summary]]) -> None:
    async def work(session: CommandSession) -> tuple[Summary, RenderableType]:
        settings = session.settings
        vault = build_vault(settings) if settings.demo else None
        summary = await change(session.desk, session.store, demo=settings.demo, address=settings.address, vault=vault)
        return summary, printed(summary, session.desk.catalogue, _program())

    with told(as_json), waiting("loading"):
        summary, words = in_session(config, work)
    if as_json:
        emit_json(summary.as_json())
    else:
        show(words)


def _program() -> str:
    """Return how the reader called us: the commands in the summary shall work when copied."""
    called = sys.argv[0]
    return "pishkhan" if which("pishkhan") == called else called
