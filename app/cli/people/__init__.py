"""Commands about staff, offices, comments and services."""
