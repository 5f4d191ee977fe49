resource "aws_cloudwatch_log_group" "network" {
  name              = "/${local.name}/network"
  retention_in_days = 365
  kms_key_id        = var.audit_key_arn
}

resource "aws_cloudwatch_log_group" "shop" {
  name = "/${local.name}/shop"
}

data "aws_iam_policy_document" "trail" {
  statement {
    sid       = "Write"
    actions   = ["s3:GetBucketAcl", "s3:PutObject"]
    resources = ["arn:aws:s3:::${local.name}-trail", "arn:aws:s3:::${local.name}-trail/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = ["arn:aws:cloudtrail:${var.region}:111122223333:trail/${local.name}"]
    }
  }
}

module "trail" {
  source = "./modules/bucket"

  name       = "${local.name}-trail"
  log_bucket = module.logs.id
  statements = [data.aws_iam_policy_document.trail.json]
}

resource "aws_cloudtrail" "this" {
  name                          = local.name
  s3_bucket_name                = module.trail.id
  include_global_service_events = true
  is_multi_region_trail         = false
  enable_log_file_validation    = false
  kms_key_id                    = var.audit_key_arn
}

resource "aws_cloudwatch_metric_alarm" "failed_orders" {
  alarm_name          = "${local.name}-failed-orders"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.news["alarm"].arn]

  dimensions = {
    QueueName = aws_sqs_queue.orders_failed.name
  }
}
