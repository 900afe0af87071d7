/** The AWS CLI: `eks.Cluster` looks for it, in previews too, and every Kubernetes call gets its token from it. */
import { requirements } from "../../../catalog/versions";
import { problem, type Problem } from "../../../sizing/problem";
import { compareVersions } from "../../../sizing/versions";
import type { AwsEnvironment } from "../../../environment/environment";
import type { Check } from "../../check";
import { Unanswered } from "../../unanswered";

const minimum = requirements.minimumAwsCli.version;
const minimumOfVersion1 = requirements.minimumAwsCli1.version;

/** A kubeconfig that the user gives says how to get a token. */
export const getsTokensByName = ({ cluster }: AwsEnvironment): boolean => cluster.kind === "create" || cluster.kubeconfig === undefined;

export const awsCli: Check = {
  name: "aws-cli",
  question: ({ aws }) => (getsTokensByName(aws) ? `Is the AWS CLI on this machine, ${minimum} or newer?` : undefined),
  operations: [],
  ask: async ({ machine }) => {
    try {
      return judge(await machine.output("aws", ["--version"]));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      return { answer: "there is no program aws on PATH", problems: [missing("There is no program aws on PATH")] };
    }
  },
};

function judge(output: string): { answer: string; problems: Problem[] } {
  const version = /aws-cli\/(\d+\.\d+\.\d+)/.exec(output)?.[1];
  if (version === undefined) throw new Unanswered(`aws --version printed ${JSON.stringify(output.trim().slice(0, 80))}`);
  const needed = version.startsWith("1.") ? minimumOfVersion1 : minimum;
  const old = compareVersions(version, needed) < 0;
  return { answer: `aws-cli ${version}`, problems: old ? [missing(`The AWS CLI is ${version}; it must be ${needed} or newer`)] : [] };
}

function missing(what: string): Problem {
  return problem({
    code: "aws-cli-missing",
    path: "aws:region",
    message: `${what}. Pulumi calls the AWS CLI to create the cluster and to get a token for the Kubernetes API.`,
    fix: "Install version 2 where Pulumi runs (https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html); aws --version shows the version.",
  });
}
