variable "name" {
  type    = string
  default = "shop"
}

variable "image" {
  description = "The image with its digest."
  type        = string
}

variable "cpu" {
  type    = number
  default = 512
}

variable "memory" {
  type    = number
  default = 1024
}

variable "environment" {
  type    = map(string)
  default = { LOG_LEVEL = "info" }
}

variable "secrets" {
  description = "ARNs of secrets by the variable that they become."
  type        = map(string)
  default     = { DATABASE_PASSWORD = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/database-AbCdEf" }
}

variable "vpc_id" {
  type = string
}

variable "vpc_cidr" {
  type    = string
  default = "10.20.0.0/16"
}

variable "public_subnet_ids" {
  type = list(string)
}

variable "private_subnet_ids" {
  type = list(string)
}

variable "certificate_arn" {
  type = string
}

variable "web_acl_arn" {
  type = string
}

variable "log_bucket" {
  type = string
}

variable "queue_arn" {
  type = string
}
