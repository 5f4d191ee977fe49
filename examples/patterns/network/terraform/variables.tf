variable "name" {
  type    = string
  default = "workload"
}

variable "cidr" {
  type    = string
  default = "10.20.0.0/16"

  validation {
    condition     = can(cidrhost(var.cidr, 0))
    error_message = "An address range, such as 10.20.0.0/16."
  }
}

variable "zone_count" {
  type    = number
  default = 3
}

variable "interface_endpoints" {
  type    = list(string)
  default = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "kms", "sts"]
}

variable "keep_flow_logs_days" {
  type    = number
  default = 365
}
