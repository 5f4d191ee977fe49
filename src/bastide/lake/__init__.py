"""Logs as OCSF events in Parquet, in the layout of Amazon Security Lake: ingest, store, look after, ask."""
