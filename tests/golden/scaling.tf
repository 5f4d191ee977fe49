resource "aws_launch_template" "t" {
  name          = "web"
  image_id      = "ami-1"
  instance_type = "t3.small"
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      encrypted   = true
      volume_size = 30
    }
  }
  network_interfaces {
    device_index                = 0
    associate_public_ip_address = false
    security_groups             = ["sg-1"]
  }
  monitoring {
    enabled = true
  }
}
resource "aws_autoscaling_group" "g" {
  name                      = "web"
  min_size                  = 1
  max_size                  = 3
  desired_capacity          = 2
  health_check_type         = "ELB"
  health_check_grace_period = 300
  vpc_zone_identifier       = ["subnet-1", "subnet-2"]
  target_group_arns         = [aws_lb_target_group.g.arn]
  launch_template {
    id      = aws_launch_template.t.id
    version = "3"
  }
}
resource "aws_lb_target_group" "g" {
  name        = "web"
  port        = 443
  protocol    = "HTTPS"
  vpc_id      = "vpc-1"
  target_type = "instance"
  health_check {
    path     = "/health"
    protocol = "HTTPS"
    matcher  = "200"
  }
}
