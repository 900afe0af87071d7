/** How to remove what a run left: one command for each kind that the stack can leave. */

const byKind: readonly (readonly [pattern: RegExp, command: (id: string, whole: string) => string])[] = [
  [/:instance\/(i-\w+)$/, (id) => `aws ec2 terminate-instances --instance-ids ${id}`],
  [/:volume\/(vol-\w+)$/, (id) => `aws ec2 delete-volume --volume-id ${id}`],
  [/^(eni-\w+)$|:network-interface\/(eni-\w+)$/, (id) => `aws ec2 delete-network-interface --network-interface-id ${id}`],
  [/:natgateway\/(nat-\w+)$/, (id) => `aws ec2 delete-nat-gateway --nat-gateway-id ${id}`],
  [/:elastic-ip\/(eipalloc-\w+)$/, (id) => `aws ec2 release-address --allocation-id ${id}`],
  [/:security-group\/(sg-\w+)$/, (id) => `aws ec2 delete-security-group --group-id ${id}`],
  [/:subnet\/(subnet-\w+)$/, (id) => `aws ec2 delete-subnet --subnet-id ${id}`],
  [/:route-table\/(rtb-\w+)$/, (id) => `aws ec2 delete-route-table --route-table-id ${id}`],
  [/:vpc-endpoint\/(vpce-\w+)$/, (id) => `aws ec2 delete-vpc-endpoints --vpc-endpoint-ids ${id}`],
  [/:vpc\/(vpc-\w+)$/, (id) => `aws ec2 delete-vpc --vpc-id ${id}`],
  [/:launch-template\/(lt-\w+)$/, (id) => `aws ec2 delete-launch-template --launch-template-id ${id}`],
  [/:file-system\/(fs-\w+)$/, (id) => `aws fsx delete-file-system --file-system-id ${id}`],
  [/:loadbalancer\/(.+)$/, (_, arn) => `aws elbv2 delete-load-balancer --load-balancer-arn ${arn}`],
  [/:targetgroup\/(.+)$/, (_, arn) => `aws elbv2 delete-target-group --target-group-arn ${arn}`],
  [/:nodegroup\/(.+)\/[0-9a-f-]{36}$/, (id) => nodeGroup(...(id.split("/") as [string, string]))],
  [/:eks:.*:cluster\/(.+)$/, (id) => `aws eks delete-cluster --name ${id}`],
  [/^(\/aws\/eks\/.+)$|:log-group:(.+)$/, (id) => `aws logs delete-log-group --log-group-name ${id}`],
];

const nodeGroup = (cluster: string, name: string) => `aws eks delete-nodegroup --cluster-name ${cluster} --nodegroup-name ${name}`;

export function removal(left: string, region: string): string {
  for (const [pattern, command] of byKind) {
    const match = pattern.exec(left);
    if (match) return `${command(match[1] ?? match[2] ?? left, left)} --region ${region}`;
  }
  return "in the AWS console";
}
