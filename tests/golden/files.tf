resource "aws_efs_file_system" "f" {
  encrypted  = true
  kms_key_id = "arn:aws:kms:eu-central-1:111122223333:key/k"
  tags       = { Name = "shared" }
}
resource "aws_efs_backup_policy" "f" {
  file_system_id = aws_efs_file_system.f.id
  backup_policy {
    status = "ENABLED"
  }
}
resource "aws_efs_mount_target" "m" {
  file_system_id  = aws_efs_file_system.f.id
  subnet_id       = "subnet-1"
  security_groups = ["sg-1"]
}
resource "aws_backup_vault" "v" {
  name        = "main"
  kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/k"
}
resource "aws_backup_plan" "p" {
  name = "daily"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.v.name
    schedule          = "cron(0 3 * * ? *)"
    lifecycle {
      delete_after = 35
    }
  }
}
