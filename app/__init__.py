"""The application: the only place that knows all others. It wires them together, serves them, and commands them."""
