resource "aws_guardduty_detector" "d" {
  enable                       = true
  finding_publishing_frequency = "FIFTEEN_MINUTES"
}
resource "aws_config_configuration_recorder" "r" {
  name     = "all"
  role_arn = "arn:aws:iam::111122223333:role/config"
  recording_group {
    all_supported                 = true
    include_global_resource_types = true
  }
}
resource "aws_config_configuration_recorder_status" "r" {
  name       = aws_config_configuration_recorder.r.name
  is_enabled = true
}
resource "aws_accessanalyzer_analyzer" "a" {
  analyzer_name = "main"
  type          = "ACCOUNT"
}
resource "aws_route53_zone" "z" {
  name = "example.com"
}
resource "aws_kinesis_firehose_delivery_stream" "f" {
  name        = "logs"
  destination = "extended_s3"
  extended_s3_configuration {
    role_arn    = "arn:aws:iam::111122223333:role/firehose"
    bucket_arn  = "arn:aws:s3:::logs"
    kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/k"
  }
  server_side_encryption {
    enabled  = true
    key_type = "AWS_OWNED_CMK"
  }
}
