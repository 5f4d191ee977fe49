variable "name" {
  description = "What the bucket is called; the account's number is added."
  type        = string
  default     = "ledger-documents"
}

variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "reader_role_arns" {
  description = "Roles that may read objects."
  type        = list(string)
  default     = []
}

variable "force_destroy" {
  description = "Delete objects together with the bucket; for trials only."
  type        = bool
  default     = false
}

variable "key_deletion_days" {
  type    = number
  default = 30
}

variable "keep_old_versions_days" {
  type    = number
  default = 90
}

variable "keep_logs_days" {
  type    = number
  default = 400
}

variable "tags" {
  type    = map(string)
  default = { team = "ledger" }
}
