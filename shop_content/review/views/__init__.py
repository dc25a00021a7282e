"""Pages of the queue, of one draft, and of the reasons to reject."""
