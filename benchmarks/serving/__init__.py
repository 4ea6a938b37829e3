"""The parts of `benchmarks/serve.py`: programs and requests in, rows of a table out."""
