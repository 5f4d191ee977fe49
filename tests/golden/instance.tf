resource "aws_instance" "i" {
  ami                    = "ami-1"
  instance_type          = "t3.micro"
  subnet_id              = "subnet-1"
  vpc_security_group_ids = [aws_security_group.g.id]
  iam_instance_profile   = "worker"
  monitoring             = true
  ebs_optimized          = true
  user_data              = "#!/bin/sh"
  metadata_options {
    http_tokens   = "required"
    http_endpoint = "enabled"
  }
  ebs_block_device {
    device_name = "/dev/sdb"
    encrypted   = true
    volume_size = 20
    volume_type = "gp3"
  }
}
resource "aws_security_group" "g" {
  description = "g"
}
resource "aws_ebs_volume" "v" {
  availability_zone = "eu-central-1a"
  size              = 10
  type              = "gp3"
  encrypted         = true
  kms_key_id        = "arn:aws:kms:eu-central-1:111122223333:key/k"
}
resource "aws_volume_attachment" "a" {
  device_name = "/dev/sdc"
  volume_id   = aws_ebs_volume.v.id
  instance_id = aws_instance.i.id
}
