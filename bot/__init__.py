"""A Slack app that connects to Autotask PSA and says so when the connection stops being active.

Nouns in `domain/`, verbs in `usecases/`, proper names in the packages beside them. Imports point
inwards: `__main__` and `app` know everybody, `domain` knows nobody.
"""

__version__ = "0.1.0"
