"""The engine room: queries run here, in processes that can be killed and can reach nothing.

pool (in the HTTP process) ── control ──▶ nursery (holds the snapshot, single-threaded)
  │                                          │ fork, in milliseconds
  └──────── one query at a time ──────────▶ child ▶ sparql
"""
