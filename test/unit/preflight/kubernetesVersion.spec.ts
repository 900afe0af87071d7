// Proves which versions are refused on which day. EKS says when it ends a version's support.
import assert from "node:assert/strict";
import { kubernetesVersion } from "../../../preflight/account/checks/kubernetesVersion";
import { clusterVersions } from "./answers";
import { adopted } from "./goodCases";
import { arises, brief, preflight, resultOf } from "./recordedAccount";

const all = clusterVersions.clusterVersions!;
const offering = (...versions: string[]) => ({
  "eks:DescribeClusterVersions": { clusterVersions: all.filter(({ clusterVersion }) => versions.includes(clusterVersion!)) },
});
const ending = (day: string) => ({
  "eks:DescribeClusterVersions": {
    clusterVersions: all.map((each) => (each.clusterVersion === "1.35" ? { ...each, endOfStandardSupportDate: new Date(day) } : each)),
  },
});
const refused = (value?: string) => [
  {
    code: "kubernetes-unsupported",
    severity: "error",
    path: "cluster.version",
    changes: value === undefined ? [] : [{ path: "cluster.version", value }],
  },
];

describe("the question about the Kubernetes version", () => {
  it("refuses one that EKS does not offer, and proposes the newest that it supports", async () => {
    const result = await resultOf(kubernetesVersion, ["dev"], offering("1.33", "1.34", "1.36"));
    assert.deepEqual(brief(result), { outcome: "bad", answer: "under standard support: 1.34, 1.36", problems: refused("1.36") });
    assert.equal(result.problems[0]!.message, "Kubernetes 1.35: EKS does not offer it. Versions under standard support: 1.34, 1.36.");
  });

  it("prefers the package's default to a newer one", async () => {
    const result = await resultOf(kubernetesVersion, ["dev", "cluster.version=1.34"], offering("1.35", "1.36"));
    assert.deepEqual(brief(result).problems, refused("1.35"));
  });

  it("counts the last day of support as supported, but not the next", async () => {
    assert.equal((await resultOf(kubernetesVersion, ["dev"], ending("2026-11-24T00:00:00Z"))).outcome, "good");
    const result = await resultOf(kubernetesVersion, ["dev"], ending("2026-11-23T00:00:00Z"));
    assert.deepEqual(brief(result).problems, refused("1.36"));
    assert.match(result.problems[0]!.message, /: standard support ended on 2026-11-23\. /);
  });

  it("proposes nothing if EKS supports nothing", async () => {
    assert.deepEqual(brief(await resultOf(kubernetesVersion, ["dev"], offering())).problems, refused());
  });

  it("reads every page", async () => {
    const answers = {
      "eks:DescribeClusterVersions": ({ nextToken }: { nextToken?: string | undefined }) =>
        nextToken === "2" ? { clusterVersions: all.slice(1) } : { clusterVersions: all.slice(0, 1), nextToken: "2" },
    };
    const { report, account } = await preflight([kubernetesVersion], ["dev"], answers);
    assert.equal(report.checks[0]!.answer, "1.35 until 2027-03-27; under standard support: 1.34, 1.35, 1.36");
    assert.equal(account.calls.length, 2);
  });

  it("does not arise on an adopted cluster", async () => {
    assert.equal(await arises(kubernetesVersion, adopted), false);
  });
});
