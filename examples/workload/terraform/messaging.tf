resource "aws_sqs_queue" "orders" {
  name              = "${local.name}-orders"
  kms_master_key_id = aws_kms_key.data.arn

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.orders_failed.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "orders_failed" {
  name                      = "${local.name}-orders-failed"
  kms_master_key_id         = aws_kms_key.data.arn
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "mail" {
  name                    = "${local.name}-mail"
  sqs_managed_sse_enabled = false
}

resource "aws_sqs_queue_policy" "mail" {
  queue_url = aws_sqs_queue.mail.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = "*"
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.mail.arn
      }
    ]
  })
}

resource "aws_sns_topic" "news" {
  for_each = var.topics

  name              = "${local.name}-${each.key}"
  kms_master_key_id = each.key == "alarm" ? aws_kms_key.data.id : null
}

resource "aws_sns_topic_subscription" "news" {
  for_each = var.topics

  topic_arn = aws_sns_topic.news[each.key].arn
  protocol  = "email"
  endpoint  = each.value
}
