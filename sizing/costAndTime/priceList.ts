/** The prices of one region that a cost uses, and the notes about them. */
import { onDemandPriceOf, priceOf, priceRegion, type Price, type PriceItem } from "../../catalog/prices";

/** A price from the AWS price list. */
export interface PriceToday {
  usdPerHour: number;
  /** `YYYY-MM-DD` */
  asOf: string;
}

/** Collects the prices that a cost uses, and writes the notes about them. */
export class PriceList {
  private readonly used = new Map<string, Price>();
  private readonly missing: string[] = [];

  constructor(
    private readonly region: string,
    private readonly today: Readonly<Record<string, PriceToday>> = {},
  ) {}

  cost(item: PriceItem, quantity: number): number {
    const price = priceOf(item, this.region);
    if (quantity > 0) this.used.set(price.item, price);
    return price.usd * quantity;
  }

  instances(type: string, count: number): number | null {
    if (count === 0) return 0;
    const asked = this.today[type];
    if (asked) return asked.usdPerHour * count;
    const price = onDemandPriceOf(type, this.region);
    if (price) this.used.set(price.item, price);
    else this.missing.push(`No on-demand price is known for ${type}: its part and the total are left out.`);
    return price ? price.usd * count : null;
  }

  notes(): string[] {
    const prices = [...this.used.values()];
    const elsewhere = prices.some((price) => price.fromOtherRegion)
      ? [`The catalog has no prices for ${this.region}: it uses the prices of ${priceRegion}.`]
      : [];
    const assumed = prices
      .filter((price) => price.source.confidence !== "high")
      .map(({ item, usd, unit }) => `${item} $${usd} per ${unit}`);
    const known = assumed.length > 0 ? [`These prices are assumed, not read from a 2026 price list: ${assumed.join(", ")}.`] : [];
    return [...this.missing, ...elsewhere, ...known];
  }
}
