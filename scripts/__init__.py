"""What is run beside the project."""
