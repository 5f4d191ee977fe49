variable "name" {
  type    = string
  default = "uploads"
}

variable "consumers" {
  type    = list(string)
  default = ["thumbnails", "index"]
}

variable "alarm_topic_arn" {
  type = string
}
