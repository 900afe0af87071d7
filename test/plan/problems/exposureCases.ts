/** Cases about who may connect and act: endpoint, Kubernetes API, ranges, principals, certificates. */
import type { Provoked } from "./provoked";

const [error, warning] = [{ severity: "error" }, { severity: "warning" }] as const;
const open = ["ingress.scheme=internet-facing"];
const deployer = "arn:aws:iam::123456789012:role/deployer";

export const exposureCases: Provoked[] = [
  {
    ...{ ...error, code: "administrator-is-creator", path: "cluster.administrators[0]" },
    ...{ settings: [`cluster.accessRoleArn=${deployer}`, `cluster.administrators=["${deployer}"]`], says: [deployer] },
  },
  {
    ...{ ...error, code: "public-without-certificate", path: "ingress.certificateArn", settings: open },
    ...{ says: ["without TLS"], proposes: ["ingress.scheme=internal"] },
  },
  {
    ...{ ...error, code: "public-without-auth", path: "ingress.scheme", settings: open },
    ...{ says: ["without an API key"], proposes: ["ingress.scheme=internal"] },
  },
  { ...error, code: "public-without-cidrs", path: "ingress.inboundCidrs", settings: open, says: ["the list is empty"] },
  {
    ...{ ...warning, code: "public-without-cidrs", path: "ingress.inboundCidrs", status: 2 },
    ...{ settings: [...open, 'ingress.inboundCidrs=["0.0.0.0/0"]'], says: ["0.0.0.0/0"] },
  },
  {
    ...{ ...warning, code: "public-without-cidrs", path: "ingress.inboundCidrs", says: ["0.0.0.0/1 and 128.0.0.0/1", "route"] },
    settings: ['ingress.inboundCidrs=["0.0.0.0/1","128.0.0.0/1"]'],
  },
  {
    ...{ ...warning, code: "api-access-open", path: "cluster.publicAccessCidrs" },
    ...{ settings: ['cluster.publicAccessCidrs=["0.0.0.0/0"]'], says: ["0.0.0.0/0", "the whole internet", "tokens"] },
  },
  {
    ...{ ...error, code: "cidr-invalid", path: "cluster.publicAccessCidrs[0]" },
    ...{ settings: ['cluster.publicAccessCidrs=["10.0.0.0/8"]'], says: ['"10.0.0.0/8"', "private", "EKS"] },
  },
  {
    ...{ ...error, code: "cidr-invalid", path: "network.cidrBlock", settings: ["network.cidrBlock=10.0.0.1/16"] },
    ...{ says: ['"10.0.0.1/16"', "10.0.0.0/16"], proposes: ["network.cidrBlock=10.0.0.0/16"] },
  },
  {
    ...{ ...error, code: "cidr-invalid", path: "network.cidrBlock", settings: ["network.cidrBlock=10.0.0.0/24"] },
    ...{ says: ["/24", "/16", "/22"], proposes: ["network.cidrBlock=10.0.0.0/16"] },
  },
  {
    ...{ ...error, code: "cidr-invalid", path: "ingress.inboundCidrs[0]", settings: ['ingress.inboundCidrs=["10.0.0.300/32"]'] },
    says: ['"10.0.0.300/32"', "255"],
  },
];
