import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { dryRun } from "../../plan/dryRun";
import { inferenceStack, secretPlaceholder } from "../../stacks";
import { awsIdentityOf } from "../../environment/awsIdentity";
import { isOffline } from "../../stacks/preflightBeforeUp";
import { runPreflight } from "../../preflight/preflight";
import { environmentOf, resolve, today } from "../support/environments";

// Proves when the program asks the account, and as which principal. What it does with answers: test/engine/preflight.spec.ts.

const role = (name: string) => `arn:aws:iam::444455556666:role/${name}`;
const identityOf = (...settings: string[]) => awsIdentityOf(environmentOf("dev", ...settings).aws!);

describe("the preflight of a program", () => {
  it("sends no request while a recorder runs the program, wherever the program begins", async () => {
    const seen: boolean[] = [];
    await dryRun(async () => {
      await Promise.resolve();
      seen.push(isOffline());
      return {};
    });
    assert.deepEqual([...seen, isOffline()], [true, false]);
    const values = { instanceType: "p4d.24xlarge", cluster: { publicAccessCidrs: ["100.20.30.40/32"] }, apiKey: secretPlaceholder };
    const program = inferenceStack({
      input: { stack: "dev", values, region: "us-west-2", today },
      secrets: { apiKey: pulumi.secret("sk-test-only") },
    });
    const { resources } = await dryRun(program);
    assert.ok(resources.length > 50, String(resources.length));
  });

  it("is on unless the configuration switches it off, and then a plan warns", () => {
    assert.equal(environmentOf("dev").preflight, true);
    assert.equal(environmentOf("dev", "preflight=false").preflight, false);
    const codes = (stack: string) => resolve(stack, "preflight=false").problems.map(({ code }) => code);
    assert.ok(codes("dev").includes("preflight-off"));
    assert.ok(!codes("local").includes("preflight-off"), "there is no account to ask");
  });

  it("asks nothing if a credential is encrypted, or if nothing is in AWS", async () => {
    const encrypted = await runPreflight(environmentOf("dev", "aws:accessKey=AKIAIOSFODNN7EXAMPLE", `aws:secretKey=${secretPlaceholder}`));
    assert.deepEqual(encrypted, {
      notAsked: "aws:secretKey is encrypted, and plan does not decrypt values; run pulumi preview to ask the account",
    });
    assert.deepEqual(await runPreflight(environmentOf("local")), { notAsked: "local does not use AWS" });
  });
});

describe("credentials that are slow to come", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "preflight-"));
  const before = process.env.AWS_CONFIG_FILE;
  after(() => {
    fs.rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env.AWS_CONFIG_FILE;
    else process.env.AWS_CONFIG_FILE = before;
  });

  it("block nothing: after the time of a question the account is not asked", async () => {
    process.env.AWS_CONFIG_FILE = path.join(folder, "config");
    fs.writeFileSync(process.env.AWS_CONFIG_FILE, "[profile slow]\ncredential_process = sleep 2\n");
    assert.deepEqual(await runPreflight(environmentOf("dev", "aws:profile=slow"), 200), {
      notAsked: "the AWS credentials gave no answer in 0.2 s; aws sts get-caller-identity shows what they wait for",
    });
  });
});

describe("the principal that asks", () => {
  it("is the provider's: region, profile and roles of the configuration, the access role last", () => {
    const rest = { region: "us-west-2", way: { endpoints: {} }, secret: false };
    assert.deepEqual(identityOf(), { ...rest, base: { kind: "environment" }, roles: [] });
    const roles = `aws:assumeRoles=[{"roleArn":"${role("hop")}","externalId":"x-1","duration":"1h"}]`;
    assert.deepEqual(identityOf("aws:profile=gpu", roles, `cluster.accessRoleArn=${role("deployer")}`), {
      ...rest,
      base: { kind: "profile", profile: "gpu" },
      roles: [{ roleArn: role("hop"), externalId: "x-1", duration: "1h" }, { roleArn: role("deployer") }],
    });
  });
});

describe("prices that were asked today", () => {
  it("replace the catalog's for the types that were asked", async () => {
    const { planDocument } = await import("../../plan/document");
    const environment = environmentOf("dev");
    const planned = (more: object) => planDocument({ name: "dev", today, problems: [], environment: { ...environment, ...more } }).cost!;
    const catalog = planned({});
    const asked = planned({ pricesToday: { "p4d.24xlarge": { usdPerHour: 30, asOf: "2026-11-24" } } });
    assert.equal(asked.pricesAsOf, "2026-11-24");
    assert.notEqual(catalog.pricesAsOf, "2026-11-24");
    const nodesOf = (gpuNodes: number | null) => gpuNodes!;
    assert.ok(Math.abs(nodesOf(asked.hourly.gpuNodes) - nodesOf(catalog.hourly.gpuNodes) - 2 * (30 - 21.957642)) < 1e-3);
    assert.equal(asked.hourly.systemNodes, catalog.hourly.systemNodes);
  });
});
