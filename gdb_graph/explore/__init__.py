"""How things are connected and who should come together: rows of queries in, values out; no web, no store."""
