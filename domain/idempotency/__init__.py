"""Keys under which calls and forms act once."""
