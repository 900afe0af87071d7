// The Kubernetes resource provider of Pulumi, from its Go module instead of a release archive.
package main

import (
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

func main() {
	// The schema is for generated code and for imports. Creating, changing, reading and deleting need none.
	none := []byte("{}")
	provider.Serve("kubernetes", version.Version, none, none)
}
