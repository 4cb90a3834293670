"""The command line `pishkhan`: one module a topic, each loaded only when its command is called."""
