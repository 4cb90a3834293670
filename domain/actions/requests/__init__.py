"""Requests: submitted, acted on, assigned, tracked, reopened, erased, entered at the desk, moved by timers."""
