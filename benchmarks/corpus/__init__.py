"""Realistic Terraform and CloudFormation, put together from the pieces beside this file by a seed."""
