/** Which principal calls AWS, and whether EKS would get two access entries for it. */
import { checkAccount } from "../../../environment/awsIdentityRules";
import { problem, type Problem } from "../../../sizing/problem";
import type { Check, Surroundings } from "../../check";
import { principalOf, samePrincipal } from "../principal";
import { present, undefinedIfMissing } from "../../unanswered";

export const identity: Check = {
  name: "identity",
  operations: ["sts:GetCallerIdentity", "eks:DescribeCluster"],
  question({ aws: { region, cluster } }) {
    const administrators = cluster.kind === "create" && cluster.administrators.length > 0;
    return `Which principal calls AWS in ${region}${administrators ? ", and does cluster.administrators list it again" : ""}?`;
  },
  async ask(surroundings) {
    const caller = await surroundings.account.call("sts:GetCallerIdentity", {});
    const account = present(caller.Account, "sts:GetCallerIdentity", "Account");
    const principal = principalOf(present(caller.Arn, "sts:GetCallerIdentity", "Arn"));
    const root = principal.endsWith(":root")
      ? ", the root user: AWS advises against using it, and it cannot be listed as an administrator"
      : "";
    const notAllowed = checkAccount(surroundings.aws.configuration, account, `sts:GetCallerIdentity says ${principal}`);
    return {
      answer: `account ${account}, as ${principal}${root}`,
      problems: [...notAllowed, ...(await findSecondEntry(surroundings, principal))],
    };
  },
};

async function findSecondEntry(surroundings: Surroundings, principal: string): Promise<Problem[]> {
  const { cluster } = surroundings.aws;
  if (cluster.kind === "adopt") return [];
  const index = cluster.administrators.findIndex((administrator) => samePrincipal(administrator, principal));
  // Another principal may have created a cluster that exists: then this entry is the only one.
  if (index < 0 || (await clusterExists(surroundings, cluster.name))) return [];
  return [
    problem({
      code: "administrator-is-creator",
      path: `cluster.administrators[${index}]`,
      message: `${principal} calls AWS and creates the cluster. EKS makes the creator an administrator; a second entry for it fails the first deployment.`,
      fix: "Remove it from the list.",
    }),
  ];
}

async function clusterExists({ account }: Surroundings, name: string): Promise<boolean> {
  return (await undefinedIfMissing(account.call("eks:DescribeCluster", { name }), "ResourceNotFoundException")) !== undefined;
}
