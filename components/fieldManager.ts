/**
 * Who owns the fields of an object that has a fixed name. Pulumi makes up a name for every object it creates; when an engine dies while it
 * waits for one, the next takes it over under another name, and Kubernetes refuses every later change as a conflict between the two.
 * https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 */
export const fieldManager = { "pulumi.com/patchFieldManager": "vllm-eks" } as const;
