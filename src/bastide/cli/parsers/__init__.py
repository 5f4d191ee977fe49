"""The command lines of commands that a scan does not know: each module is imported when one of its commands is named."""
