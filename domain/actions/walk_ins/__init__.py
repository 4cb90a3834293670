"""The desk where citizens come in person: what is known while their form is filled in."""
