"""The staff: authorization, sign-in, accounts, substitutes."""
