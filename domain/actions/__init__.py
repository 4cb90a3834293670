"""The use cases that every channel calls. Each takes the `Dependencies` and an open unit of work; none commits."""
