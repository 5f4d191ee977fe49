"""The threat model that is derived from resources, the threats in it, and the register of them with its decisions."""
