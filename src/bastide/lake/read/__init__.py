"""From files to events: what is found, unpacked, divided and recognised. Nothing here knows OCSF."""
