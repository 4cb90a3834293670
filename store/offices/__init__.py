"""Counter offices: what they earn, their tills and the nonces of their software."""
