resource "aws_docdb_cluster" "d" {
  cluster_identifier              = "docs"
  master_username                 = "app"
  master_password                 = var.password
  storage_encrypted               = true
  backup_retention_period         = 7
  deletion_protection             = true
  enabled_cloudwatch_logs_exports = ["audit"]
}
variable "password" {
  sensitive = true
}
resource "aws_neptune_cluster" "n" {
  cluster_identifier                  = "graph"
  storage_encrypted                   = true
  iam_database_authentication_enabled = true
  backup_retention_period             = 7
}
resource "aws_dax_cluster" "x" {
  cluster_name                     = "fast"
  iam_role_arn                     = "arn:aws:iam::111122223333:role/dax"
  node_type                        = "dax.r5.large"
  replication_factor               = 3
  cluster_endpoint_encryption_type = "TLS"
  server_side_encryption {
    enabled = true
  }
}
resource "aws_mq_broker" "b" {
  broker_name                = "jobs"
  engine_type                = "ActiveMQ"
  engine_version             = "5.18"
  host_instance_type         = "mq.t3.micro"
  publicly_accessible        = false
  auto_minor_version_upgrade = true
  logs {
    audit   = true
    general = true
  }
}
