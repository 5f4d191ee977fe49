"""The workload that is operated: its manifest, where its data is kept, and the tables of all that is known of it."""
