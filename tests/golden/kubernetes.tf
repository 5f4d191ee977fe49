resource "aws_eks_cluster" "c" {
  name                      = "app"
  role_arn                  = "arn:aws:iam::111122223333:role/eks"
  version                   = "1.31"
  enabled_cluster_log_types = ["api", "audit"]
  vpc_config {
    subnet_ids              = ["subnet-1", "subnet-2"]
    endpoint_public_access  = true
    endpoint_private_access = true
    public_access_cidrs     = ["203.0.113.0/24"]
  }
  encryption_config {
    resources = ["secrets"]
    provider {
      key_arn = "arn:aws:kms:eu-central-1:111122223333:key/k"
    }
  }
}
resource "aws_eks_node_group" "n" {
  cluster_name    = aws_eks_cluster.c.name
  node_group_name = "main"
  node_role_arn   = "arn:aws:iam::111122223333:role/node"
  subnet_ids      = ["subnet-1"]
  scaling_config {
    desired_size = 2
    max_size     = 3
    min_size     = 1
  }
}
