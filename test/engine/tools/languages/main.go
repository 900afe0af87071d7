// What the engine lane needs of two more languages: the language host of YAML, and SDKs for Python. The official programs that do this come
// with Pulumi's release archives only; these are the same packages, from the Go modules.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi-yaml/pkg/server"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

func main() {
	if len(os.Args) == 4 && os.Args[1] == "python-sdk" {
		exitOn(writePythonSdk(os.Args[2], os.Args[3]))
		return
	}
	exitOn(serveYaml(os.Args[len(os.Args)-1]))
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// writePythonSdk does what `pulumi package gen-sdk --language python` does with a schema.
func writePythonSdk(schemaFile, folder string) error {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		return err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return err
	}
	pkg, diagnostics, err := schema.BindSpec(spec, nil, schema.ValidationOptions{})
	if err != nil {
		return err
	}
	if diagnostics.HasErrors() {
		return diagnostics
	}
	files, err := python.GeneratePackage("vllm-eks engine lane", pkg, nil, nil)
	if err != nil {
		return err
	}
	for name, content := range files {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// The providers that a program makes for itself, as far as it may configure them. Those of the lane know no schema, and the host wants one.
var providerInputs = map[string][]string{
	"aws":        {"region"},
	"kubernetes": {"kubeconfig", "clusterIdentifier"},
}

const schemaVersion = "0.0.0"

type schemaServer struct {
	pulumirpc.UnimplementedResourceProviderServer
	schema string
}

func (server schemaServer) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return &pulumirpc.GetSchemaResponse{Schema: server.schema}, nil
}

func (schemaServer) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: schemaVersion}, nil
}

func (schemaServer) Attach(context.Context, *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// serveSchemas makes this process, and no other, ask here for what the providers take. Returns what PULUMI_DEBUG_PROVIDERS says.
func serveSchemas() (string, error) {
	var attached []string
	for name, inputs := range providerInputs {
		properties := map[string]schema.PropertySpec{}
		for _, input := range inputs {
			properties[input] = schema.PropertySpec{TypeSpec: schema.TypeSpec{Type: "string"}}
		}
		spec := schema.PackageSpec{Name: name, Version: schemaVersion, Provider: schema.ResourceSpec{InputProperties: properties}}
		text, err := json.Marshal(spec)
		if err != nil {
			return "", err
		}
		handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
			Init: func(srv *grpc.Server) error {
				pulumirpc.RegisterResourceProviderServer(srv, schemaServer{schema: string(text)})
				return nil
			},
		})
		if err != nil {
			return "", err
		}
		attached = append(attached, fmt.Sprintf("%s:%d", name, handle.Port))
	}
	return strings.Join(attached, ","), nil
}

// yamlHost knows, beside what the module does, that a program in YAML needs no line to use a package that was added.
type yamlHost struct {
	pulumirpc.LanguageRuntimeServer
}

func (yamlHost) Link(context.Context, *pulumirpc.LinkRequest) (*pulumirpc.LinkResponse, error) {
	return &pulumirpc.LinkResponse{}, nil
}

// serveYaml is main of cmd/pulumi-language-yaml without tracing and health checks: the engine gives its address and reads a port.
func serveYaml(engine string) error {
	schemas, err := serveSchemas()
	if err != nil {
		return err
	}
	if err := os.Setenv("PULUMI_DEBUG_PROVIDERS", schemas); err != nil {
		return err
	}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Init: func(srv *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(srv, yamlHost{server.NewLanguageHost(engine, "", false)})
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d\n", handle.Port)
	return <-handle.Done
}
