"""What is answered at once and changes nothing: where a person is, who has a request, what to dial, courtesies."""
