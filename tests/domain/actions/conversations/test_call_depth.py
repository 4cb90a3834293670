"""Depth of the calls that an order by text passes: a text is answered by one loop (decision 60)."""

from scripts.trace_flows import trace_flow

MOST_CALLS = 20
"""From the webhook to the innermost function of the product."""


def test_an_order_by_sms_is_not_deep_and_calls_nothing_again_from_inside() -> None:
    calls = trace_flow("sms").deepest_calls
    assert len(calls) <= MOST_CALLS, calls
    assert len({*calls}) == len(calls)
