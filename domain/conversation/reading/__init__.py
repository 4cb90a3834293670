"""What one message says: the grammar of commands, and the words as a whole where no keyword is."""
