"""Calendars of machines and visits, and times out of service."""
