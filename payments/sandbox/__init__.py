"""The embedded gateway of the demonstration and of tests: a bank of our own with a page, test cards and whims.

`bank.py` is the bank (its sales, which live as long as the process), `gateway.py` speaks to it as a gateway does,
`pages.py` is what a payer's browser meets. No money moves. `serve` refuses it outside demo mode.
"""
