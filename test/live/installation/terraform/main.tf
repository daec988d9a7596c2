# The account of a whole self-managed installation, made by Terraform's own provider: another client than ours.
# The cluster, Kafka and the database are made by the SDK (see ../account.ts): moto has no access configuration of a
# cluster, and Terraform waits minutes for the other two whatever the server says.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "endpoint" {}

variable "issuer" {
  description = "the cluster's provider of identities, without scheme"
}

variable "canary" {
  description = "stands wherever a secret can"
}

variable "note" {
  description = "stands in a tag whose name says nothing of a secret"
}

locals {
  account  = "123456789012"
  region   = "eu-west-1"
  queues   = ["metric-check-trigger", "scheduled-resolver-trigger", "scheduled-query-trigger", "batch-status", "argo-builds", "batch-report", "heartbeat"]
  buckets  = ["data", "source", "dataset", "model", "stages"]
  provider = "arn:aws:iam::${local.account}:oidc-provider/${var.issuer}"
  zones    = ["a", "b"]
  both     = { for each in setproduct(["private", "public"], local.zones) : "${each[0]}-${each[1]}" => each }
  blocks   = { private-a = "10.130.0.0/20", private-b = "10.130.32.0/20", public-a = "10.130.16.0/20", public-b = "10.130.48.0/20" }
  tags     = { Note = var.note, db-password = var.canary }
  accounts = {
    chalk-api-server       = [["chalk-metadata", "chalk-metadata-plane"]]
    background-persistence = [["background-persistence", "persistence"]]
    chalk-dns              = [["cert-manager", "cert-manager"], ["external-dns", "external-dns"]]
  }
  policies = {
    chalk-api-server = [{ Effect = "Allow", Action = ["s3:*", "ecr:*", "sqs:*", "sts:AssumeRole"], Resource = "*" }]
    background-persistence = [{
      Effect   = "Allow"
      Action   = ["s3:*", "dynamodb:*", "secretsmanager:*", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer", "kms:GenerateDataKey", "glue:*"]
      Resource = "*"
    }]
    chalk-dns = [
      { Effect = "Allow", Action = ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"], Resource = "arn:aws:route53:::hostedzone/*" },
      { Effect = "Allow", Action = ["route53:GetChange", "route53:ListHostedZonesByName"], Resource = "*" },
    ]
  }
}

provider "aws" {
  region                      = local.region
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  skip_region_validation      = true
  s3_use_path_style           = true
  endpoints {
    ec2     = var.endpoint
    iam     = var.endpoint
    rds     = var.endpoint
    route53 = var.endpoint
    s3      = var.endpoint
    sqs     = var.endpoint
    sts     = var.endpoint
  }
}

resource "aws_vpc" "home" {
  cidr_block = "10.130.0.0/16"
  tags       = merge(local.tags, { Name = "chalk" })
}

resource "aws_vpc_ipv4_cidr_block_association" "pods" {
  vpc_id     = aws_vpc.home.id
  cidr_block = "100.64.0.0/16"
}

resource "aws_subnet" "each" {
  for_each          = local.both
  vpc_id            = aws_vpc.home.id
  cidr_block        = local.blocks[each.key]
  availability_zone = "${local.region}${each.value[1]}"
  tags              = { Name = each.key }
}

resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.home.id
}

resource "aws_eip" "nat" {
  for_each = toset(local.zones)
  domain   = "vpc"
}

resource "aws_nat_gateway" "each" {
  for_each      = toset(local.zones)
  subnet_id     = aws_subnet.each["public-${each.value}"].id
  allocation_id = aws_eip.nat[each.value].id
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.home.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.out.id
  }
}

resource "aws_route_table" "private" {
  for_each = toset(local.zones)
  vpc_id   = aws_vpc.home.id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.each[each.value].id
  }
}

resource "aws_route_table_association" "each" {
  for_each       = local.both
  subnet_id      = aws_subnet.each[each.key].id
  route_table_id = each.value[0] == "public" ? aws_route_table.public.id : aws_route_table.private[each.value[1]].id
}

resource "aws_security_group" "database" {
  name   = "database"
  vpc_id = aws_vpc.home.id
  ingress {
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = ["10.130.0.0/16", "100.64.0.0/16"]
  }
}

resource "aws_security_group" "kafka" {
  name   = "kafka"
  vpc_id = aws_vpc.home.id
  ingress {
    protocol    = "tcp"
    from_port   = 9096
    to_port     = 9096
    cidr_blocks = ["10.130.0.0/16"]
  }
}

resource "aws_security_group" "other" {
  name   = "other"
  vpc_id = aws_vpc.home.id
  ingress {
    protocol    = "tcp"
    from_port   = 0
    to_port     = 65535
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_db_subnet_group" "metadata" {
  name       = "chalk"
  subnet_ids = [aws_subnet.each["private-a"].id, aws_subnet.each["private-b"].id]
}

resource "aws_db_parameter_group" "metadata" {
  name   = "chalk-pg16"
  family = "postgres16"
  parameter {
    name         = "shared_preload_libraries"
    value        = "auto_explain,pg_stat_statements,pg_cron"
    apply_method = "pending-reboot"
  }
}

resource "aws_sqs_queue" "each" {
  for_each = toset(local.queues)
  name     = "acme-${each.value}"
  tags     = local.tags
}

resource "aws_s3_bucket" "each" {
  for_each = toset(local.buckets)
  bucket   = "acme-${each.value}-prod"
  tags     = local.tags
}

resource "aws_s3_bucket" "logs" {
  bucket = "acme-logs"
}

resource "aws_s3_bucket_cors_configuration" "each" {
  for_each = aws_s3_bucket.each
  bucket   = each.value.id
  cors_rule {
    allowed_methods = ["GET", "HEAD"]
    allowed_origins = ["https://api.acme.example", "https://chalk.acme.example"]
  }
}

resource "aws_route53_zone" "public" {
  name    = "chalk.acme.example"
  comment = "of the cluster"
}

resource "aws_iam_openid_connect_provider" "cluster" {
  url             = "https://${var.issuer}"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["0123456789012345678901234567890123456789"]
}

resource "aws_iam_role" "account" {
  for_each = local.accounts
  name     = each.key
  tags     = local.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for one in each.value : {
      Effect    = "Allow"
      Principal = { Federated = local.provider }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = { StringEquals = {
        "${var.issuer}:aud" = "sts.amazonaws.com"
        "${var.issuer}:sub" = "system:serviceaccount:${one[0]}:${one[1]}"
      } }
    }]
  })
}

resource "aws_iam_role_policy" "account" {
  for_each = local.policies
  name     = "own"
  role     = aws_iam_role.account[each.key].id
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role" "plane" {
  name = "chalk-data-plane"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = aws_iam_role.account["chalk-api-server"].arn }, Action = "sts:AssumeRole" }]
  })
}

output "made" {
  value = {
    vpc      = aws_vpc.home.id
    subnets  = { for name, one in aws_subnet.each : name => one.id }
    nats     = { for name, one in aws_nat_gateway.each : name => one.id }
    gateway  = aws_internet_gateway.out.id
    tables   = { public = aws_route_table.public.id, private-a = aws_route_table.private["a"].id, private-b = aws_route_table.private["b"].id }
    database = aws_security_group.database.id
    kafka    = aws_security_group.kafka.id
    other    = aws_security_group.other.id
    zone     = aws_route53_zone.public.zone_id
  }
}
