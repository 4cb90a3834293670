"""The port `FileCleaner`: files that people send are opened in a process of their own, with bounded memory and time."""
