variable "name" {
  type = string
}

variable "range" {
  type = string
}

variable "zones" {
  type = list(string)
}

variable "flow_logs" {
  description = "ARN of the log group for flow logs."
  type        = string
}
