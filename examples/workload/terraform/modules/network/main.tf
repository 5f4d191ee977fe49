resource "aws_vpc" "this" {
  cidr_block           = var.range
  enable_dns_support   = true
  enable_dns_hostnames = true
}

# Adopted so that nobody relies on it: no rules at all.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "public" {
  count = length(var.zones)

  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(var.range, 8, count.index)
  availability_zone = var.zones[count.index]
}

resource "aws_subnet" "private" {
  count = length(var.zones)

  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(var.range, 8, 100 + count.index)
  availability_zone = var.zones[count.index]
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_flow_log" "this" {
  vpc_id          = aws_vpc.this.id
  traffic_type    = "ALL"
  log_destination = var.flow_logs
  iam_role_arn    = aws_iam_role.flow_logs.arn
}

data "aws_iam_policy_document" "flow_logs_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "flow_logs" {
  name               = "${var.name}-flow-logs"
  assume_role_policy = data.aws_iam_policy_document.flow_logs_trust.json
}

data "aws_iam_policy_document" "flow_logs" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${var.flow_logs}:*"]
  }
}

resource "aws_iam_role_policy" "flow_logs" {
  name   = "write"
  role   = aws_iam_role.flow_logs.id
  policy = data.aws_iam_policy_document.flow_logs.json
}
