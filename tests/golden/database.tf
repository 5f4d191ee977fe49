resource "aws_db_instance" "d" {
  identifier                          = "orders"
  engine                              = "postgres"
  engine_version                      = "16.3"
  instance_class                      = "db.t4g.medium"
  allocated_storage                   = 50
  storage_type                        = "gp3"
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.k.arn
  username                            = "app"
  manage_master_user_password         = true
  multi_az                            = true
  publicly_accessible                 = false
  backup_retention_period             = 14
  deletion_protection                 = true
  copy_tags_to_snapshot               = true
  auto_minor_version_upgrade          = true
  iam_database_authentication_enabled = true
  performance_insights_enabled        = true
  monitoring_interval                 = 60
  enabled_cloudwatch_logs_exports     = ["postgresql"]
  db_subnet_group_name                = aws_db_subnet_group.s.name
  vpc_security_group_ids              = ["sg-1"]
  parameter_group_name                = aws_db_parameter_group.p.name
}
resource "aws_kms_key" "k" {
  description = "db"
}
resource "aws_db_subnet_group" "s" {
  name        = "db"
  description = "database"
  subnet_ids  = ["subnet-1", "subnet-2"]
}
resource "aws_db_parameter_group" "p" {
  family      = "postgres16"
  description = "tls"
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}
