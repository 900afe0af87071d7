import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { deployment, passphrase, rehearsedLane, rehearsedMain } from "./rehearsal";

// Proves which commands a run consists of, and that they contain no secret. Does not prove that the programs accept them.

const byTag = (filter: string) =>
  `aws resourcegroupstaggingapi get-resources --tag-filters ${filter} --query 'ResourceTagMappingList[].ResourceARN' --region us-west-2 --output json`;
const quietly = "--yes --skip-preview --non-interactive --color never";

const commands = [
  "pulumi version",
  "aws --version",
  "kubectl version --client",
  "curl --version",
  "aws sts get-caller-identity --output json",
  "aws service-quotas get-service-quota --service-code ec2 --quota-code L-DB2E81BA --region us-west-2 --output json",
  "aws ec2 describe-instance-type-offerings --location-type availability-zone --region us-west-2" +
    " --filters Name=instance-type,Values=g6.8xlarge Name=location,Values=us-west-2a --output json",
  "pulumi stack init cheap-0000 --no-select --non-interactive --color never",
  "pulumi config set apiKey --secret --stack cheap-0000 --non-interactive --color never < (the key)",
  `pulumi up --stack cheap-0000 ${quietly}`,
  "pulumi stack output --stack cheap-0000 --json",
  "aws eks update-kubeconfig --region us-west-2 --name vllm-eks-cheap-0000",
  "kubectl get pods --namespace vllm-cheap-0000 --selector leaderworkerset.sigs.k8s.io/name=vllm --output json",
  "kubectl get nodes --output json",
  "kubectl run endpoint-probe --namespace default --image=public.ecr.aws/docker/library/python:3.13.7-slim-bookworm" +
    "@sha256:adafcc17694d715c905b4c7bebd96907a1fd5cf183395f0ebc4d3428bd22d92d --restart=Never" +
    " --rm --stdin --quiet --pod-running-timeout=5m --command -- python - < (probe.py with the key)",
  "kubectl --namespace vllm-cheap-0000 port-forward service/vllm-leader 8000:8000 &",
  "curl --silent --retry 10 --retry-connrefused --retry-delay 2 --output /dev/null --write-out '%{http_code}' http://localhost:8000/v1/models",
  `sh -c 'curl -s http://localhost:8000/v1/chat/completions -H "Authorization: Bearer $(pulumi config get -s cheap-0000 apiKey)"` +
    ` -H "Content-Type: application/json" -d '\\''{"model":"Qwen/Qwen3-8B","messages":[{"role":"user","content":"Say hello."}],"max_tokens":64}'\\'''`,
  `pulumi up --stack cheap-0000 ${quietly} --expect-no-changes`,
  `pulumi destroy --stack cheap-0000 ${quietly}`,
  "aws logs delete-log-group --log-group-name /aws/eks/vllm-eks-cheap-0000/cluster --region us-west-2",
  byTag("Key=vllm-eks/environment,Values=cheap-0000"),
  byTag("Key=kubernetes.io/cluster/vllm-eks-cheap-0000"),
  byTag("Key=aws:eks:cluster-name,Values=vllm-eks-cheap-0000"),
  byTag("Key=elbv2.k8s.aws/cluster,Values=vllm-eks-cheap-0000"),
  "aws ec2 describe-network-interfaces --filters Name=tag:cluster.k8s.amazonaws.com/name,Values=vllm-eks-cheap-0000" +
    " --query 'NetworkInterfaces[].NetworkInterfaceId' --region us-west-2 --output json",
  "aws logs describe-log-groups --log-group-name-prefix /aws/eks/vllm-eks-cheap-0000/" +
    " --query 'logGroups[].logGroupName' --region us-west-2 --output json",
];

describe("the dry run of the cloud lane", () => {
  it("prints the price and then every command in order, creates no runner, and leaves no folder", async () => {
    const { status, said, runners, folder } = await rehearsedMain(["--dry-run"], {});
    assert.deepEqual({ status, runners }, { status: 0, runners: 0 });
    assert.match(said, /^Price of this run: about \$5\.66\n/);
    const printed = said.split("\n").flatMap((line) => (line.startsWith("$ ") ? [line.slice(2)] : []));
    assert.deepEqual(printed, commands);
    assert.match(said, /\n27 commands\. A real run would be refused:\n/);
    assert.ok(!fs.existsSync(folder), folder);
  });

  it("prints the same price as docs/testing.md", async () => {
    const { said } = await rehearsedMain(["--dry-run"], {});
    const [, total, hourly, minutes] = /about (\$[\d.]+)\n {2}(\$[\d.]+) an hour, list prices; (\d+)\.\d min/.exec(said) ?? [];
    const documented = fs.readFileSync(path.resolve(__dirname, "../../../docs/testing.md"), "utf8").replaceAll(/\s+/g, " ");
    assert.ok(documented.includes(`${hourly} an hour for ${minutes} minutes, about ${total} with data`), `${hourly} ${minutes} ${total}`);
  });

  it("runs nothing even when a real run would be allowed", async () => {
    const place = { VLLM_EKS_AWS_REGION: "us-east-2", VLLM_EKS_AWS_ZONE: "us-east-2a", VLLM_EKS_AWS_CIDR: "8.8.8.8/32" };
    const { status, said, runners } = await rehearsedMain(["--dry-run"], { ...place, VLLM_EKS_AWS: "yes", VLLM_EKS_AWS_MAX_USD: "10" });
    assert.deepEqual({ status, runners }, { status: 0, runners: 0 });
    assert.match(said, /about \$5\.66, of at most \$10\.00/);
    assert.match(said, /Where: us-east-2a; the Kubernetes API lets in 8\.8\.8\.8\/32\./);
    assert.match(said, /27 commands\. A real run would be allowed\.$/);
  });

  it("prints neither key nor passphrase, even when a program repeats them", async () => {
    const rehearsed = await rehearsedMain(["--dry-run"], {});
    const environment = { VLLM_EKS_AWS_REGION: "us-west-2", VLLM_EKS_AWS_ZONE: "us-west-2a", VLLM_EKS_AWS_CIDR: "8.8.8.8/32" };
    const allowed = { ...environment, VLLM_EKS_AWS: "yes", VLLM_EKS_AWS_MAX_USD: "10" };
    const failed = await rehearsedMain([], allowed, [() => ({ status: 1, stderr: `no ${deployment.apiKey} here` })]);
    assert.match(failed.said, /no \[key\] here/);
    for (const { said, lines } of [rehearsed, failed, await rehearsedLane()])
      for (const secret of [deployment.apiKey, passphrase]) assert.ok(![said, ...lines].join("\n").includes(secret), secret);
  });
});
