"""The editors' queue: lease, decision, reason."""
