"""Resources in AWS's own model: CloudFormation types with the properties of AWS's published schemas."""
