"""Repositories of persons, staff, and sessions of both sites."""
