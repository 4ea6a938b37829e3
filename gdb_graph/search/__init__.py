"""Full-text search: the named things of a snapshot in, the ones a text means out, best first."""
