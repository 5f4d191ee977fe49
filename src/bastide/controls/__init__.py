"""Controls: load, check, compile and evaluate them; verdicts; exemptions."""
