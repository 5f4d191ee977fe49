variable "name" {
  type    = string
  default = "checkout"
}

variable "repository" {
  description = "Owner and name on GitHub."
  type        = string
  default     = "example/checkout"
}

variable "branches" {
  type    = list(string)
  default = ["main"]
}

variable "keep_images" {
  type    = number
  default = 50
}

variable "log_bucket" {
  type = string
}

variable "log_key_arn" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "private_subnet_ids" {
  type = list(string)
}

variable "build_security_group_id" {
  type = string
}
