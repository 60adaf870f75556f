"""Coverage-guided fuzzing of every reader and of the whole scan. See `run` and docs/security.md."""
