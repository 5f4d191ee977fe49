resource "aws_lb" "l" {
  name                       = "web"
  internal                   = false
  load_balancer_type         = "application"
  subnets                    = ["subnet-1", "subnet-2"]
  security_groups            = [aws_security_group.g.id]
  enable_deletion_protection = true
  drop_invalid_header_fields = true
  access_logs {
    bucket  = "alb-logs"
    prefix  = "web"
    enabled = true
  }
}
resource "aws_security_group" "g" {
  description = "lb"
}
resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.l.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = "arn:aws:acm:eu-central-1:111122223333:certificate/c"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.t.arn
  }
}
resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.l.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}
resource "aws_lb_target_group" "t" {
  port     = 80
  protocol = "HTTP"
  vpc_id   = "vpc-1"
}
resource "aws_wafv2_web_acl_association" "w" {
  resource_arn = aws_lb.l.arn
  web_acl_arn  = "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/w/1"
}
