"""`pishkhan serve`: the process itself."""

import asyncio
import logging
import sys

from app.cli.options import AsJson, ConfigPath
from app.cli.output import reporting_errors
from app.configuration.settings import load_settings
from app.http.server import run_server as run
from app.logs import set_up_logging

if sys.platform == "win32":  # there is no uvloop for it
    _LOOP_FACTORY = None
else:
    import uvloop

    _LOOP_FACTORY = uvloop.new_event_loop


def serve(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Serve every channel until stopped; refuses to start where something is not in order, and says what."""
    with reporting_errors(as_json):
        settings = load_settings(config)
        set_up_logging(settings.log_level, settings.log_format)
        # Alembic logs its dialect whenever the schema is looked at, APScheduler each time it begins a job.
        for talkative in ("alembic", "apscheduler"):
            logging.getLogger(talkative).setLevel(logging.WARNING)
        with asyncio.Runner(loop_factory=_LOOP_FACTORY) as runner:
            runner.run(run(settings))
