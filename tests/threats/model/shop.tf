# The same as shop.yaml.
resource "aws_vpc" "network" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "public" {
  vpc_id                  = aws_vpc.network.id
  cidr_block              = "10.0.0.0/24"
  map_public_ip_on_launch = true
}

resource "aws_subnet" "inner" {
  vpc_id     = aws_vpc.network.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_security_group" "door" {
  vpc_id = aws_vpc.network.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "service" {
  vpc_id = aws_vpc.network.id
  ingress {
    protocol        = "tcp"
    from_port       = 8080
    to_port         = 8080
    security_groups = [aws_security_group.door.id]
  }
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.network.id
}

resource "aws_vpc_security_group_ingress_rule" "data" {
  security_group_id            = aws_security_group.data.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = aws_security_group.service.id
}

resource "aws_lb" "front" {
  load_balancer_type = "application"
  internal           = false
  subnets            = [aws_subnet.public.id]
  security_groups    = [aws_security_group.door.id]
}

resource "aws_lb_target_group" "targets" {
  port        = 8080
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.network.id
}

resource "aws_lb_listener" "listener" {
  load_balancer_arn = aws_lb.front.arn
  port              = 443
  protocol          = "HTTPS"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.targets.arn
  }
}

resource "aws_ecs_task_definition" "task" {
  family        = "shop"
  network_mode  = "awsvpc"
  task_role_arn = aws_iam_role.acting.arn
  container_definitions = jsonencode([{
    name        = "shop"
    image       = "shop"
    environment = [{ name = "QUEUE", value = aws_sqs_queue.orders.url }]
  }])
}

resource "aws_ecs_service" "shop" {
  name            = "shop"
  task_definition = aws_ecs_task_definition.task.arn
  network_configuration {
    subnets         = [aws_subnet.inner.id]
    security_groups = [aws_security_group.service.id]
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.targets.arn
    container_name   = "shop"
    container_port   = 8080
  }
}

resource "aws_iam_role" "acting" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ecs-tasks.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "acting" {
  role = aws_iam_role.acting.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "${aws_s3_bucket.invoices.arn}/*" }]
  })
}

resource "aws_iam_role" "auditor" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::999988887777:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_db_subnet_group" "places" {
  subnet_ids = [aws_subnet.inner.id]
}

resource "aws_db_instance" "customers" {
  instance_class         = "db.t4g.small"
  engine                 = "postgres"
  allocated_storage      = 20
  publicly_accessible    = false
  db_subnet_group_name   = aws_db_subnet_group.places.name
  vpc_security_group_ids = [aws_security_group.data.id]
}

resource "aws_s3_bucket" "invoices" {}

resource "aws_sqs_queue" "orders" {
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.failed.arn, maxReceiveCount = 3 })
}

resource "aws_sqs_queue" "failed" {}
