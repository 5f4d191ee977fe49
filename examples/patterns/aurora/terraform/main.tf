terraform {
  required_version = ">= 1.6"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

data "aws_caller_identity" "current" {}

locals {
  port      = 5432
  instances = { for index in range(var.instance_count) : format("%02d", index + 1) => index }
}

resource "aws_kms_key" "this" {
  description             = "Cluster ${var.name}: storage, secret and insights"
  enable_key_rotation     = true
  rotation_period_in_days = 180
}

resource "aws_security_group" "this" {
  name_prefix = "${var.name}-"
  description = "PostgreSQL from the workload"
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each                     = var.client_security_group_ids
  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = each.value
  description                  = "PostgreSQL from ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.private_subnet_ids
}

resource "aws_rds_cluster_parameter_group" "this" {
  name_prefix = "${var.name}-"
  family      = "aurora-postgresql16"

  dynamic "parameter" {
    for_each = var.parameters

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "pending-reboot"
    }
  }
}

resource "aws_rds_cluster" "this" {
  cluster_identifier = var.name
  engine             = "aurora-postgresql"
  engine_version     = "16.8"
  database_name      = "app"
  port               = local.port

  master_username               = "steward"
  manage_master_user_password   = true
  master_user_secret_kms_key_id = aws_kms_key.this.key_id

  iam_database_authentication_enabled = true

  storage_encrypted = true
  kms_key_id        = aws_kms_key.this.arn

  db_subnet_group_name            = aws_db_subnet_group.this.name
  vpc_security_group_ids          = [aws_security_group.this.id]
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.this.name

  backup_retention_period      = var.keep_backups_days
  preferred_backup_window      = "02:10-03:10"
  preferred_maintenance_window = "sun:04:00-sun:05:00"
  copy_tags_to_snapshot        = true
  skip_final_snapshot          = false
  final_snapshot_identifier    = "${var.name}-final"
  deletion_protection          = true

  enabled_cloudwatch_logs_exports = ["postgresql"]

  serverlessv2_scaling_configuration {
    min_capacity = 0.5
    max_capacity = 8
  }
}

resource "aws_rds_cluster_instance" "this" {
  for_each = local.instances

  cluster_identifier = aws_rds_cluster.this.id
  identifier         = "${var.name}-${each.key}"
  engine             = aws_rds_cluster.this.engine
  engine_version     = aws_rds_cluster.this.engine_version
  instance_class     = "db.serverless"
  promotion_tier     = each.value

  auto_minor_version_upgrade = true
  ca_cert_identifier         = "rds-ca-ecc384-g1"

  performance_insights_enabled    = true
  performance_insights_kms_key_id = aws_kms_key.this.arn

  monitoring_interval = 30
  monitoring_role_arn = aws_iam_role.monitoring.arn
}

resource "aws_iam_role" "monitoring" {
  name_prefix = "${var.name}-monitoring-"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

# The application's own user, whose password a function of the platform team rotates.

resource "aws_secretsmanager_secret" "app" {
  name_prefix = "${var.name}/app-"
  description = "User of the application"
  kms_key_id  = aws_kms_key.this.arn
}

resource "aws_secretsmanager_secret_rotation" "app" {
  secret_id           = aws_secretsmanager_secret.app.id
  rotation_lambda_arn = var.rotation_function_arn

  rotation_rules {
    automatically_after_days = 30
  }
}

resource "aws_db_event_subscription" "this" {
  name             = var.name
  sns_topic        = var.alarm_topic_arn
  source_type      = "db-cluster"
  source_ids       = [aws_rds_cluster.this.cluster_identifier]
  event_categories = ["failover", "failure", "maintenance", "notification"]
}
