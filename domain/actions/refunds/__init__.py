"""Money that goes back to bank accounts: citizens are asked for theirs, and a day's transfers are one file."""
