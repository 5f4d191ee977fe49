module "network" {
  source = "./modules/network"

  name      = local.name
  range     = "10.20.0.0/16"
  zones     = var.zones
  flow_logs = aws_cloudwatch_log_group.network.arn
}

resource "aws_security_group" "load_balancer" {
  name        = "${local.name}-load-balancer"
  description = "Visitors of the shop"
  vpc_id      = module.network.vpc_id

  ingress {
    description = "HTTPS from visitors"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  ingress {
    description = "HTTP from visitors"
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    description = "The shop's containers"
    from_port   = 8080
    to_port     = 8080
    protocol    = "tcp"
    cidr_blocks = ["10.20.0.0/16"]
  }
}

resource "aws_security_group" "shop" {
  name        = "${local.name}-shop"
  description = "The shop's containers"
  vpc_id      = module.network.vpc_id

  ingress {
    description     = "From the load balancer"
    from_port       = 8080
    to_port         = 8080
    protocol        = "tcp"
    security_groups = [aws_security_group.load_balancer.id]
  }

  egress {
    description = "Payment provider, AWS"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "database" {
  name        = "${local.name}-database"
  description = "Order database"
  vpc_id      = module.network.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "database_from_shop" {
  security_group_id            = aws_security_group.database.id
  description                  = "PostgreSQL from the shop"
  from_port                    = 5432
  to_port                      = 5432
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.shop.id
}

# The way in for the people on call.
resource "aws_security_group" "jump_host" {
  name        = "${local.name}-jump-host"
  description = "Jump host"
  vpc_id      = module.network.vpc_id

  # Opened on the night of the festival sale, when nobody could say from where support would connect.
  ingress {
    description = "SSH"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  dynamic "ingress" {
    for_each = var.office_ranges

    content {
      description = "Remote desktop from the box office"
      from_port   = 3389
      to_port     = 3389
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "jump_host" {
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "t3.micro"
  subnet_id                   = module.network.public_subnets[0]
  vpc_security_group_ids      = [aws_security_group.jump_host.id]
  associate_public_ip_address = true

  root_block_device {
    volume_size = 20
    encrypted   = false
  }
}
