"""Where the workload stands: everything known of it together, the gate, metrics over time, the report."""
