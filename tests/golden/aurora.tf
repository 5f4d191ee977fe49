resource "aws_rds_cluster" "c" {
  cluster_identifier                  = "orders"
  engine                              = "aurora-postgresql"
  database_name                       = "orders"
  master_username                     = "app"
  manage_master_user_password         = true
  storage_encrypted                   = true
  backup_retention_period             = 7
  deletion_protection                 = true
  copy_tags_to_snapshot               = true
  iam_database_authentication_enabled = true
  enabled_cloudwatch_logs_exports     = ["postgresql"]
  backtrack_window                    = 0
  serverlessv2_scaling_configuration {
    min_capacity = 0.5
    max_capacity = 4
  }
}
resource "aws_rds_cluster_instance" "i" {
  identifier          = "orders-1"
  cluster_identifier  = aws_rds_cluster.c.id
  engine              = aws_rds_cluster.c.engine
  instance_class      = "db.serverless"
  publicly_accessible = false
}
