"""Teach the model the job, and measure what it has learned."""
