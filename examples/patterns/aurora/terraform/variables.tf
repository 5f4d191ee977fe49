variable "name" {
  type    = string
  default = "orders"
}

variable "vpc_id" {
  type = string
}

variable "private_subnet_ids" {
  type = list(string)
}

variable "client_security_group_ids" {
  description = "Security groups of what asks the database, by name."
  type        = map(string)
  default     = {}
}

variable "instance_count" {
  type    = number
  default = 2
}

variable "keep_backups_days" {
  type    = number
  default = 30
}

variable "parameters" {
  type = map(string)
  default = {
    "rds.force_ssl"              = "1"
    "log_connections"            = "1"
    "log_disconnections"         = "1"
    "log_statement"              = "ddl"
    "log_min_duration_statement" = "1000"
  }
}

variable "rotation_function_arn" {
  type = string
}

variable "alarm_topic_arn" {
  type = string
}
