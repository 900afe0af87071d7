// Proves when a hosted zone or a certificate does not serve the endpoint's name. It does not ask DNS whether the zone is delegated.
import assert from "node:assert/strict";
import { certificate } from "../../../preflight/account/checks/certificate";
import { hostedZone } from "../../../preflight/account/checks/hostedZone";
import { certificate as issued, certificateArn, hostedZone as zone } from "./answers";
import { adopted, certified, named } from "./goodCases";
import { vpcId } from "./networkAnswers";
import { runChecks } from "../../../preflight/runChecks";
import { environmentOf } from "../../support/environments";
import { arises, awsError, brief, noMachine, preflight, recordedAccount, resultOf, type Answers, type Settings } from "./recordedAccount";

const zoned = (name: string, isPrivate = false): Answers => ({ "route53:GetHostedZone": zone(name, isPrivate) });
const zoneProblem = (severity = "error") => [{ code: "hosted-zone-unsuitable", severity, path: "ingress.hostedZoneId", changes: [] }];
const zoneProblems = async (answers: Answers, settings: Settings = named) => brief(await resultOf(hostedZone, settings, answers)).problems;

describe("the question about the hosted zone", () => {
  it("accepts AWS's answer that there is none", async () => {
    for (const code of ["NoSuchHostedZone", "InvalidInput"]) {
      const result = await resultOf(hostedZone, named, { "route53:GetHostedZone": awsError(code, "No hosted zone found with ID") });
      assert.deepEqual(brief(result), { outcome: "bad", answer: "Z0123456789ABC not found", problems: zoneProblem() });
      assert.equal(result.problems[0]!.message, "Z0123456789ABC is not a hosted zone of this account.");
    }
  });

  it("requires a hostname inside the zone, as a name below it or as the zone itself", async () => {
    assert.deepEqual(await zoneProblems(zoned("llm.acme.io")), []);
    assert.deepEqual(await zoneProblems(zoned("ACME.io")), []);
    for (const name of ["other.io", "me.io", "x.acme.io"]) assert.deepEqual(await zoneProblems(zoned(name)), zoneProblem(), name);
    const result = await resultOf(hostedZone, named, zoned("me.io"));
    assert.equal(result.problems[0]!.message, "Z0123456789ABC is the zone of me.io, and llm.acme.io is not inside it.");
    assert.equal(result.problems[0]!.fix, "Set ingress.hostedZoneId to the public zone of acme.io (aws route53 list-hosted-zones).");
  });

  it("refuses a private zone if ACM must find its record there", async () => {
    const result = await resultOf(hostedZone, named, zoned("acme.io", true));
    assert.deepEqual(brief(result), { outcome: "bad", answer: "acme.io, private", problems: zoneProblem() });
    assert.match(result.problems[0]!.message, /ACM would not find its validation record there/);
  });

  it("accepts a private zone of the VPC with your certificate, and warns if it is not the VPC's", async () => {
    const own = `ingress.certificateArn=${certificateArn}`;
    const inVpc: Settings = [...adopted, "ingress.hostname=llm.acme.io", "ingress.hostedZoneId=Z0123456789ABC", own];
    assert.deepEqual(await zoneProblems(zoned("acme.io", true), inVpc), []);
    const elsewhere = { "route53:GetHostedZone": { ...zone("acme.io", true), VPCs: [{ VPCId: "vpc-other" }] } };
    const result = await resultOf(hostedZone, inVpc, elsewhere);
    assert.deepEqual(brief(result).problems, zoneProblem("warning"));
    assert.match(result.problems[0]!.fix, new RegExp(`--hosted-zone-id Z0123456789ABC --vpc VPCRegion=us-west-2,VPCId=${vpcId}$`));
    assert.deepEqual(await zoneProblems(zoned("acme.io", true), [...named, own]), zoneProblem("warning"));
    const open: Settings = [...named, own, "ingress.scheme=internet-facing", 'ingress.inboundCidrs=["10.9.0.0/16"]', "apiKey=sk"];
    assert.deepEqual(await zoneProblems(zoned("acme.io", true), open), zoneProblem());
  });

  it("does not arise without a zone or for a placeholder", async () => {
    assert.equal(await arises(hostedZone, ["dev"]), false);
    assert.equal(await arises(hostedZone, ["prod"]), false);
  });
});

