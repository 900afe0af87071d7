/** Whether the certificate that the user gave serves the endpoint's name. */
import type { CertificateDetail } from "@aws-sdk/client-acm";
import { isPlaceholder, problem, type Problem, type Severity } from "../../../sizing/problem";
import { shellCommand } from "../../../sizing/shellCommand";
import type { Check, Surroundings } from "../../check";
import { fieldOf, undefinedIfMissing, Unanswered } from "../../unanswered";

/** ACM renews its certificates well before that: one that is nearer to its end was not renewed. We chose the number. */
const shortDays = 30;

export const certificate: Check = {
  name: "certificate",
  operations: ["acm:DescribeCertificate"],
  question({ aws: { ingress, region } }) {
    if (ingress.mode === "none" || ingress.certificateArn === undefined || isPlaceholder(ingress.certificateArn)) return undefined;
    return `Is the certificate issued, in ${region}${ingress.hostname === undefined ? "" : ` and for ${ingress.hostname}`}?`;
  },
  async ask({ environment, aws, account }) {
    const { certificateArn, hostname } = aws.ingress;
    if (certificateArn === undefined) throw new Unanswered("no certificate is set");
    const [, region] = /^arn:[\w-]+:acm:([\w-]+):\d{12}:certificate\/.+$/.exec(certificateArn) ?? [];
    if (region !== aws.region) {
      const where =
        region === undefined
          ? "is not the ARN of a certificate"
          : `is in ${region}, and the load balancer in ${aws.region} can only use a certificate of that region`;
      return { answer: `in ${region ?? "no region"}`, problems: [unsuitable(`${certificateArn} ${where}.`, anotherOf(aws))] };
    }
    const call = account.call("acm:DescribeCertificate", { CertificateArn: certificateArn });
    const answer = await undefinedIfMissing(call, "ResourceNotFoundException", "InvalidArnException");
    if (answer === undefined)
      return { answer: "not found", problems: [unsuitable(`${certificateArn} does not exist in this account.`, anotherOf(aws))] };
    return judge(field(answer.Certificate, "Certificate"), hostname, environment.now, aws);
  },
};

const field = fieldOf("acm:DescribeCertificate");

function judge(certificate: CertificateDetail, hostname: string | undefined, now: string, aws: Surroundings["aws"]) {
  const status = field(certificate.Status, "Status");
  const names = namesOf(certificate);
  if (status !== "ISSUED") {
    const reason = certificate.FailureReason ? `, ${certificate.FailureReason}` : "";
    return {
      answer: status,
      problems: [
        unsuitable(
          `The certificate for ${names.join(", ")} is ${status}${reason}; a listener accepts only an issued certificate.`,
          anotherOf(aws),
        ),
      ],
    };
  }
  const end = field(certificate.NotAfter, "NotAfter");
  const covered = hostname === undefined || names.some((name) => covers(name, hostname));
  const uncovered = `The certificate is for ${names.join(", ")}, and ingress.hostname is ${hostname ?? ""}.`;
  return {
    answer: `issued for ${names.join(", ")} until ${end.toISOString().slice(0, 10)}`,
    problems: [...(covered ? [] : [unsuitable(uncovered, anotherOf(aws))]), ...endProblems(end, now)],
  };
}

function namesOf({ DomainName, SubjectAlternativeNames }: CertificateDetail): string[] {
  const names = [...new Set([...(DomainName === undefined ? [] : [DomainName]), ...(SubjectAlternativeNames ?? [])])];
  if (names.length === 0) throw new Unanswered("acm:DescribeCertificate answered without a DomainName");
  return names;
}

/** An asterisk stands for one label: `*.example.com` is for llm.example.com, not for example.com or a.b.example.com. */
function covers(name: string, hostname: string): boolean {
  const [pattern, wanted] = [name.toLowerCase(), hostname.toLowerCase()];
  if (!pattern.startsWith("*.")) return pattern === wanted;
  return wanted.includes(".") && wanted.slice(wanted.indexOf(".")) === pattern.slice(1);
}

function endProblems(end: Date, now: string): Problem[] {
  const days = Math.floor((end.getTime() - Date.parse(now)) / 86_400_000);
  if (days >= shortDays) return [];
  const date = end.toISOString().slice(0, 10);
  const message = days < 0 ? `The certificate expired on ${date}.` : `The certificate expires in ${days} days, on ${date}.`;
  return [unsuitable(message, "Renew it, or name another one in ingress.certificateArn.", days < 0 ? "error" : "warning")];
}

const anotherOf = ({ region }: Surroundings["aws"]) =>
  `Set ingress.certificateArn to one that ${shellCommand("aws", "acm", "list-certificates", "--region", region)} prints.`;

const unsuitable = (message: string, fix: string, severity: Severity = "error"): Problem =>
  problem({ code: "certificate-unsuitable", severity, path: "ingress.certificateArn", message, fix });
