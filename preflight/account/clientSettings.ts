/** How the preflight reaches AWS: as patient as a person, and on the way that the `aws:` configuration gives the provider. */
import fs from "node:fs";
import https from "node:https";
import type { AwsIdentity, AwsWay } from "../../environment/awsIdentity";

/** One retry and a few seconds for each call to AWS: a preflight that hangs is worse than one that asks nothing. */
export const patience = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2000, requestTimeout: 4000, socketTimeout: 4000, throwOnRequestTimeout: true },
};

type ClientSettings = ReturnType<typeof clientSettings>;

/** The provider's names of the services that the preflight asks, where they differ from the IAM prefix. */
const providerNames: Readonly<Record<string, readonly string[]>> = { elasticloadbalancing: ["elbv2", "elb"] };

/** `service`: as IAM names it. */
export function clientSettings(service: string, region: string, way: AwsWay = { endpoints: {} }) {
  const { useFipsEndpoint, useDualstackEndpoint, endpoints } = way;
  const endpoint = (providerNames[service] ?? [service]).map((name) => endpoints[name]).find(Boolean);
  return {
    ...patience,
    requestHandler: { ...patience.requestHandler, ...tlsSettings(way) },
    region,
    ...(useFipsEndpoint !== undefined && { useFipsEndpoint }),
    ...(useDualstackEndpoint !== undefined && { useDualstackEndpoint }),
    ...(endpoint !== undefined && { endpoint }),
  };
}

/** Settings of the STS that gives a role. */
export const stsSettings = ({ region, way }: AwsIdentity): ClientSettings => clientSettings("sts", way.stsRegion ?? region, way);

/** The AWS CLI and the provider read AWS_CA_BUNDLE; this SDK does not. */
function tlsSettings({ customCaBundle, insecure }: AwsWay): { httpsAgent?: https.Agent } {
  const bundle = customCaBundle ?? process.env.AWS_CA_BUNDLE;
  if (insecure) return { httpsAgent: new https.Agent({ keepAlive: true, rejectUnauthorized: false }) };
  if (!bundle || !fs.existsSync(bundle)) return {};
  return { httpsAgent: new https.Agent({ keepAlive: true, ca: fs.readFileSync(bundle, "utf8") }) };
}
