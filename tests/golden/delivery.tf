resource "aws_codebuild_project" "b" {
  name           = "build"
  service_role   = "arn:aws:iam::111122223333:role/build"
  encryption_key = "arn:aws:kms:eu-central-1:111122223333:key/k"
  artifacts {
    type = "NO_ARTIFACTS"
  }
  environment {
    compute_type    = "BUILD_GENERAL1_SMALL"
    image           = "aws/codebuild/standard:7.0"
    type            = "LINUX_CONTAINER"
    privileged_mode = true
    environment_variable {
      name  = "STAGE"
      value = "prod"
      type  = "PLAINTEXT"
    }
  }
  source {
    type     = "GITHUB"
    location = "https://github.com/acme/app.git"
  }
  logs_config {
    cloudwatch_logs {
      status = "ENABLED"
    }
  }
}
resource "aws_sfn_state_machine" "m" {
  name       = "orders"
  role_arn   = "arn:aws:iam::111122223333:role/sfn"
  type       = "EXPRESS"
  definition = jsonencode({ StartAt = "A", States = { A = { Type = "Pass", End = true } } })
  logging_configuration {
    level                  = "ALL"
    include_execution_data = false
    log_destination        = "arn:aws:logs:eu-central-1:111122223333:log-group:sfn:*"
  }
  tracing_configuration {
    enabled = true
  }
}
resource "aws_cloudwatch_event_rule" "r" {
  name                = "nightly"
  schedule_expression = "rate(1 day)"
}
