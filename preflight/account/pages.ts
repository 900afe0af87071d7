/** Answers that come in pages. */
import { Unanswered } from "../unanswered";

interface Page<Item> {
  items: Item[];
  /** Undefined on the last page; some services send an empty text. */
  next: string | undefined;
}

/** Ten pages of a thousand instances take longer than a preflight may. A sum of some of the pages would be wrong, so it is not computed. */
const mostPages = 10;

export async function allPages<Item>(ask: (token: string | undefined) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let token: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer = await ask(token);
    items.push(...answer.items);
    token = answer.next;
    if (!token) return items;
  }
  throw new Unanswered(`more than ${mostPages} pages of answers; they were not counted`);
}
