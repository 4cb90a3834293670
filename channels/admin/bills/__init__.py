"""Bills, refunds, and money recorded by hand."""
