"""`pishkhan serve`: the process itself."""

import asyncio
import logging
import sys

from app.cli.options import AsJson, ConfigPath
from app.cli.output import reporting_errors
from app.configuration.settings import load_settings
from app.http.server import run_server as run

if sys.platform == "win32":  # there is no uvloop for it
    _LOOP_FACTORY = None
else:
    import uvloop

    _LOOP_FACTORY = uvloop.new_event_loop

_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def serve(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Serve every channel until stopped; refuses to start where something is not in order, and says what."""
    with reporting_errors(as_json):
        settings = load_settings(config)
        logging.basicConfig(level=settings.log_level.upper(), format=_LOG_FORMAT)
        # Alembic logs its dialect whenever the schema is looked at.
        logging.getLogger("alembic").setLevel(logging.WARNING)
        with asyncio.Runner(loop_factory=_LOOP_FACTORY) as runner:
            runner.run(run(settings))
