resource "aws_secretsmanager_secret" "s" {
  name        = "db"
  description = "database"
  kms_key_id  = aws_kms_key.k.arn
}
resource "aws_secretsmanager_secret_rotation" "s" {
  secret_id           = aws_secretsmanager_secret.s.id
  rotation_lambda_arn = "arn:aws:lambda:eu-central-1:111122223333:function:rotate"
  rotation_rules {
    automatically_after_days = 30
  }
}
resource "aws_kms_key" "k" {
  description = "secrets"
}
resource "aws_ssm_parameter" "p" {
  name  = "/app/level"
  type  = "String"
  value = "info"
}
resource "aws_acm_certificate" "c" {
  domain_name       = "example.com"
  validation_method = "DNS"
}
