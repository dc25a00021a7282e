"""Writes of the stage: runs, jobs, claims, repairs, what workers say of themselves."""
