"""The use cases that every channel calls. Each takes the `Desk` and an open unit of work; none of them commits."""
