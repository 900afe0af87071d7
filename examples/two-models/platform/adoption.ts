/** The configuration that lets a model's stack adopt this platform, in the form that `pulumi config set-all --json` reads. */

export interface Adoptable {
  region: string;
  availabilityZone: string;
  clusterName: string;
  vpcId: string;
  cidrBlock: string;
  nodeSubnetId: string;
  loadBalancerSubnetIds: string[];
  loadBalancerCidrs: string[];
}

export function adoption(platform: Adoptable): string {
  const { region, availabilityZone, clusterName, vpcId, cidrBlock, nodeSubnetId, loadBalancerSubnetIds, loadBalancerCidrs } = platform;
  return JSON.stringify({
    "aws:region": { value: region },
    "vllm-eks:availabilityZone": { value: availabilityZone },
    "vllm-eks:cluster": object({ name: clusterName }),
    "vllm-eks:network": object({ vpcId, cidrBlock, nodeSubnetId, loadBalancerSubnetIds, loadBalancerCidrs }),
  });
}

/** An object needs both fields: without the text the command refuses it, without the object it becomes text in the stack file. */
const object = (objectValue: object) => ({ value: JSON.stringify(objectValue), objectValue });
