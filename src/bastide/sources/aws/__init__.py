"""Live AWS accounts: collectors (data) say which calls make which resources; an engine runs them, read-only."""
