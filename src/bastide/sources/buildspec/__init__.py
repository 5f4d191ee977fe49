"""Build specifications of CodeBuild."""
