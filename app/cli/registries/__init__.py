"""Commands about registries, imports, exports and the calendar."""
