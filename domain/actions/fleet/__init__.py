"""Machines and operators out of service."""
