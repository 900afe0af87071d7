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
  {
    ...{ ...error, code: "certificate-unsuitable", path: "ingress.certificateArn", says: ["us-east-1", "us-west-2"] },
    settings: ["ingress.certificateArn=arn:aws:acm:us-east-1:444455556666:certificate/0123abcd"],
  },
  {
    ...{ ...error, code: "reservation-unusable", path: "capacity.reservationGroupArn", says: ["eu-west-1", "us-west-2"] },
    settings: ["capacity.type=reservation", "capacity.reservationGroupArn=arn:aws:resource-groups:eu-west-1:444455556666:group/gpus"],
  },
  {
    ...{ ...error, code: "out-of-range", path: "cluster.accessRoleArn", says: ["; touch y #", "ARN of an IAM role"] },
    settings: ["cluster.accessRoleArn=arn:aws:iam::210987654321:role/x; touch y #"],
  },
  {
    ...{ ...error, code: "out-of-range", path: "cluster.administrators[1]", says: [deployer, "second entry"] },
    settings: [`cluster.administrators=["${deployer}","${deployer}"]`],
  },
  {
    ...{ ...error, code: "out-of-range", path: "cluster.administrators[0]", says: ["group/admins", "role or user"] },
    settings: ['cluster.administrators=["arn:aws:iam::123456789012:group/admins"]'],
  },
  { ...error, code: "out-of-range", path: "tags.k", settings: [`tags.k=${"x".repeat(300)}`], says: ["300 characters", "256"] },
  { ...error, code: "out-of-range", path: "tags.team", settings: ["tags.team=🚀"], says: ["🚀", "letters, digits"] },
  { ...error, code: "out-of-range", path: 'tags["team.name"]', settings: ['tags["team.name"]=🚀'], says: ["team.name", "🚀"] },
  {
    ...{ ...error, code: "cidr-invalid", path: "network.loadBalancerCidrs", says: ["0.0.0.0/1 and 128.0.0.0/1", "the whole internet"] },
    settings: ['network.loadBalancerCidrs=["0.0.0.0/1","128.0.0.0/1"]'],
  },
];
