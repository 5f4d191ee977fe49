resource "aws_iam_role" "r" {
  name                 = "worker"
  path                 = "/app/"
  max_session_duration = 3600
  permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}
resource "aws_iam_role_policy" "r" {
  name = "queue"
  role = aws_iam_role.r.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sqs:SendMessage"], Resource = aws_sqs_queue.q.arn }]
  })
}
resource "aws_iam_role_policy_attachment" "r" {
  role       = aws_iam_role.r.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}
resource "aws_sqs_queue" "q" {
  name = "jobs"
}
resource "aws_iam_instance_profile" "p" {
  name = "worker"
  role = aws_iam_role.r.name
}
