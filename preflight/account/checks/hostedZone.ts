/** Whether the hosted zone can hold the endpoint's name and the validation record of its certificate. */
import type { GetHostedZoneCommandOutput } from "@aws-sdk/client-route-53";
import { isPlaceholder, problem, type Problem, type Severity } from "../../../sizing/problem";
import { shellCommand } from "../../../sizing/shellCommand";
import type { Check, Surroundings } from "../../check";
import { fieldOf, undefinedIfMissing, Unanswered } from "../../unanswered";

export const hostedZone: Check = {
  name: "hosted-zone",
  operations: ["route53:GetHostedZone"],
  question({ aws: { ingress } }) {
    const { mode, hostname, hostedZoneId } = ingress;
    if (mode !== "direct" || hostname === undefined || hostedZoneId === undefined || isPlaceholder(hostedZoneId)) return undefined;
    return `Is ${hostedZoneId} the zone of ${hostname}?`;
  },
  async ask({ aws, account }) {
    const { hostname, hostedZoneId } = aws.ingress;
    if (hostname === undefined || hostedZoneId === undefined) throw new Unanswered("no hostname or no zone is set");
    const call = account.call("route53:GetHostedZone", { Id: hostedZoneId });
    const answer = await undefinedIfMissing(call, "NoSuchHostedZone", "InvalidInput");
    if (answer === undefined) {
      const message = `${hostedZoneId} is not a hosted zone of this account.`;
      return { answer: `${hostedZoneId} not found`, problems: [unsuitable(message, anotherZone(hostname))] };
    }
    const zone = field(answer.HostedZone, "HostedZone");
    const name = field(zone.Name, "HostedZone.Name").replace(/\.$/, "").toLowerCase();
    const isPrivate = field(zone.Config?.PrivateZone, "HostedZone.Config.PrivateZone");
    return {
      answer: `${name}, ${isPrivate ? "private" : "public"}`,
      problems: [...nameProblems(hostedZoneId, name, hostname), ...(isPrivate ? privateProblems(aws, hostedZoneId, answer) : [])],
    };
  },
};

const field = fieldOf("route53:GetHostedZone");

function nameProblems(id: string, name: string, hostname: string): Problem[] {
  if (hostname === name || hostname.endsWith(`.${name}`)) return [];
  return [unsuitable(`${id} is the zone of ${name}, and ${hostname} is not inside it.`, anotherZone(hostname))];
}

function privateProblems({ ingress, network, region }: Surroundings["aws"], id: string, { VPCs }: GetHostedZoneCommandOutput): Problem[] {
  if (ingress.certificateArn === undefined)
    // ACM looks for its record in public DNS: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    return [
      unsuitable(
        `${id} is private: ACM would not find its validation record there and would never issue the certificate.`,
        "Name the public zone, or give your own certificate in ingress.certificateArn.",
      ),
    ];
  if (ingress.scheme === "internet-facing")
    return [
      unsuitable(
        `${id} is private, and the endpoint is internet-facing: clients on the internet would not resolve the name.`,
        "Name the public zone.",
      ),
    ];
  const associated = network.kind === "adopt" && field(VPCs, "VPCs").some(({ VPCId }) => VPCId === network.vpcId);
  if (associated) return [];
  const vpc = network.kind === "adopt" ? network.vpcId : "the VPC that this stack creates";
  const association = `VPCRegion=${region},VPCId=${network.kind === "adopt" ? network.vpcId : "<its id>"}`;
  const command = shellCommand("aws", "route53", "associate-vpc-with-hosted-zone", "--hosted-zone-id", id, "--vpc", association);
  const message = `${id} is private and not associated with ${vpc}: clients in that VPC would not resolve the name.`;
  return [unsuitable(message, `Associate it: ${command}`, "warning")];
}

const anotherZone = (hostname: string) =>
  `Set ingress.hostedZoneId to the public zone of ${hostname.split(".").slice(1).join(".")} (aws route53 list-hosted-zones).`;

const unsuitable = (message: string, fix: string, severity: Severity = "error"): Problem =>
  problem({ code: "hosted-zone-unsuitable", severity, path: "ingress.hostedZoneId", message, fix });
