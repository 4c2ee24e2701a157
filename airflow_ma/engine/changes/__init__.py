"""Changing a live journey: drafts, releases, the rules for people inside, approvals and the audit log."""
