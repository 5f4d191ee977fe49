resource "aws_kms_key" "data" {
  description             = "Orders, invoices and queues"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

# From the first week of the project; signs nothing but newsletters by now.
resource "aws_kms_key" "newsletter" {
  description             = "Newsletter"
  enable_key_rotation     = false
  deletion_window_in_days = 7
}

module "logs" {
  source = "./modules/bucket"

  name = "${local.name}-logs"
}

module "invoices" {
  source = "./modules/bucket"

  name       = "${local.name}-invoices"
  key_arn    = aws_kms_key.data.arn
  log_bucket = module.logs.id
}

module "site" {
  source = "./modules/bucket"

  name       = "${local.name}-site"
  log_bucket = module.logs.id
}

# Served posters directly before CloudFront came, and still does.
resource "aws_s3_bucket" "posters" {
  bucket = "${local.name}-posters"
}

resource "aws_s3_bucket_public_access_block" "posters" {
  bucket = aws_s3_bucket.posters.id

  block_public_acls       = false
  block_public_policy     = false
  ignore_public_acls      = false
  restrict_public_buckets = false
}

resource "aws_s3_bucket_policy" "posters" {
  bucket = aws_s3_bucket.posters.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Everybody"
        Effect    = "Allow"
        Principal = "*"
        Action    = ["s3:GetObject", "s3:ListBucket"]
        Resource  = [aws_s3_bucket.posters.arn, "${aws_s3_bucket.posters.arn}/*"]
      }
    ]
  })
}
