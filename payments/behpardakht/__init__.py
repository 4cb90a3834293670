"""Behpardakht, the gateway of Bank Mellat, over SOAP.

Written from the bank's published manuals: functions of the internet gateway 1.29 (Tir 1402), refunds 1.0 (Azar 1389),
codes of 1.39. Nothing here is imported before the gateway is built: `zeep` takes a third of a second.
"""
