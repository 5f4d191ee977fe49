"""The code of functions that lies in the repository: searched for secrets, and never run."""
