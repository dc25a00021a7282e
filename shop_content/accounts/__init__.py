"""People, merchants (tenants), memberships and roles; invitations; the audit trail."""
