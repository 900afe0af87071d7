/** Today's list price of an hour, from AWS's price list: the catalog's price is for one region and for the day it was written. */
import { onDemandPriceOf } from "../../../catalog/prices";
import type { PriceToday } from "../../../sizing/costAndTime/priceList";
import type { AccountApi, Operation } from "../account";
import type { Check, Surroundings } from "../../check";
import { present, Unanswered } from "../../unanswered";

const operation = "pricing:GetProducts" satisfies Operation;

export const prices: Check = {
  name: "prices",
  operations: [operation],
  question: ({ environment, aws }) =>
    `What does AWS charge today for an hour of ${pricedTypes(environment, aws).join(" and ")} in ${aws.region}?`,
  async ask({ environment, aws, account }) {
    const texts = await Promise.all(
      pricedTypes(environment, aws).map(async (type) => {
        const { usdPerHour } = await findListedPrice(account, type, aws.region, environment.today);
        const known = onDemandPriceOf(type, aws.region);
        return `${type} $${usdPerHour}/h on demand (catalog: ${known ? `$${known.usd}/h, ${known.region}` : "none"})`;
      }),
    );
    return { answer: texts.join("; "), problems: [] };
  },
};

/** On-demand prices by instance type; a type without an answer is left out, and `plan` keeps the catalog's price. */
export async function findPricesToday({ environment, aws, account }: Surroundings): Promise<Record<string, PriceToday>> {
  const answers = await Promise.allSettled(
    pricedTypes(environment, aws).map(async (type) => [type, await findListedPrice(account, type, aws.region, environment.today)] as const),
  );
  return Object.fromEntries(answers.flatMap((each) => (each.status === "fulfilled" ? [each.value] : [])));
}

const pricedTypes = ({ instance }: Surroundings["environment"], { cluster }: Surroundings["aws"]): string[] => [
  instance.name,
  ...(cluster.kind === "create" && cluster.systemInstanceType !== instance.name ? [cluster.systemInstanceType] : []),
];

/** Throws where the list has no price, or more than one. */
async function findListedPrice(account: AccountApi, type: string, region: string, today: string): Promise<PriceToday> {
  const filters = {
    instanceType: type,
    regionCode: region,
    operatingSystem: "Linux",
    tenancy: "Shared",
    preInstalledSw: "NA",
    // Not `UnusedCapacityReservation` or `AllocatedCapacityReservation`, which are listed beside it.
    capacitystatus: "Used",
  };
  const { PriceList } = await account.call(operation, {
    ServiceCode: "AmazonEC2",
    Filters: Object.entries(filters).map(([Field, Value]) => ({ Type: "TERM_MATCH" as const, Field, Value })),
    MaxResults: 100,
  });
  const amounts = present<unknown[]>(PriceList, operation, "PriceList").flatMap(hourlyAmounts);
  const different = [...new Set(amounts)];
  const [usdPerHour] = different;
  if (usdPerHour === undefined) throw new Unanswered(`AWS lists no on-demand price of ${type} in ${region}`);
  if (different.length > 1) throw new Unanswered(`AWS lists several on-demand prices of ${type} in ${region}: ${different.join(", ")}`);
  return { usdPerHour, asOf: today };
}

interface Product {
  product?: { attributes?: { marketoption?: string } };
  terms?: { OnDemand?: Record<string, { priceDimensions?: Record<string, { unit?: string; pricePerUnit?: { USD?: string } }> }> };
}

/** Capacity blocks are listed under the same attributes, at zero. */
function hourlyAmounts(entry: unknown): number[] {
  const { product, terms } = parseProduct(entry);
  if ((product?.attributes?.marketoption ?? "OnDemand") !== "OnDemand") return [];
  return Object.values(terms?.OnDemand ?? {})
    .flatMap(({ priceDimensions }) => Object.values(priceDimensions ?? {}))
    .filter(({ unit }) => unit === "Hrs")
    .map(({ pricePerUnit }) => Number(pricePerUnit?.USD))
    .filter((usd) => usd > 0);
}

/** The list holds JSON as text. */
function parseProduct(entry: unknown): Product {
  try {
    const product: unknown = JSON.parse(String(entry));
    if (typeof product === "object" && product !== null) return product;
  } catch {
    // Fall through: the same message serves text that is not JSON.
  }
  throw new Unanswered(`${operation} answered with a product that is not a JSON object`);
}
