"""The HTTP side of serving: requests in, responses out; knows of queries and answers, not of processes."""
