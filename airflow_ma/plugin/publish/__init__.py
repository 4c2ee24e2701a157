"""Publishing a change: preview, rules, approval, versions and history."""