const problem = (severity = "error") => [{ code: "certificate-unsuitable", severity, path: "ingress.certificateArn", changes: [] }];
const withCertificate = (changes: Parameters<typeof issued>[0]): Answers => ({ "acm:DescribeCertificate": issued(changes) });
const certificateProblems = async (changes: Parameters<typeof issued>[0], settings: Settings = certified) =>
  brief(await resultOf(certificate, settings, withCertificate(changes))).problems;

describe("the question about the certificate", () => {
  it("accepts AWS's answer that there is none", async () => {
    const answers = { "acm:DescribeCertificate": awsError("ResourceNotFoundException", "Could not find certificate") };
    const result = await resultOf(certificate, certified, answers);
    assert.deepEqual(brief(result), { outcome: "bad", answer: "not found", problems: problem() });
    assert.equal(result.problems[0]!.message, `${certificateArn} does not exist in this account.`);
  });

  for (const Status of ["PENDING_VALIDATION", "EXPIRED", "REVOKED", "FAILED", "INACTIVE", "VALIDATION_TIMED_OUT"] as const) {
    it(`refuses one that is ${Status}`, async () => {
      const result = await resultOf(certificate, certified, withCertificate({ Status }));
      assert.deepEqual(brief(result), { outcome: "bad", answer: Status, problems: problem() });
    });
  }

  it("refuses one of another region without asking AWS", async () => {
    const elsewhere = certificateArn.replace("us-west-2", "us-east-1");
    // A configuration with it is refused before any question; a component's argument may still name it.
    const environment = environmentOf(...certified);
    environment.aws!.ingress.certificateArn = elsewhere;
    const account = recordedAccount({});
    const report = await runChecks({ environment, aws: environment.aws!, account, cluster: undefined, machine: noMachine }, [certificate]);
    assert.deepEqual(brief(report.checks[0]!), { outcome: "bad", answer: "in us-east-1", problems: problem() });
    assert.equal(account.calls.length, 0);
    assert.match(
      report.problems[0]!.message,
      /is in us-east-1, and the load balancer in us-west-2 can only use a certificate of that region\.$/,
    );
  });

  for (const [covers, ...names] of [
    [true, "llm.acme.io"],
    [true, "*.acme.io"],
    [true, "LLM.ACME.IO"],
    [true, "other.io", "*.acme.io"],
    [false, "acme.io"],
    [false, "*.llm.acme.io"],
    [false, "*.io"],
    [false, "me.io", "*.me.io"],
  ] as const) {
    it(`says that a certificate for ${names.join(" and ")} is ${covers ? "" : "not "}for llm.acme.io`, async () => {
      const found = await certificateProblems({ DomainName: names[0]!, SubjectAlternativeNames: [...names] });
      assert.deepEqual(found, covers ? [] : problem());
    });
  }

  it("checks no name if the configuration has none", async () => {
    const settings: Settings = ["dev", `ingress.certificateArn=${certificateArn}`];
    assert.deepEqual(await certificateProblems({ DomainName: "other.io", SubjectAlternativeNames: [] }, settings), []);
    const { report } = await preflight([certificate], settings, withCertificate({}));
    assert.equal(report.checks[0]!.question, "Is the certificate issued, in us-west-2?");
  });

  it("warns in the last thirty days and refuses after the end", async () => {
    const ends = (day: string) => certificateProblems({ NotAfter: new Date(`${day}T00:00:00Z`) });
    assert.deepEqual(await ends("2026-12-24"), []);
    assert.deepEqual(await ends("2026-12-23"), problem("warning"));
    assert.deepEqual(await ends("2026-11-24"), problem("warning"));
    assert.deepEqual(await ends("2026-11-23"), problem());
  });

  it("does not arise without a certificate, a load balancer or a real ARN", async () => {
    assert.equal(await arises(certificate, ["dev"]), false);
    assert.equal(await arises(certificate, ["dev", "ingress.mode=none", `ingress.certificateArn=${certificateArn}`]), false);
    assert.equal(await arises(certificate, ["dev", "ingress.certificateArn=<certificate>"]), false);
  });
});
