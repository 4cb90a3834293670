"""Enquiries that are answered at once and change nothing: where a person is, who has a request, what to dial,
courtesies."""
