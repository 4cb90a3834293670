"""The log: nothing that somebody sends begins an entry, and as JSON each entry is one line that parses."""

import json
import logging
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from app.http.access_log import AccessLog
from app.http.request_ids import name_requests
from app.ids import RandomIds
from app.logs import JsonLineFormatter, TextLineFormatter, add_request_id
from app.security.proxies import see_through_proxies

FORGED = (
    '2026-11-28T08:00:00.000Z INFO pishkhan.access: forged\r\n{"level": "INFO", "message": "forged"}\u2028\x1b[2J\x85'
)


class Log:
    """A log in memory, in one of the formats."""

    def __init__(self, formatter: logging.Formatter) -> None:
        self.text = ""
        self.logger = logging.Logger("pishkhan.access", logging.INFO)
        handler = logging.Handler()
        handler.addFilter(add_request_id)
        handler.emit = self.write  # type: ignore[method-assign]  # what a stream would get
        handler.setFormatter(formatter)
        self.logger.addHandler(handler)
        self.formatter = formatter

    def write(self, record: logging.LogRecord) -> None:
        """Take an entry as a stream does."""
        self.text += self.formatter.format(record) + "\n"


async def log_all(log: Log) -> None:
    """Log what a stranger may try: by the address, a header, the text of an error; and a call that goes well."""

    async def fail(request: web.Request) -> web.Response:
        log.logger.warning("%s", request.headers["X-Forged"])
        try:
            raise ValueError(FORGED)
        except ValueError:
            log.logger.exception("fault in %s", FORGED)
        return web.Response()

    app = web.Application(middlewares=[name_requests(RandomIds()), see_through_proxies(())])
    app.router.add_get("/forged/{tail:.*}", fail)
    server = TestServer(app)
    await server.start_server(access_log_class=AccessLog, access_log=log.logger)
    async with TestClient(server) as client:
        await client.get("/forged/a?b=%0A%0D2026", headers={"X-Forged": "a\u2028b", "X-Request-Id": "theirs"})


@pytest.mark.smoke
async def test_as_json_each_entry_is_one_line_with_the_id_of_its_request() -> None:
    log = Log(JsonLineFormatter())
    await log_all(log)
    entries = [json.loads(line) for line in log.text.splitlines()]
    assert [entry["level"] for entry in entries] == ["WARNING", "ERROR", "INFO"]
    [request_id] = {entry["request_id"] for entry in entries}
    assert len(request_id) == 16
    assert entries[1]["message"] == f"fault in {FORGED}"
    assert FORGED.splitlines()[0] in entries[1]["trace"]
    call = entries[2]
    assert (call["method"], call["route"], call["status"]) == ("GET", "/forged/{tail}", 200)
    assert call["client"] == "127.0.0.1"
    assert datetime.fromisoformat(call["at"]).utcoffset() == UTC.utcoffset(None)


async def test_as_text_no_line_but_an_entrys_first_begins_at_the_margin() -> None:
    log = Log(TextLineFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    await log_all(log)
    margin_lines = [line for line in log.text.splitlines() if not line.startswith("    ")]
    assert [line.split()[1] for line in margin_lines] == ["WARNING", "ERROR", "INFO"]
    assert all("\x1b" not in line and "\u2028" not in line for line in log.text.splitlines())
    assert datetime.fromisoformat(margin_lines[0].split()[0]).tzinfo is UTC
