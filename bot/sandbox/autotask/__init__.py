"""A make-believe Autotask PSA: several zones and tenants behind real sockets, and switches to break
them. True to what is known of the REST API; where that is not established it is a quirk to choose.
"""

from bot.sandbox.autotask.plan import Plan
from bot.sandbox.autotask.quirks import Quirks
from bot.sandbox.autotask.world import AutotaskWorld

__all__ = ["AutotaskWorld", "Plan", "Quirks"]
