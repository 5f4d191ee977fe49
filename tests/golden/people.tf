resource "aws_iam_group" "g" {
  name = "developers"
}
resource "aws_iam_group_policy_attachment" "g" {
  group      = aws_iam_group.g.name
  policy_arn = aws_iam_policy.p.arn
}
resource "aws_iam_policy" "p" {
  name        = "read"
  description = "read tables"
  policy      = <<-EOT
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}]}
  EOT
}
resource "aws_iam_user" "u" {
  name = "deployer"
}
resource "aws_iam_user_policy_attachment" "u" {
  user       = aws_iam_user.u.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
resource "aws_iam_access_key" "u" {
  user = aws_iam_user.u.name
}
