/** The cases of a `describe` share one group: when it did not start, the others would say nothing more and are skipped. */
import type { VllmGroup } from "./group";

export function skipIfNotStarted(group: () => VllmGroup): void {
  beforeEach(function () {
    if (group().failed) this.skip();
  });
}
