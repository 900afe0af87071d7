/** Seconds that each resource took, by name, as the engine's events say; they count whole seconds. */
export function secondsOf(log: string): Map<string, number> {
  interface Event {
    timestamp: number;
    resourcePreEvent?: { metadata: { urn: string } };
    resOutputsEvent?: { metadata: { urn: string } };
  }
  const began = new Map<string, number>();
  const seconds = new Map<string, number>();
  for (const line of log.split("\n").filter(Boolean)) {
    const { timestamp, resourcePreEvent, resOutputsEvent } = JSON.parse(line) as Event;
    if (resourcePreEvent) began.set(resourcePreEvent.metadata.urn, timestamp);
    const urn = resOutputsEvent?.metadata.urn;
    if (urn !== undefined && began.has(urn)) seconds.set(urn, timestamp - began.get(urn)!);
  }
  return seconds;
}
