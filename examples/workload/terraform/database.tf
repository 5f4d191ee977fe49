resource "aws_db_subnet_group" "this" {
  name       = local.name
  subnet_ids = module.network.private_subnets
}

resource "aws_db_instance" "orders" {
  identifier                  = "${local.name}-orders"
  engine                      = "postgres"
  engine_version              = "16.4"
  instance_class              = "db.r6g.large"
  allocated_storage           = 100
  db_subnet_group_name        = aws_db_subnet_group.this.name
  vpc_security_group_ids      = [aws_security_group.database.id]
  username                    = "orders"
  manage_master_user_password = true

  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.data.arn
  multi_az                            = true
  publicly_accessible                 = false
  auto_minor_version_upgrade          = true
  iam_database_authentication_enabled = true
  backup_retention_period             = 14
  copy_tags_to_snapshot               = true
  deletion_protection                 = var.protect_orders
  enabled_cloudwatch_logs_exports     = ["postgresql", "upgrade"]
  performance_insights_enabled        = true
  performance_insights_kms_key_id     = aws_kms_key.data.arn
}

# The copy that marketing asked for: "only until the season starts".
resource "aws_db_instance" "reports" {
  identifier              = "${local.name}-reports"
  engine                  = "mysql"
  engine_version          = "8.0"
  instance_class          = "db.t3.medium"
  allocated_storage       = 50
  username                = "reports"
  password                = "not-a-real-password"
  publicly_accessible     = true
  backup_retention_period = 0
  skip_final_snapshot     = true
}

resource "aws_dynamodb_table" "seats" {
  name                        = "${local.name}-seats"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "performance"
  range_key                   = "seat"
  deletion_protection_enabled = true

  attribute {
    name = "performance"
    type = "S"
  }

  attribute {
    name = "seat"
    type = "S"
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.data.arn
  }

  point_in_time_recovery {
    enabled = false
  }
}

resource "aws_elasticache_replication_group" "baskets" {
  replication_group_id       = "baskets"
  description                = "Shopping baskets"
  engine                     = "redis"
  node_type                  = "cache.t4g.small"
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  at_rest_encryption_enabled = true
  transit_encryption_enabled = false
}

resource "aws_secretsmanager_secret" "payment" {
  name       = "${local.name}/payment"
  kms_key_id = aws_kms_key.data.arn
}
