variable "name" {
  type    = string
  default = "platform"
}

variable "kubernetes_version" {
  type    = string
  default = "1.34"
}

variable "vpc_id" {
  type = string
}

variable "private_subnet_ids" {
  type = list(string)
}

variable "administrator_ranges" {
  type    = list(string)
  default = ["10.90.0.0/24"]
}

variable "administrator_role_arns" {
  type    = map(string)
  default = { platform = "arn:aws:iam::111122223333:role/platform" }
}

variable "log_key_arn" {
  type = string
}
