resource "aws_apigatewayv2_api" "a" {
  name          = "orders"
  protocol_type = "HTTP"
  cors_configuration {
    allow_origins = ["https://example.com"]
    allow_methods = ["GET"]
  }
}
resource "aws_apigatewayv2_stage" "s" {
  api_id      = aws_apigatewayv2_api.a.id
  name        = "$default"
  auto_deploy = true
  access_log_settings {
    destination_arn = "arn:aws:logs:eu-central-1:111122223333:log-group:api"
    format          = "$context.requestId"
  }
}
resource "aws_apigatewayv2_route" "r" {
  api_id             = aws_apigatewayv2_api.a.id
  route_key          = "GET /orders"
  authorization_type = "JWT"
  authorizer_id      = aws_apigatewayv2_authorizer.j.id
}
resource "aws_apigatewayv2_authorizer" "j" {
  api_id           = aws_apigatewayv2_api.a.id
  name             = "jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  jwt_configuration {
    audience = ["orders"]
    issuer   = "https://idp.example.com"
  }
}
resource "aws_cognito_user_pool" "p" {
  name                     = "customers"
  mfa_configuration        = "ON"
  auto_verified_attributes = ["email"]
  software_token_mfa_configuration {
    enabled = true
  }
  password_policy {
    minimum_length    = 14
    require_lowercase = true
    require_numbers   = true
    require_symbols   = true
    require_uppercase = true
  }
  admin_create_user_config {
    allow_admin_create_user_only = true
  }
}
