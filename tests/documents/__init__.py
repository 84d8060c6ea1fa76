"""Real files of every format, and hostile ones, made when they are needed."""
