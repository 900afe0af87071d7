// Proves which resources get the customer's key, and which keys are refused. It does not prove that the key's
// policy lets the services use it.
import assert from "node:assert/strict";
import fc from "fast-check";
import { checkForm } from "../../environment";
import { keyProblems } from "../../components/lustreModelStore/encryptionKey";
import type { Recording } from "../../plan/recordingMonitor";
import { adoptedSettings, environmentOf, recordEnvironment, resolve } from "../support/environments";
import { ofType, only } from "../support/record";

const arn = (region: string, partition = "aws") => `arn:${partition}:kms:${region}:210987654321:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const key = arn("us-west-2");
const persistent = ["modelStore.deploymentType=PERSISTENT_2", "modelStore.throughputMBpsPerTiB=125"];
const logGroup = "aws:cloudwatch/logGroup:LogGroup";

const volumeKeys = (recording: Recording) =>
  ofType(recording, "aws:ec2/launchTemplate:LaunchTemplate").map(({ inputs }) => {
    const [mapping] = inputs.blockDeviceMappings as { ebs: { kmsKeyId?: string } }[];
    return mapping?.ebs.kmsKeyId;
  });
const fileSystemKey = (recording: Recording) => only(recording, "aws:fsx/lustreFileSystem:LustreFileSystem").inputs.kmsKeyId;

describe("kmsKeyArn", () => {
  it("encrypts volumes, file system, Secrets of the cluster and its logs, and the log group comes before the cluster", async () => {
    const recording = await recordEnvironment(environmentOf("dev", `kmsKeyArn=${key}`, ...persistent));
    assert.deepEqual(volumeKeys(recording), [key, key]);
    assert.equal(fileSystemKey(recording), key);
    const cluster = only(recording, "eks:index:Cluster");
    assert.equal(cluster.inputs.encryptionConfigKeyArn, key);
    const logs = only(recording, logGroup);
    assert.deepEqual([logs.inputs.kmsKeyId, logs.inputs.name], [key, `/aws/eks/${String(cluster.inputs.name)}/cluster`]);
    assert.ok(cluster.dependsOn.includes(logs.urn));
  });

  it("changes nothing when it is absent: AWS's own keys encrypt", async () => {
    const recording = await recordEnvironment(environmentOf("dev"));
    assert.deepEqual(volumeKeys(recording), [undefined, undefined]);
    assert.equal(fileSystemKey(recording), undefined);
    assert.equal(only(recording, "eks:index:Cluster").inputs.encryptionConfigKeyArn, undefined);
    assert.deepEqual(ofType(recording, logGroup), []);
  });

  it("makes no log group without logs, and leaves the Secrets of an adopted cluster to their owner", async () => {
    const quiet = await recordEnvironment(environmentOf("dev", `kmsKeyArn=${key}`, "cluster.logTypes=[]", ...persistent));
    assert.deepEqual(ofType(quiet, logGroup), []);
    const adopted = await recordEnvironment(environmentOf("dev", `kmsKeyArn=${key}`, ...persistent, ...adoptedSettings));
    assert.deepEqual([ofType(adopted, logGroup).length, volumeKeys(adopted), fileSystemKey(adopted)], [0, [key], key]);
  });

  for (const other of [arn("us-east-1"), arn("us-west-2", "aws-cn"), arn("cn-north-1", "aws-cn")]) {
    it(`is refused where the stack is not: ${other.slice(0, 40)}`, () => {
      const found = resolve("dev", `kmsKeyArn=${other}`, ...persistent).problems.filter(({ path }) => path === "kmsKeyArn");
      assert.deepEqual(
        found.map(({ code, severity }) => `${code} ${severity}`),
        ["out-of-range error"],
      );
      assert.ok(found[0]!.message.includes(other) && /begins with arn:aws:|in us-west-2/.test(found[0]!.fix), JSON.stringify(found));
    });
  }

  it("is refused with SCRATCH_2 by configuration and component, and PERSISTENT_2 solves it", () => {
    const found = resolve("dev", `kmsKeyArn=${key}`).problems.find(({ code }) => code === "store-feature-conflict");
    const settings = found!.changes.map(({ path, value }) => `${path}=${String(value)}`);
    assert.deepEqual(settings, persistent);
    assert.deepEqual(
      resolve("dev", `kmsKeyArn=${key}`, ...settings).problems.filter(({ path }) => path === "kmsKeyArn"),
      [],
    );
    assert.deepEqual(keyProblems({ deploymentType: "SCRATCH_2" }), []);
    assert.equal(keyProblems({ deploymentType: "SCRATCH_2", kmsKeyArn: key }).length, 1);
  });

  it("takes the ARN of a key only: no alias, no id, no other service, nothing behind it", () => {
    const form = (kmsKeyArn: string) => checkForm({ kmsKeyArn }).length;
    assert.equal(form(key), 0);
    assert.equal(form(arn("us-west-2").replace("1234abcd-12ab-34cd-56ef-1234567890ab", `mrk-${"0a".repeat(16)}`)), 0);
    assert.equal(form("<key arn>"), 0);
    const wrong = [
      key.replace("key/", "alias/"),
      "1234abcd-12ab-34cd-56ef-1234567890ab",
      key.replace(":kms:", ":iam:"),
      `${key}\n`,
      "",
      "<a\nb>",
    ];
    for (const each of wrong) assert.equal(form(each), 1, each);
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 5 }).filter((text) => !/^[0-9a-f-]*$/.test(text)),
        (text) => form(key + text) === 1,
      ),
    );
  });
});
