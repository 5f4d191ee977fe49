resource "aws_redshift_cluster" "c" {
  cluster_identifier                  = "dw"
  node_type                           = "ra3.xlplus"
  cluster_type                        = "multi-node"
  number_of_nodes                     = 2
  database_name                       = "dw"
  master_username                     = "admin1"
  manage_master_password              = true
  encrypted                           = true
  kms_key_id                          = "arn:aws:kms:eu-central-1:111122223333:key/k"
  publicly_accessible                 = false
  enhanced_vpc_routing                = true
  automated_snapshot_retention_period = 14
  allow_version_upgrade               = true
}
resource "aws_athena_workgroup" "w" {
  name = "analysts"
  configuration {
    enforce_workgroup_configuration = true
    result_configuration {
      output_location = "s3://results/"
      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = "arn:aws:kms:eu-central-1:111122223333:key/k"
      }
    }
  }
}
resource "aws_kinesis_stream" "s" {
  name             = "clicks"
  shard_count      = 1
  retention_period = 48
  encryption_type  = "KMS"
  kms_key_id       = "alias/aws/kinesis"
}
