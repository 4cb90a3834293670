"""The demonstration's phone: a citizen's telephone on a web page, mounted in demo mode only."""
