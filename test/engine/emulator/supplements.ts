/**
 * What moto 5.2 lacks and a preflight asks for, answered in AWS's own form: quotas, capacity reservations, versions of Kubernetes, the
 * price list, and images in a registry of another account.
 */
import { kubernetesVersions } from "../../../catalog/versions";
import { onDemandPriceOf } from "../../../catalog/prices";
import { quotas as everyQuota, vcpuQuotas } from "../../../catalog/quotas";
import { vllmImages } from "../../../catalog/images";

export interface Question {
  method: string;
  path: string;
  /** `ServiceQuotasV20190624.GetServiceQuota`, or `Action=` of a form. */
  action: string;
  body: string;
}

export interface Answer {
  status: number;
  type: string;
  body: string;
}

export interface Supplements {
  /** Values by code; every other quota of the catalog is 10,000. */
  quotas: Record<string, number>;
  /** Actions that the caller may not call. */
  denied: string[];
}

/** Undefined: moto answers. */
export function supplement({ method, path, action, body }: Question, { quotas, denied }: Supplements): Answer | undefined {
  const name = action.split(".").at(-1) ?? "";
  if (denied.includes(name)) return refusal(name, action.includes("."));
  if (method === "GET" && path.startsWith("/cluster-versions")) return json({ clusterVersions: kubernetesVersions.map(clusterVersion) });
  switch (name) {
    case "GetServiceQuota":
    case "GetAWSDefaultServiceQuota": {
      const { QuotaCode, ServiceCode } = JSON.parse(body) as { QuotaCode: string; ServiceCode: string };
      const known = [...vcpuQuotas, ...Object.values(everyQuota)];
      if (!known.some(({ quotaCode, serviceCode }) => quotaCode === QuotaCode && serviceCode === ServiceCode))
        return json({ __type: "NoSuchResourceException", message: `${ServiceCode} has no quota ${QuotaCode}` }, 404);
      return json({ Quota: { ServiceCode, QuotaCode, Value: quotas[QuotaCode] ?? 10_000, Adjustable: true, GlobalQuota: false } });
    }
    case "GetProducts":
      return json({ FormatVersion: "aws_v1", PriceList: [priceOf(body)] });
    case "DescribeImages":
      return action.startsWith("AmazonEC2ContainerRegistry") ? imageOf(body) : undefined;
    case "DescribeCapacityReservations":
      return { status: 200, type: "text/xml", body: noReservations };
    default:
      return undefined;
  }
}

const json = (content: unknown, status = 200): Answer => ({ status, type: "application/x-amz-json-1.1", body: JSON.stringify(content) });

/** EC2 writes XML, and has its own error code. */
const refusal = (name: string, isJson: boolean): Answer =>
  isJson
    ? json({ __type: "AccessDeniedException", message: `User is not authorized to perform: ${name}` }, 400)
    : {
        status: 403,
        type: "text/xml",
        body: `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform: ${name}</Message></Error></Errors></Response>`,
      };

const noReservations =
  '<DescribeCapacityReservationsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><capacityReservationSet/></DescribeCapacityReservationsResponse>';

const seconds = (day: string) => Date.parse(day) / 1000;

const clusterVersion = ({ version, releasedOn, standardSupportEndsOn, extendedSupportEndsOn }: (typeof kubernetesVersions)[number]) => ({
  clusterVersion: version,
  releaseDate: seconds(releasedOn),
  endOfStandardSupportDate: seconds(standardSupportEndsOn),
  endOfExtendedSupportDate: seconds(extendedSupportEndsOn),
});

/** A dollar more than the catalog's price, so that a plan shows which price it uses. */
function priceOf(body: string): string {
  const { Filters } = JSON.parse(body) as { Filters: { Field: string; Value: string }[] };
  const of = (field: string) => Filters.find(({ Field }) => Field === field)?.Value ?? "";
  const usd = (onDemandPriceOf(of("instanceType"), of("regionCode"))?.usd ?? 0) + 1;
  const terms = { OnDemand: { offer: { priceDimensions: { hour: { unit: "Hrs", pricePerUnit: { USD: usd.toFixed(4) } } } } } };
  return JSON.stringify({ product: { attributes: { instanceType: of("instanceType"), marketoption: "OnDemand" } }, terms });
}

/** The registry of AWS's Deep Learning Containers holds the tags that the catalog lists, and nothing else. */
function imageOf(body: string): Answer {
  const { registryId, repositoryName, imageIds } = JSON.parse(body) as {
    registryId: string;
    repositoryName: string;
    imageIds: { imageTag?: string }[];
  };
  if (registryId !== "763104351884" || repositoryName !== "vllm")
    return json({ __type: "RepositoryNotFoundException", message: `${registryId} has no ${repositoryName}` }, 400);
  const imageTags = imageIds.flatMap(({ imageTag }) => (vllmImages.some(({ tag }) => tag === imageTag) ? [imageTag] : []));
  if (imageTags.length === 0) return json({ __type: "ImageNotFoundException", message: "The image is not there" }, 400);
  return json({ imageDetails: [{ registryId, repositoryName, imageTags, imageDigest: `sha256:${"0".repeat(64)}` }] });
}
