/**
 * The field manager of an object that has a fixed name. Pulumi invents a field manager for every object it creates. If an engine dies while
 * it waits for the object, the next engine takes it over with another one, and Kubernetes refuses every later change as a conflict.
 * https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 */
export const fieldManager = { "pulumi.com/patchFieldManager": "vllm-eks" } as const;
