"""Autotask: the only room that knows httpx. One shared way out, and what the answers mean."""
