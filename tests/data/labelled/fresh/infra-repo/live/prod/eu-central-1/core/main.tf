module "network" {
  source = "../../../../modules/network"
  name   = "plat-prod-core"
  cidr   = var.cidr
  az     = ["a", "b", "c"]
}

variable "cidr" {
  type        = string
  description = "Range from IPAM"
}
