"""Sigma rules over the lake: parsed, compiled to SQL, run, correlated, and grouped into alerts."""
