"""Keys: signing, sealing, hashing of passwords; callers behind proxies, the scanner of files."""
