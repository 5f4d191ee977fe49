variable "name" {
  type = string
}

variable "key_arn" {
  description = "Customer key; without one, the bucket's own encryption."
  type        = string
  default     = null
}

variable "versioned" {
  type    = bool
  default = true
}

variable "log_bucket" {
  description = "Bucket for access logs; none for the log bucket itself."
  type        = string
  default     = null
}

variable "statements" {
  description = "Further policy documents, as JSON."
  type        = list(string)
  default     = []
}
