"""Uploads: files on their way to a draft or a request, chunk by chunk."""
