variable "name" {
  type    = string
  default = "invoices"
}

variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "timeout" {
  type    = number
  default = 30
}

variable "key_arn" {
  type = string
}

variable "code_signing_config_arn" {
  type = string
}

variable "permissions_boundary_arn" {
  type    = string
  default = null
}

variable "table_name" {
  type    = string
  default = "invoices"
}

variable "table_arn" {
  type    = string
  default = "arn:aws:dynamodb:eu-central-1:111122223333:table/invoices"
}

variable "secret_arn" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "vpc_cidr" {
  type    = string
  default = "10.20.0.0/16"
}

variable "private_subnet_ids" {
  type = list(string)
}
