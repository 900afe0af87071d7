/** A certificate for a hostname, proved by a record in its public hosted zone. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export interface CertificateArgs {
  hostname: pulumi.Input<string>;
  hostedZoneId: pulumi.Input<string>;
  tags: pulumi.Input<Record<string, string>>;
}

/** ARN of the certificate, known once it is issued: a listener refuses one that is still pending. */
export function issuedCertificate(name: string, args: CertificateArgs, child: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const certificate = new aws.acm.Certificate(
    `${name}-certificate`,
    { domainName: args.hostname, validationMethod: "DNS", tags: args.tags },
    child,
  );
  const proof = certificate.domainValidationOptions.apply((options) => options[0]!);
  const record = new aws.route53.Record(
    `${name}-certificate-proof`,
    {
      zoneId: args.hostedZoneId,
      name: proof.resourceRecordName,
      type: proof.resourceRecordType,
      records: [proof.resourceRecordValue],
      ttl: 300,
      // ACM asks for the same record for every certificate of a name in an account: one left by an earlier stack is right already.
      allowOverwrite: true,
    },
    child,
  );
  const issued = new aws.acm.CertificateValidation(
    `${name}-certificate-issued`,
    { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
    // Issued within minutes when the zone is the public one of the name; otherwise never, and the provider would wait 75 minutes.
    { ...child, customTimeouts: { create: "30m" } },
  );
  return issued.certificateArn;
}
