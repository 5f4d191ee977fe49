variable "domain" {
  description = "Where the site is."
  type        = string
  default     = "handbook.example.com"
}

variable "zone_id" {
  description = "The hosted zone of the domain."
  type        = string
}

variable "log_bucket" {
  description = "The bucket of the account for logs of requests."
  type        = string
}

variable "us_east_1_key_arn" {
  description = "A key in us-east-1 for the firewall's logs."
  type        = string
}

variable "requests_per_five_minutes" {
  type    = number
  default = 2000
}
