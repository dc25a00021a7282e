"""The start page of each role: what waits, what runs, what went live."""
