"""Keys: signing, sealing, hashing of passwords."""
