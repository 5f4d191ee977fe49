resource "aws_kms_key" "k" {
  description             = "orders"
  deletion_window_in_days = 30
  enable_key_rotation     = true
  multi_region            = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
  tags = { App = "orders" }
}
resource "aws_kms_alias" "k" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.k.key_id
}
