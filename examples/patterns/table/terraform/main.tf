terraform {
  required_version = ">= 1.6"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

locals {
  # Every attribute that a key of the table or of an index names.
  attributes = merge(
    { (var.hash_key) = "S" },
    var.range_key == null ? {} : { (var.range_key) = "S" },
    { for index in var.indexes : index.hash_key => "S" },
  )
}

resource "aws_kms_key" "this" {
  description             = "Table ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_dynamodb_table" "this" {
  name                        = var.name
  billing_mode                = var.capacity == null ? "PAY_PER_REQUEST" : "PROVISIONED"
  read_capacity               = try(var.capacity.read, null)
  write_capacity              = try(var.capacity.write, null)
  hash_key                    = var.hash_key
  range_key                   = var.range_key
  deletion_protection_enabled = true
  stream_enabled              = true
  stream_view_type            = "NEW_AND_OLD_IMAGES"

  dynamic "attribute" {
    for_each = local.attributes

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = var.indexes

    content {
      name            = global_secondary_index.value.name
      hash_key        = global_secondary_index.value.hash_key
      projection_type = "ALL"
    }
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = 35
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.this.arn
  }

  ttl {
    attribute_name = "expires"
    enabled        = true
  }

  tags = { backup = "daily" }
}

data "aws_iam_policy_document" "table" {
  count = length(var.reader_role_arns) > 0 ? 1 : 0

  statement {
    actions   = ["dynamodb:GetItem", "dynamodb:Query"]
    resources = [aws_dynamodb_table.this.arn]

    principals {
      type        = "AWS"
      identifiers = var.reader_role_arns
    }
  }
}

resource "aws_dynamodb_resource_policy" "this" {
  count        = length(data.aws_iam_policy_document.table)
  resource_arn = aws_dynamodb_table.this.arn
  policy       = data.aws_iam_policy_document.table[0].json
}

# Copies that whoever may delete the table may not

resource "aws_backup_vault" "this" {
  name        = var.name
  kms_key_arn = aws_kms_key.this.arn
}

resource "aws_backup_vault_lock_configuration" "this" {
  backup_vault_name   = aws_backup_vault.this.name
  min_retention_days  = 7
  max_retention_days  = 400
  changeable_for_days = 3
}

resource "aws_backup_plan" "this" {
  name = var.name

  dynamic "rule" {
    for_each = {
      daily   = { schedule = "cron(0 3 * * ? *)", days = 35 }
      monthly = { schedule = "cron(0 4 1 * ? *)", days = 365 }
    }

    content {
      rule_name         = rule.key
      target_vault_name = aws_backup_vault.this.name
      schedule          = rule.value.schedule

      lifecycle {
        delete_after = rule.value.days
      }
    }
  }
}

resource "aws_backup_selection" "this" {
  name         = var.name
  plan_id      = aws_backup_plan.this.id
  iam_role_arn = aws_iam_role.backup.arn
  resources    = [aws_dynamodb_table.this.arn]
}

resource "aws_iam_role" "backup" {
  name_prefix        = "${var.name}-backup-"
  assume_role_policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "backup.amazonaws.com"},
        "Action": "sts:AssumeRole"
      }
    }
  JSON
}

resource "aws_iam_role_policy_attachment" "backup" {
  role       = aws_iam_role.backup.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
}
