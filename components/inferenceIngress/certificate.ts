/** A certificate for a hostname, validated by a record in its public hosted zone. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

interface CertificateArgs {
  hostname: pulumi.Input<string>;
  hostedZoneId: pulumi.Input<string>;
  tags: pulumi.Input<Record<string, string>>;
}

/** Returns the ARN of the certificate once it is issued: a listener refuses a pending one. */
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
      // ACM asks for the same record for every certificate of a name in an account, so a record of an earlier stack is already correct.
      allowOverwrite: true,
    },
    child,
  );
  const issued = new aws.acm.CertificateValidation(
    `${name}-certificate-issued`,
    { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
    // ACM issues it within minutes if the zone is the public zone of the name, otherwise never; the provider would wait 75 minutes.
    { ...child, customTimeouts: { create: "30m" } },
  );
  return issued.certificateArn;
}
