resource "aws_lambda_function" "f" {
  function_name                  = "orders"
  role                           = aws_iam_role.r.arn
  runtime                        = "python3.12"
  handler                        = "app.handler"
  filename                       = "app.zip"
  timeout                        = 30
  memory_size                    = 512
  reserved_concurrent_executions = 10
  kms_key_arn                    = "arn:aws:kms:eu-central-1:111122223333:key/k"
  environment {
    variables = { TABLE = "orders", LEVEL = "info" }
  }
  tracing_config {
    mode = "Active"
  }
  dead_letter_config {
    target_arn = aws_sqs_queue.dead.arn
  }
  vpc_config {
    subnet_ids         = ["subnet-1"]
    security_group_ids = ["sg-1"]
  }
}
resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
resource "aws_sqs_queue" "dead" {
  name = "dead"
}
resource "aws_lambda_permission" "p" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f.function_name
  principal     = "s3.amazonaws.com"
  source_arn    = "arn:aws:s3:::uploads"
}
resource "aws_lambda_function_url" "u" {
  function_name      = aws_lambda_function.f.arn
  authorization_type = "NONE"
}
resource "aws_lambda_event_source_mapping" "m" {
  event_source_arn = aws_sqs_queue.dead.arn
  function_name    = aws_lambda_function.f.arn
  batch_size       = 5
}
resource "aws_cloudwatch_log_group" "g" {
  name              = "/aws/lambda/orders"
  retention_in_days = 365
  kms_key_id        = "arn:aws:kms:eu-central-1:111122223333:key/k"
}
