import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { instanceType, instanceTypesWithEfa } from "../../../catalog/instanceTypes";
import { nodeUserData } from "../../../components/efaGpuNodeGroup/nodeConfig";
import { rootVolume } from "../../../components/efaGpuNodeGroup/rootVolume";

// Does not prove that nodeadm accepts the document, nor that its maxPods overrides the one EKS adds: only a booted node can show that.
const golden = (file: string) => readFileSync(join(__dirname, "../../golden/userData", file), "utf8");

/** Content types and bodies of a MIME multipart document, as a mail reader would parse it. */
function mimeParts(document: string): { contentType: string; body: string }[] {
  const boundary = /boundary="(.+)"/.exec(document)?.[1] ?? assert.fail("no boundary");
  const [, ...parts] = document.split(new RegExp(`^--${boundary}(?:--)?\n`, "m"));
  assert.equal(parts.pop(), "", "nothing after the closing boundary");
  return parts.map((part) => {
    const [head = "", ...body] = part.split("\n\n");
    return { contentType: head.replace("Content-Type: ", ""), body: body.join("\n\n") };
  });
}

describe("user data of a GPU node", () => {
  for (const [file, type, hugePagesMiB] of [
    ["p4d.24xlarge.txt", "p4d.24xlarge", 0],
    ["p5.48xlarge.txt", "p5.48xlarge", 0],
    ["p5.48xlarge-huge-pages.txt", "p5.48xlarge", 5120],
    ["p6-b300.48xlarge.txt", "p6-b300.48xlarge", 0],
  ] as const) {
    it(`matches ${file}`, () => assert.equal(nodeUserData(instanceType(type), hugePagesMiB), golden(file)));
  }

  it("puts images on local disks if the type has them, and pulls in parallel", () => {
    for (const type of instanceTypesWithEfa().filter((each) => each.nvmeGB > 0)) {
      const [part, ...others] = mimeParts(nodeUserData(type, 0));
      assert.equal(others.length, 0);
      assert.equal(part?.contentType, "application/node.eks.aws");
      const config = parse(part?.body ?? "") as { kind: string; spec: Record<string, unknown> };
      assert.equal(config.kind, "NodeConfig");
      assert.deepEqual(config.spec.instance, { localStorage: { strategy: "RAID0" } });
      assert.deepEqual(config.spec.featureGates, { FastImagePull: true });
    }
  });

  it("counts pods without the interface slot that an EFA device on card 0 takes", () => {
    const kubelet = (name: string) =>
      (parse(mimeParts(nodeUserData(instanceType(name), 0))[0]?.body ?? "") as { spec: Record<string, unknown> }).spec.kubelet;
    assert.deepEqual(kubelet("p5.48xlarge"), { maxPodsExpression: "((default_enis - 1) * (ips_per_eni - 1)) + 2" });
    assert.equal(kubelet("p6-b300.48xlarge"), undefined);
  });

  it("reserves huge pages only if asked, in pages of 2 MiB, before the part that starts kubelet", () => {
    const parts = mimeParts(nodeUserData(instanceType("p5.48xlarge"), 5120));
    assert.deepEqual(
      parts.map(({ contentType }) => contentType),
      ['text/x-shellscript; charset="us-ascii"', "application/node.eks.aws"],
    );
    assert.match(parts[0]?.body ?? "", /^#!\/bin\/bash\nset -euo pipefail\n.*vm\.nr_hugepages = 2560'/);
    assert.doesNotMatch(nodeUserData(instanceType("p5.48xlarge"), 0), /hugepages/);
  });

  it("restarts a kubelet that started early, so that it counts the reserved huge pages", () => {
    const script = mimeParts(nodeUserData(instanceType("p5.48xlarge"), 5120))[0]?.body ?? "";
    const [reserve, restart] = ["sysctl --load", "systemctl try-restart kubelet"].map((command) => script.indexOf(command));
    assert.ok(reserve! > 0 && restart! > reserve!, script);
  });

  it("asks for the fastest gp3 volume only if the images are on it", () => {
    const type = instanceType("p4d.24xlarge");
    const base = { volumeType: "gp3", volumeSize: 200, encrypted: "true", deleteOnTermination: "true" };
    assert.deepEqual(rootVolume(type, 200), base);
    assert.deepEqual(rootVolume({ ...type, nvmeGB: 0 }, 200), { ...base, iops: 16_000, throughput: 1_000 });
    assert.doesNotMatch(nodeUserData({ ...type, nvmeGB: 0 }, 0), /localStorage/);
  });
});
