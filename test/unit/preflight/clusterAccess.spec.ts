import assert from "node:assert/strict";
import { awsCli } from "../../../preflight/machine/checks/awsCli";
import { addressService, apiAccess } from "../../../preflight/cluster/checks/apiAccess";
import { clusterVersion } from "../../../preflight/cluster/checks/clusterVersion";
import { tokenPrincipal } from "../../../preflight/machine/checks/tokenPrincipal";
import { samePrincipal } from "../../../preflight/account/principal";
import { awsIdentityOf } from "../../../environment/awsIdentity";
import { commandAs } from "../../../environment/tokenCommand";
import { ClusterRefusal, ClusterUnreachable } from "../../../preflight/cluster/clusterErrors";
import { environmentOf } from "../../support/environments";
import { adopted, asked, denied, good, never, noProgram, notAsked, seen } from "./clusterSurroundings";

// Proves what the checks make of given answers, but not that EKS, the AWS CLI and the address service give them.

const created = (...settings: string[]) => environmentOf("dev", ...settings);
const ownKubeconfig = "cluster.kubeconfig=/home/me/.kube/config";

describe("the check aws-cli", () => {
  const ask = (output: string | Error, environment = created()) => asked(awsCli, environment, { programs: { "aws --version": output } });
  const missing = { code: "aws-cli-missing", severity: "error", path: "aws:region", changes: [] };

  for (const [output, answer, old] of [
    ["aws-cli/2.31.0 Python/3.13.7 Linux/6.12 exe/x86_64.amzn.2023\n", "aws-cli 2.31.0", false],
    ["aws-cli/2.7.0 Python/3.9.11 Darwin/21.4.0 exe/x86_64 prompt/off\n", "aws-cli 2.7.0", false],
    ["aws-cli/2.6.4 Python/3.9.11 Darwin/21.4.0 exe/x86_64 prompt/off\n", "aws-cli 2.6.4", true],
    ["aws-cli/1.45.11 Python/3.11.7 Linux/6.18 botocore/1.43.11\n", "aws-cli 1.45.11", false],
    ["aws-cli/1.23.13 Python/3.8.8 Linux/5.10 botocore/1.25.13\n", "aws-cli 1.23.13", true],
  ] as const)
    it(`finds ${answer} ${old ? "too old" : "new enough"}`, async () => {
      const expected = old ? { outcome: "bad", answer, problems: [missing] } : good(answer);
      assert.deepEqual(seen(await ask(output)), expected);
    });

  it("reports that there is none", async () => {
    assert.deepEqual(seen(await ask(noProgram)), { outcome: "bad", answer: "there is no program aws on PATH", problems: [missing] });
  });

  it("does not judge a program of that name that prints no version", async () => {
    assert.deepEqual(seen(await ask("hello\n")), notAsked('aws --version printed "hello"'));
  });

  it("arises on an adopted cluster that is known by name, but not with a kubeconfig", async () => {
    assert.deepEqual(seen(await ask("aws-cli/2.31.0 x", adopted())), good("aws-cli 2.31.0"));
    assert.equal(await ask("aws-cli/2.31.0 x", adopted(ownKubeconfig)), undefined);
  });
});

