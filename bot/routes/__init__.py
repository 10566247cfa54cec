"""Ways out beside Slack, as the operator names them."""
