"""Checks of texts: those that are missing, too long or never asked for, whose facts nobody fills, and those that are
translated or overridden wrongly.
"""
