"""The command lines of what a scan does not know: a module is imported when one of its commands is named."""