describe("the check token-principal", () => {
  const whoAmI = "aws --region us-west-2 sts get-caller-identity --query Arn --output json";
  const role = "arn:aws:iam::111122223333:role/ci/deployer";
  const takeRole = `aws --region us-west-2 sts assume-role --role-arn ${role} --role-session-name vllm-eks-preflight --query AssumedRoleUser.Arn --output json`;
  const session = (name: string) => `arn:aws:sts::111122223333:assumed-role/deployer/${name}`;
  const mismatch = (severity: string) => ({ code: "identity-mismatch", severity, path: "cluster.accessRoleArn", changes: [] });
  const ask = (caller: string, cli: string | Error, environment = created()) =>
    asked(tokenPrincipal, environment, {
      account: { "sts:GetCallerIdentity": { Arn: caller } },
      programs: { [whoAmI]: cli instanceof Error ? cli : `"${cli}"\n` },
    });

  it("treats two sessions of one role as one principal", async () => {
    assert.deepEqual(seen(await ask(session("alice"), session("botocore-session-1"))), good(`both are ${session("alice")}`));
  });

  it("treats two users as two principals: the cluster's API would refuse every object", async () => {
    const result = await ask("arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:user/bob");
    const answer =
      "AWS calls are made as arn:aws:iam::111122223333:user/alice, and aws eks get-token runs as arn:aws:iam::111122223333:user/bob";
    assert.deepEqual(seen(result), { outcome: "bad", answer, problems: [mismatch("error")] });
    assert.match(result?.problems[0]?.message ?? "", /its API refuses the other with 401\.$/);
  });

  it("treats one role name in two accounts as two principals", async () => {
    assert.equal((await ask(session("a"), session("a").replace("111122223333", "444455556666")))?.outcome, "bad");
  });

  it("warns only on an adopted cluster, which may admit both", async () => {
    const result = await ask("arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:user/bob", adopted());
    assert.deepEqual([result?.outcome, result?.problems[0]?.severity], ["warning", "warning"]);
  });

  it("repeats the error of the CLI when only the CLI has no credentials", async () => {
    const reason = 'aws: Unable to locate credentials. You can configure credentials by running "aws configure".';
    const answer = `AWS calls are made as arn:aws:iam::111122223333:user/alice, and the AWS CLI gets no answer: ${reason}`;
    const result = await ask("arn:aws:iam::111122223333:user/alice", new Error(reason));
    assert.deepEqual(seen(result), { outcome: "bad", answer, problems: [mismatch("error")] });
  });

  it("blocks nothing when the CLI does not reach AWS, or is not installed", async () => {
    const outage = 'aws: Could not connect to the endpoint URL: "https://sts.us-west-2.amazonaws.com/"';
    assert.deepEqual(seen(await ask("arn:aws:iam::111122223333:user/alice", new Error(outage))), notAsked(outage));
    assert.deepEqual(seen(await ask("arn:aws:iam::111122223333:user/alice", noProgram)), notAsked("spawn aws ENOENT"));
  });

  it("asks the CLI to assume the access role, because the AWS calls use it", async () => {
    const withRole = created(`cluster.accessRoleArn=${role}`);
    const taken = await asked(tokenPrincipal, withRole, { programs: { [takeRole]: `"${session("vllm-eks-preflight")}"\n` } });
    assert.deepEqual(seen(taken), good(`the AWS CLI acts as ${session("vllm-eks-preflight")}`));
    const reason = "aws: An error occurred (AccessDenied) when calling the AssumeRole operation: User: bob is not authorized";
    const refused = await asked(tokenPrincipal, withRole, { programs: { [takeRole]: new Error(reason) } });
    const answer = `AWS calls are made as the role ${role}, and the AWS CLI may not assume it: ${reason}`;
    assert.deepEqual(seen(refused), { outcome: "bad", answer, problems: [mismatch("error")] });
  });

  it("asks the CLI with the stack's profile as an option, which wins over keys in the environment, as it does for AWS calls", async () => {
    const environment = created();
    environment.aws!.configuration = { profile: "ops" };
    const account = { "sts:GetCallerIdentity": { Arn: "arn:aws:iam::111122223333:user/alice" } };
    const withProfile = whoAmI.replace(" sts ", " --profile ops sts ");
    const programs = { [withProfile]: '"arn:aws:iam::111122223333:user/bob"\n' };
    const result = await asked(tokenPrincipal, environment, { account, programs });
    assert.deepEqual([result?.outcome, result?.source], ["bad", `sts:GetCallerIdentity, ${withProfile}`]);
    assert.equal(result?.question, "Do the AWS calls and aws eks get-token with the profile ops use one principal?");
  });

  it("runs the program of the kubeconfig where options are not enough, and the report shows no key", async () => {
    const environment = created();
    environment.aws!.configuration = { accessKey: "AKIAOFCONFIG", secretKey: "planted-secret" };
    const account = { "sts:GetCallerIdentity": { Arn: "arn:aws:iam::111122223333:user/alice" } };
    const { command, args, env } = commandAs(awsIdentityOf(environment.aws!), whoAmI.split(" ").slice(3));
    const line = [...Object.entries(env).map(([name, value]) => `${name}=${value}`), command, ...args].join(" ");
    const result = await asked(tokenPrincipal, environment, { account, programs: { [line]: '"arn:aws:iam::111122223333:user/alice"\n' } });
    assert.deepEqual(seen(result), good("both are arn:aws:iam::111122223333:user/alice"));
    assert.equal(result?.source, "sts:GetCallerIdentity, AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… node -e … …");
  });

  it("does not arise with a kubeconfig", async () => {
    assert.equal(await ask("arn:aws:iam::111122223333:user/alice", "none", adopted(ownKubeconfig)), undefined);
  });

  const root = "arn:aws:iam::111122223333:root";
  for (const [one, other, same] of [
    [session("x"), session("y"), true],
    [session("x"), role, true],
    [role, "arn:aws:iam::111122223333:role/team/deployer", true],
    [role, "arn:aws:iam::444455556666:role/deployer", false],
    [root, root, true],
    [root, role, false],
  ] as const)
    it(`treats ${one} and ${other} as ${same ? "one principal" : "two principals"}`, () => assert.equal(samePrincipal(one, other), same));
});

