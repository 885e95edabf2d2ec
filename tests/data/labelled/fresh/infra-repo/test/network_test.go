package test

import (
	"testing"

	"github.com/gruntwork-io/terratest/modules/terraform"
)

func TestNetwork(t *testing.T) {
	opts := &terraform.Options{TerraformDir: "../modules/network"}
	defer terraform.Destroy(t, opts)
	terraform.InitAndApply(t, opts)
}
