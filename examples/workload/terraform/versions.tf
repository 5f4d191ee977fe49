terraform {
  required_version = ">= 1.6"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.80"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

# CloudFront takes certificates and web ACLs from this region only.
provider "aws" {
  alias  = "edge"
  region = "us-east-1"
}
