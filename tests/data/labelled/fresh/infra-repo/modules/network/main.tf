variable "name" {
  type        = string
  description = "Prefix of all resources"
}

variable "cidr" {
  type        = string
  description = "Range of the VPC, from IPAM"
}

variable "az" {
  type        = list(string)
  description = "Letters of the availability zones"
}

resource "aws_vpc" "this" {
  cidr_block = var.cidr
  tags       = { Name = var.name }
}

output "vpc_id" {
  description = "Id of the VPC"
  value       = aws_vpc.this.id
}
