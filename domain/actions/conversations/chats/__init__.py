"""Updates of a messenger's bot: received once, done, and answered with words and buttons."""
