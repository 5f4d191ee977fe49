data "aws_iam_policy_document" "tasks" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "shop" {
  name               = "${local.name}-shop"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
}

# "We will narrow it down once it works."
resource "aws_iam_role_policy" "shop" {
  name = "shop"
  role = aws_iam_role.shop.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Data"
        Effect   = "Allow"
        Action   = ["dynamodb:*", "s3:*", "sqs:*"]
        Resource = "*"
      },
      {
        Sid      = "Start"
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken"]
        Resource = "*"
      }
    ]
  })
}

# Deployments from the pipeline of any repository that the identity provider knows.
resource "aws_iam_role" "deploy" {
  name = "${local.name}-deploy"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
        Action    = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        }
      }
    ]
  })
}

resource "aws_iam_role_policy_attachment" "deploy" {
  role       = aws_iam_role.deploy.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

data "aws_iam_policy_document" "box_office" {
  statement {
    sid       = "ReadOrders"
    actions   = ["sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [aws_sqs_queue.orders.arn]
  }

  statement {
    sid       = "ReadInvoices"
    actions   = ["s3:GetObject"]
    resources = ["${module.invoices.arn}/*"]
  }
}

resource "aws_iam_policy" "box_office" {
  name   = "${local.name}-box-office"
  policy = data.aws_iam_policy_document.box_office.json
}
