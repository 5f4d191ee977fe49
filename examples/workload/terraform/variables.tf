variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "stage" {
  type    = string
  default = "production"
}

variable "zones" {
  type    = list(string)
  default = ["eu-central-1a", "eu-central-1b"]
}

variable "domain" {
  type    = string
  default = "tickets.example.com"
}

variable "certificate_arn" {
  description = "Certificate of the load balancer; another team hands it over."
  type        = string
}

variable "office_ranges" {
  description = "Where the box office sits; the deployment pipeline knows."
  type        = list(string)
}

variable "audit_key_arn" {
  description = "Key of the audit account, for what must outlive this account."
  type        = string
}

variable "protect_orders" {
  description = "Refuse to delete the order database; set for each stage by the pipeline."
  type        = bool
}

variable "topics" {
  description = "Who hears of what."
  type        = map(string)
  default = {
    sales = "sales@example.com"
    alarm = "on-call@example.com"
  }
}

locals {
  name = "ticket-shop-${var.stage}"
  tags = {
    workload = "ticket-shop"
    stage    = var.stage
    owner    = "box-office"
  }
}
