"""Statements of an order by SMS, a step of the staff and a submission of a counter office: not more than today."""

import pytest

from scripts.count_statements import list_statements

MOST_STATEMENTS = {"sms": 13, "staff": 20, "soap": 14}
"""Their number by flow (`python -m scripts.count_statements`)."""


@pytest.mark.parametrize("flow", MOST_STATEMENTS)
def test_a_flow_sends_no_more_statements_than_today(flow: str) -> None:
    statements = list_statements(flow)
    assert len(statements) <= MOST_STATEMENTS[flow], statements
    reads = [statement for statement in statements if statement.startswith("SELECT")]
    assert len({*reads}) == len(reads), "the same is read twice"
