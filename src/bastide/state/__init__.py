"""What is remembered between scans: decisions, scans, findings and risks over time, in SQLite or PostgreSQL."""
