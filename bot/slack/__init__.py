"""Slack: the only rooms that know Bolt and the SDK. One module per story, not per Slack feature."""
