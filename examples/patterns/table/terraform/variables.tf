variable "name" {
  type    = string
  default = "bookings"
}

variable "hash_key" {
  type    = string
  default = "pk"
}

variable "range_key" {
  type    = string
  default = "sk"
}

variable "indexes" {
  type = list(object({
    name     = string
    hash_key = string
  }))
  default = [{ name = "by-guest", hash_key = "guest" }]
}

variable "capacity" {
  description = "Units of reading and writing; without it, the table is paid by request."
  type        = object({ read = number, write = number })
  default     = null
}

variable "reader_role_arns" {
  type    = list(string)
  default = []
}
