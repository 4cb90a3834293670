"""Runtime settings and text overrides: changed, taken up."""
