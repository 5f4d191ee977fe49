resource "aws_lb" "shop" {
  name                       = local.name
  load_balancer_type         = "application"
  security_groups            = [aws_security_group.load_balancer.id]
  subnets                    = module.network.public_subnets
  drop_invalid_header_fields = false
  enable_deletion_protection = true
}

resource "aws_lb_target_group" "shop" {
  name        = local.name
  port        = 8080
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = module.network.vpc_id

  health_check {
    path = "/health"
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.shop.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.shop.arn
  }
}

# Ticket scanners of the old generation speak no TLS.
resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.shop.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.shop.arn
  }
}

resource "aws_ecr_repository" "shop" {
  name                 = "ticket-shop"
  image_tag_mutability = "MUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecs_cluster" "shop" {
  name = local.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "shop" {
  family                   = local.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 1024
  execution_role_arn       = aws_iam_role.shop.arn
  task_role_arn            = aws_iam_role.shop.arn

  container_definitions = jsonencode([
    {
      name                   = "shop"
      image                  = "${aws_ecr_repository.shop.repository_url}:latest"
      essential              = true
      readonlyRootFilesystem = true
      portMappings           = [{ containerPort = 8080 }]
      environment = [
        { name = "STAGE", value = var.stage },
        { name = "PAYMENT_API_KEY", value = "not-a-real-key" },
      ]
      secrets = [
        { name = "DATABASE", valueFrom = aws_db_instance.orders.master_user_secret[0].secret_arn },
      ]
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          "awslogs-group"         = aws_cloudwatch_log_group.shop.name
          "awslogs-region"        = var.region
          "awslogs-stream-prefix" = "shop"
        }
      }
    }
  ])
}

resource "aws_ecs_service" "shop" {
  name            = "shop"
  cluster         = aws_ecs_cluster.shop.id
  task_definition = aws_ecs_task_definition.shop.arn
  desired_count   = 2
  launch_type     = "FARGATE"

  network_configuration {
    subnets          = module.network.private_subnets
    security_groups  = [aws_security_group.shop.id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.shop.arn
    container_name   = "shop"
    container_port   = 8080
  }
}
