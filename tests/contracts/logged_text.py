"""Log of a test, from its first fixture to its last."""

import logging

import pytest


def read_logged_text(caplog: pytest.LogCaptureFixture) -> str:
    """Every line of every phase with its traceback; `caplog.text` has those of the present phase alone."""
    records = [*caplog.get_records("setup"), *caplog.get_records("call"), *caplog.get_records("teardown")]
    return "\n".join(map(logging.Formatter().format, records))
