resource "aws_ecs_cluster" "c" {
  name = "app"
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}
resource "aws_ecs_task_definition" "t" {
  family                   = "web"
  cpu                      = "256"
  memory                   = "512"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = "arn:aws:iam::111122223333:role/exec"
  container_definitions = jsonencode([{
    name                   = "web"
    image                  = "${aws_ecr_repository.r.repository_url}:1"
    privileged             = false
    readonlyRootFilesystem = true
    user                   = "1000"
    portMappings           = [{ containerPort = 8080 }]
    environment            = [{ name = "LEVEL", value = "info" }]
    secrets                = [{ name = "PASSWORD", valueFrom = "arn:aws:ssm:eu-central-1:111122223333:parameter/p" }]
    logConfiguration       = { logDriver = "awslogs", options = { "awslogs-group" = "web" } }
  }])
  volume {
    name = "data"
    efs_volume_configuration {
      file_system_id     = "fs-1"
      transit_encryption = "ENABLED"
    }
  }
}
resource "aws_ecs_service" "s" {
  name            = "web"
  cluster         = aws_ecs_cluster.c.id
  task_definition = aws_ecs_task_definition.t.arn
  desired_count   = 2
  launch_type     = "FARGATE"
  network_configuration {
    subnets          = ["subnet-1"]
    security_groups  = ["sg-1"]
    assign_public_ip = true
  }
}
resource "aws_ecr_repository" "r" {
  name                 = "web"
  image_tag_mutability = "IMMUTABLE"
  image_scanning_configuration {
    scan_on_push = true
  }
  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = "arn:aws:kms:eu-central-1:111122223333:key/k"
  }
}
