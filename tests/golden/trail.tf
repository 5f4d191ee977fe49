resource "aws_cloudtrail" "t" {
  name                          = "org"
  s3_bucket_name                = aws_s3_bucket.b.id
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = true
  enable_logging                = true
  kms_key_id                    = "arn:aws:kms:eu-central-1:111122223333:key/k"
  event_selector {
    read_write_type           = "All"
    include_management_events = true
    data_resource {
      type   = "AWS::S3::Object"
      values = ["arn:aws:s3"]
    }
  }
}
resource "aws_s3_bucket" "b" {
  bucket = "trail"
}
resource "aws_cloudwatch_metric_alarm" "a" {
  alarm_name          = "root"
  metric_name         = "RootUse"
  namespace           = "Trail"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 1
  period              = 300
  statistic           = "Sum"
  threshold           = 1
  alarm_actions       = ["arn:aws:sns:eu-central-1:111122223333:alarms"]
}
resource "aws_cloudwatch_log_metric_filter" "f" {
  name           = "root"
  log_group_name = "trail"
  pattern        = "{ $.userIdentity.type = Root }"
  metric_transformation {
    name      = "RootUse"
    namespace = "Trail"
    value     = "1"
  }
}