describe("the check api-access", () => {
  describe("of a cluster to be created", () => {
    const ask = (address: string | Error, ...settings: string[]) =>
      asked(apiAccess, created('cluster.publicAccessCidrs=["192.0.2.0/30","198.51.100.0/24"]', ...settings), {
        texts: { [addressService]: address },
      });

    it("finds the range that admits this machine", async () => {
      assert.deepEqual(seen(await ask("198.51.100.255")), good("198.51.100.255 is in 198.51.100.0/24"));
      assert.deepEqual(seen(await ask("192.0.2.0")), good("192.0.2.0 is in 192.0.2.0/30"));
    });

    it("proposes this machine's address if no range admits it", async () => {
      assert.deepEqual(seen(await ask("192.0.2.4")), {
        outcome: "bad",
        answer: "no range contains 192.0.2.4",
        problems: [
          {
            code: "api-unreachable",
            severity: "error",
            path: "cluster.publicAccessCidrs",
            changes: [{ path: "cluster.publicAccessCidrs[2]", value: "192.0.2.4/32" }],
          },
        ],
      });
    });

    it("only warns in an adopted network, because this machine may be in it", async () => {
      const result = await ask("192.0.2.4", "network.vpcId=vpc-0123456789abcdef0", "network.nodeSubnetId=subnet-0123456789abcdef0", "availabilityZone=us-west-2b", 'network.loadBalancerSubnetIds=["subnet-0123456789abcdef1","subnet-0123456789abcdef2"]', 'network.loadBalancerCidrs=["10.0.1.0/24","10.0.2.0/24"]'); // prettier-ignore
      assert.equal(result?.outcome, "warning");
      assert.match(result?.problems[0]?.message ?? "", /unless this machine is in vpc-0123456789abcdef0\.$/);
    });

    it("blocks nothing if it gets no address, or a text that is not one", async () => {
      assert.deepEqual(seen(await ask(new Error("getaddrinfo ENOTFOUND"))), notAsked("getaddrinfo ENOTFOUND"));
      assert.equal((await ask("2001:db8::1"))?.outcome, "notAsked");
      assert.equal((await ask("<html>"))?.outcome, "notAsked");
    });

    it("does not arise if only the VPC is admitted", async () => {
      assert.equal(await asked(apiAccess, created("cluster.publicAccessCidrs=[]"), {}), undefined);
    });
  });

  describe("of an adopted cluster", () => {
    const version = { major: "1", minor: "35+", gitVersion: "v1.35.2-eks-8f3cf6a" };
    const ask = (answer: unknown, ...settings: string[]) => asked(apiAccess, adopted(...settings), { cluster: { "/version": answer } });
    const problem = (path: string) => ({ code: "api-unreachable", severity: "error", path, changes: [] });

    it("is good when it answers", async () => {
      assert.deepEqual(seen(await ask(version)), good("it answers: Kubernetes v1.35.2-eks-8f3cf6a"));
    });

    it("is an error when it does not answer, with the setting for the connection", async () => {
      const late = new ClusterUnreachable("connection", "ABC.gr7.us-west-2.eks.amazonaws.com accepted no connection within 3 s");
      const result = await ask(late);
      assert.deepEqual(seen(result), { outcome: "bad", answer: late.message, problems: [problem("cluster.name")] });
      assert.match(result?.problems[0]?.fix ?? "", /aws eks describe-cluster --name shared --query cluster\.resourcesVpcConfig/);
      assert.deepEqual((await ask(late, ownKubeconfig))?.problems[0]?.path, "cluster.kubeconfig");
    });

    for (const [obstacle, fixByName, fixByKubeconfig] of [
      ["credentials", /aws eks get-token --cluster-name shared shows the same error/, /Run the command that the kubeconfig names/],
      ["kubeconfig", /^Correct cluster\.context:/, /^Correct cluster\.kubeconfig:/],
    ] as const)
      it(`gives a different fix for the obstacle ${obstacle}`, async () => {
        const error = new ClusterUnreachable(obstacle, "no token: aws: Unable to locate credentials");
        assert.match((await ask(error))?.problems[0]?.fix ?? "", fixByName);
        assert.match((await ask(error, ownKubeconfig))?.problems[0]?.fix ?? "", fixByKubeconfig);
      });

    it("is an error when the cluster does not accept the principal", async () => {
      const result = await ask(new ClusterRefusal(401, "Unauthorized", "Unauthorized"));
      assert.deepEqual(seen(result), { outcome: "bad", answer: "401 Unauthorized", problems: [problem("cluster.accessRoleArn")] });
      assert.match(result?.problems[0]?.fix ?? "", /--principal-arn '<the Arn that aws sts get-caller-identity prints>',/);
      const role = "arn:aws:iam::111122223333:role/deployer";
      const asRole = await ask(new ClusterRefusal(401, "Unauthorized", "Unauthorized"), `cluster.accessRoleArn=${role}`);
      assert.ok(asRole?.problems[0]?.fix.includes(`--principal-arn ${role},`));
    });

    it("is an error when EKS has no cluster of that name, because the program looks it up even with a kubeconfig", async () => {
      const missing = Object.assign(new Error("No cluster found for name: shared."), { name: "ResourceNotFoundException" });
      const told = { account: { "eks:DescribeCluster": missing }, cluster: { "/version": version } };
      const expected = { outcome: "bad", answer: "EKS in us-west-2 has no cluster shared", problems: [problem("cluster.name")] };
      assert.deepEqual(seen(await asked(apiAccess, adopted(), { ...told, cluster: { "/version": missing } })), expected);
      assert.deepEqual(seen(await asked(apiAccess, adopted(ownKubeconfig), told)), expected);
    });

    it("blocks nothing when the answer is forbidden, late or from another server", async () => {
      assert.equal((await ask(denied("version")))?.outcome, "notAsked");
      assert.deepEqual(seen(await ask(never)), notAsked("no answer in 0.2 s"));
      assert.equal((await ask({}))?.outcome, "notAsked");
    });
  });
});

