"""The verbs: what the bot does for somebody. Async; the outside world comes as arguments."""
