"""bastide: how a workload on AWS is operated securely, as a program that runs."""

__version__ = "0.1.0"
