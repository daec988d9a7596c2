# The documented role, made by Terraform's own provider: another client than ours, and other JSON than ours.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "endpoint" {}
variable "trust" {}
variable "policy" {}
variable "extra" {
  default = ""
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  skip_region_validation      = true
  endpoints {
    iam = var.endpoint
    sts = var.endpoint
  }
}

resource "aws_iam_role" "vendor" {
  name               = "chalk"
  path               = "/vendors/"
  assume_role_policy = var.trust
}

resource "aws_iam_policy" "managed" {
  name   = "chalk-managed"
  policy = var.policy
}

resource "aws_iam_role_policy_attachment" "managed" {
  role       = aws_iam_role.vendor.name
  policy_arn = aws_iam_policy.managed.arn
}

resource "aws_iam_role_policy" "extra" {
  count  = var.extra == "" ? 0 : 1
  name   = "extra"
  role   = aws_iam_role.vendor.id
  policy = var.extra
}
