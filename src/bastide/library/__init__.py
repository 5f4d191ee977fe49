"""Data only: controls, collectors, macros, mappings, schemas and frameworks, as files below `FOLDER`.

A plain path: looking up files through `importlib.resources` imports a dozen modules, in every process that reads.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
