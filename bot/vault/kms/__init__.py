"""Master keys that stay with a vendor: data keys are sent there to be wrapped and unwrapped.

They are asked for when a data key is minted, and once in a quarter of an hour for each workspace;
not at each check. Which host and which key is the operator's configuration; a row of the database
names no more than the version of that key.
"""
