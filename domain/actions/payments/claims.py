"""Leases of claims of attempts to pay and of transfers back to cards; while their holder lives they are renewed
(`domain/actions/claims.py`), since a bank may think for two minutes.

A holder that cannot renew (the database is away, the machine sleeps) loses its claims, and another asks the bank too.
So nothing is safe by a claim alone. Every call about a payment may be made twice, and an answer is applied whoever
holds the claim by then. A transfer is asked for by who stored that it is sent, within a minute of that, and whoever
claims it later inquires: «never took it» is believed only when no such request can still arrive (`refund_machine.py`).
"""

from datetime import timedelta

CLAIM_LEASE = timedelta(seconds=15)
"""Time for which a claim outlives its holder: as long as the lease of the job that claims."""
