"""Where the entries are that references name: one module for each vendor's vault, read only."""
