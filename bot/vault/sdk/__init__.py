"""How the libraries of Amazon, Microsoft and HashiCorp are set up; one module for each.

Each is an optional extra, so nobody imports these modules before one is configured. Where the far
side is, and as whom it is asked, is the operator's configuration alone.
"""
