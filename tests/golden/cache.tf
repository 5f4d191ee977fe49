resource "aws_elasticache_replication_group" "r" {
  replication_group_id       = "sessions"
  description                = "sessions"
  engine                     = "redis"
  node_type                  = "cache.t4g.small"
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  multi_az_enabled           = true
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  kms_key_id                 = "arn:aws:kms:eu-central-1:111122223333:key/k"
  snapshot_retention_limit   = 7
  subnet_group_name          = aws_elasticache_subnet_group.s.name
  security_group_ids         = ["sg-1"]
}
resource "aws_elasticache_subnet_group" "s" {
  name        = "cache"
  description = "cache"
  subnet_ids  = ["subnet-1"]
}
