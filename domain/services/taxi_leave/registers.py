"""The register of the taxi organisation's permits."""

from domain.blocks.letters import LetterRegister

PERMIT_REGISTER = LetterRegister("t", "ت")
"""Permits of the taxi organisation («تاکسیرانی»)."""
