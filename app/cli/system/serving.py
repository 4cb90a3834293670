"""`pishkhan serve`: the process itself."""

import asyncio
import logging
import sys

from app.cli.options import AsJson, Config
from app.cli.output import told
from app.configuration.settings import load
from app.http.server import serve as run

if sys.platform == "win32":  # there is no uvloop for it
    _LOOP = None
else:
    import uvloop

    _LOOP = uvloop.new_event_loop

_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def serve(as_json: AsJson = False, config: Config = None) -> None:
    """Serve every channel until told to stop; refuses to start where something is not in order, and says what."""
    with told(as_json):
        settings = load(config)
        logging.basicConfig(level=settings.log_level.upper(), format=_LINE)
        # Alembic tells its dialect whenever the schema is looked at.
        logging.getLogger("alembic").setLevel(logging.WARNING)
        with asyncio.Runner(loop_factory=_LOOP) as runner:
            runner.run(run(settings))
