"""Commands about registries, imports, exports and the calendar, and about what the site before this one had."""
