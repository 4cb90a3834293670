"""The register of the expert unit's answers."""

from domain.blocks.letters import LetterRegister

ANSWER_REGISTER = LetterRegister("e", "ک")
"""Answers of the expert unit («کارشناسی»)."""
