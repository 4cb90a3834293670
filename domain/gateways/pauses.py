"""Waiting times of the machines of attempts and of refunds: for a session, a payer, a bank's answer."""

from datetime import timedelta

START_GRACE = timedelta(minutes=5)
"""Time that a session may take to open; nobody can have left for the bank before it is stored."""

SESSION_GRACE = timedelta(minutes=2)
"""Allowance for a bank's clock that differs from ours, and for a payer who paid in the last second."""

ABSENT_PAYER_PAUSE = timedelta(minutes=2)
"""Between two questions about a payer who has not come back, at a bank that can be asked."""

ANSWER_EXPECTED = timedelta(minutes=30)
"""Time after a payer came back for which a bank may stay silent before the outcome is called unknown, where its
protocol sets no time for the verification.
"""

UNRESOLVED_AFTER = timedelta(hours=3)
"""Time after a session's end at which the staff are alerted to an attempt that the bank still says nothing of. By then
every published time for a verification or a reversal is over (the longest is Behpardakht's for reversals, three hours),
and the working day in which somebody can call the bank is not.
"""

UNRESOLVED_CALLS = 10
"""So many unanswered calls in a row, 19 minutes, belong to it: a late callback finds an attempt whose session is
long over, and one call that fails is no matter for anybody.
"""

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 10, 20, 40, 60, 120, 300, 600, 1800))
"""Before each further call to a bank that does not answer; the last one from then on, without end."""
