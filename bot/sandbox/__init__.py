"""A make-believe outside world. It imports nothing of the bot, and the bot knows nothing of it."""
