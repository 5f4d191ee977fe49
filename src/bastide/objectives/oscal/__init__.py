"""OSCAL, NIST's format for catalogs, implementations and assessments: in and out."""
