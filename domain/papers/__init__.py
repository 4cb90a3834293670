"""Printed papers as data, the register of issued ones, and the port to the printer.

Imports `values`.
"""