describe("the check cluster-version", () => {
  const ask = (answer: unknown) => asked(clusterVersion, adopted(), { cluster: { "/version": answer } });

  it("says how long the version has standard support", async () => {
    const result = await ask({ major: "1", minor: "35+", gitVersion: "v1.35.2-eks-8f3cf6a" });
    assert.deepEqual(seen(result), good("v1.35.2-eks-8f3cf6a, standard support until 2027-03-27"));
  });

  it("warns of extended support with its price", async () => {
    const result = await ask({ major: "1", minor: "32", gitVersion: "v1.32.9-eks-3025e55" });
    const warning = { code: "kubernetes-unsupported", severity: "warning", path: "cluster.version", changes: [] };
    assert.deepEqual(seen(result)?.problems, [warning]);
    assert.match(result?.problems[0]?.message ?? "", /the control plane costs \$0\.60\/h instead of \$0\.10\/h/);
  });

  it("warns of a version that the catalog does not have", async () => {
    assert.equal((await ask({ major: "1", minor: "29", gitVersion: "v1.29.15" }))?.answer, "v1.29.15, not in the catalog");
  });

  it("does not judge an answer that is not a version", async () => {
    assert.deepEqual(seen(await ask({ status: "ok" })), notAsked("GET /version answered without major and minor"));
  });

  it("does not arise before there is a cluster", async () => {
    assert.equal(await asked(clusterVersion, created(), {}), undefined);
  });
});
