/** The user data of a GPU node, which EKS merges with its own (https://awslabs.github.io/amazon-eks-ami/nodeadm/). */
import { stringify } from "yaml";
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { efaSharesCard0 } from "./networkInterfaces";

/** Size of one huge page of x86 Linux. A reservation is a multiple of it. */
export const hugePageMiB = 2;

const boundary = "vllm-eks";

/** MIME document of the parts below. EKS appends the part that joins the cluster, because the launch template names no image. */
export function nodeUserData(type: InstanceTypeFacts, hugePagesMiB: number): string {
  const parts = [...(hugePagesMiB > 0 ? [hugePagesPart(hugePagesMiB)] : []), nodeConfigPart(type)];
  return [
    "MIME-Version: 1.0",
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    "",
    ...parts.flatMap((part) => [`--${boundary}`, part]),
    `--${boundary}--`,
    "",
  ].join("\n");
}

function nodeConfigPart(type: InstanceTypeFacts): string {
  const spec = {
    // Pulls layers of a 10–20 GB image in parallel. On a slow disk it is slower than the default, so rootVolume.ts speeds up a root volume
    // that holds images.
    featureGates: { FastImagePull: true },
    // Without it, local disks stay unformatted, and images, logs and emptyDir volumes go to the root volume.
    ...(type.nvmeGB > 0 && { instance: { localStorage: { strategy: "RAID0" } } }),
    // The EFA device takes a slot that kubelet counts as addresses for pods. EKS writes its own maxPods into managed groups, and the later
    // part wins; this expression applies if EKS does not. Either way a GPU node runs about ten pods.
    // https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html#max-pods-precedence
    ...(efaSharesCard0(type) && { kubelet: { maxPodsExpression: "((default_enis - 1) * (ips_per_eni - 1)) + 2" } }),
  };
  const nodeConfig = { apiVersion: "node.eks.aws/v1alpha1", kind: "NodeConfig", spec };
  return ["Content-Type: application/node.eks.aws", "", `---\n${stringify(nodeConfig)}`].join("\n");
}

/**
 * Kubelet counts huge pages only when it starts. One AMI release started it before user data ran, and every pod that asked for pages stayed
 * Pending (https://github.com/awslabs/amazon-eks-ami/issues/2367). `try-restart` fixes that order and does nothing in the usual one.
 */
function hugePagesPart(hugePagesMiB: number): string {
  const script = [
    "#!/bin/bash",
    "set -euo pipefail",
    `echo 'vm.nr_hugepages = ${hugePagesMiB / hugePageMiB}' > /etc/sysctl.d/90-huge-pages.conf`,
    "sysctl --load /etc/sysctl.d/90-huge-pages.conf",
    "systemctl try-restart kubelet",
    "",
  ];
  return ['Content-Type: text/x-shellscript; charset="us-ascii"', "", ...script].join("\n");
}
