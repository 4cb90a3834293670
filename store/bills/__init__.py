"""Bills with what moved on them, and transfers to accounts of citizens."""
