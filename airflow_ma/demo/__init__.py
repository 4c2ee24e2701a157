"""The demo: a pretend shop, a crowd of customers, and what starts, checks and ends it all."""
