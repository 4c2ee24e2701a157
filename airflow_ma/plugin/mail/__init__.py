"""The sandbox mailbox and the page about sending."""
