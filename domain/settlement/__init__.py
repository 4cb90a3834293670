"""Files in which banks say what was paid: their layouts as data, reading them in bounded memory, what each line came
to, and where gateway, files and ledger differ.

Imports `values` and `bills`. Booking the lines is in `domain/actions/settlement/`.
"""
