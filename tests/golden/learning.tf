resource "aws_sagemaker_notebook_instance" "n" {
  name                   = "lab"
  role_arn               = "arn:aws:iam::111122223333:role/lab"
  instance_type          = "ml.t3.medium"
  direct_internet_access = "Disabled"
  root_access            = "Disabled"
  kms_key_id             = "k"
  subnet_id              = "subnet-1"
}
resource "aws_msk_cluster" "k" {
  cluster_name           = "events"
  kafka_version          = "3.6.0"
  number_of_broker_nodes = 3
  broker_node_group_info {
    instance_type   = "kafka.m5.large"
    client_subnets  = ["subnet-1", "subnet-2", "subnet-3"]
    security_groups = ["sg-1"]
  }
  encryption_info {
    encryption_in_transit {
      client_broker = "TLS"
      in_cluster    = true
    }
  }
  client_authentication {
    sasl {
      iam = true
    }
  }
}
resource "aws_glue_security_configuration" "g" {
  name = "all"
  encryption_configuration {
    s3_encryption {
      s3_encryption_mode = "SSE-KMS"
      kms_key_arn        = "arn:aws:kms:eu-central-1:111122223333:key/k"
    }
  }
}
resource "aws_emr_security_configuration" "e" {
  name          = "all"
  configuration = jsonencode({ EncryptionConfiguration = { EnableInTransitEncryption = false } })
}
