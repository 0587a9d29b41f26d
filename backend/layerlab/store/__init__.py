"""What is kept on disk: one SQLite database with one writer, and a folder for each run."""
