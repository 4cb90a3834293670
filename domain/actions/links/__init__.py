"""Links and buttons in messages: the page of a bill, the answer to a question, what can be done with a request."""
