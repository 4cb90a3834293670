"""The register of the permits of street banners."""

from domain.blocks.letters import LetterRegister

PERMIT_REGISTER = LetterRegister("banner", "ب")
"""Permits of street banners («بنر»)."""
