"""Patches of Terraform and CloudFormation after which controls pass."""
