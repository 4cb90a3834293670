"""Reading of one message: the grammar of commands, and the words as a whole where no keyword is."""
