/** The tag by which a stack's own resources are known: `site.ts` puts it on everything, the launch template on the GPU nodes. */
export const environmentTag = "vllm-eks/environment";
