"""JavaScript: parse it, build a graph of its values, follow personal data through it."""
