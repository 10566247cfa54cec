"""Sealing: what is stored opens only with its key, and only where it was sealed."""
