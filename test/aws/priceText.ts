/** The first thing that the lane prints: what it costs, what it needs, what it creates. */
import type { PlanDocument } from "../../plan/document";
import { count, dollars, minutes, paragraph } from "../../plan/text";
import { checksMinutes, destroyMinutes, type Estimate } from "./estimate";
import type { Request } from "./request";

export function priceText(request: Request, plan: PlanDocument, estimate: Estimate): string {
  const { shape, model, cost, resources } = plan;
  const { usdPerHour, firstTokenMinutes, totalMinutes, totalUsd, dataUsd, quota } = estimate;
  const limit = request.maximumUsd === undefined ? "" : `, of at most ${dollars(request.maximumUsd)}`;
  const standIns = request.missing.length > 0 ? `  Stand-ins, because not set: ${request.missing.join(", ")}.` : "";
  return [
    `Price of this run: about ${dollars(totalUsd)}${limit}`,
    `  ${dollars(usdPerHour)} an hour, list prices; ${minutes(totalMinutes)} expected:`,
    `    ${minutes(firstTokenMinutes)} to the first token (plan), ${checksMinutes} min of checks (assumed), ${destroyMinutes} min to destroy (assumed).`,
    `    Everything is counted for all of them, and ${dollars(dataUsd)} for data.`,
    `  What: ${model?.id ?? ""} on ${shape?.nodeCount ?? 0} × ${shape?.instanceType ?? ""}, TP ${shape?.tensorParallelSize ?? 0} × PP ${shape?.pipelineParallelSize ?? 0}.`,
    `  Where: ${request.availabilityZone}; the Kubernetes API lets in ${request.publicAccessCidr}.`,
    ...(standIns ? [standIns] : []),
    `  Quota: ${quota.vcpus} vCPUs of ${quota.code} in ${request.region}.`,
    paragraph(`It makes ${count(resources?.length ?? 0, "resource")}, among them ${madeText(resources ?? [])}.`, "  "),
    ...(cost?.notes ?? []).map((note) => paragraph(note, "  ")),
  ].join("\n");
}

/** Resources that are billed, or scarce in an account. */
const named: readonly (readonly [type: string, noun: string])[] = [
  ["awsx:ec2:Vpc", "VPC"],
  ["aws:ec2/eip:Eip", "elastic address"],
  ["aws:ec2/natGateway:NatGateway", "NAT gateway"],
  ["eks:index:Cluster", "EKS cluster"],
  ["aws:eks/nodeGroup:NodeGroup", "node group"],
  ["aws:fsx/lustreFileSystem:LustreFileSystem", "FSx for Lustre file system"],
  ["aws:lb/loadBalancer:LoadBalancer", "load balancer"],
  ["aws:iam/role:Role", "IAM role"],
];

const madeText = (resources: readonly { type: string }[]): string =>
  named
    .map(([type, noun]) => [resources.filter((resource) => resource.type === type).length, noun] as const)
    .filter(([amount]) => amount > 0)
    .map(([amount, noun]) => count(amount, noun))
    .join(", ");
